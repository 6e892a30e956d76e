/* SPDX-License-Identifier: BSD-2-Clause */
/* PACKUSWB - Pack With Unsigned Saturation.  SDM Vol. 2B, PACKUSWB, "Operation". */
SIMD(PACKUSWB) {
    HALVES(h, n)
    for (unsigned i = 0; i < n / 2; i++) {
        dest->b[h + i] = (uint8_t)SATURATE_UB(src1->sw[h / 2 + i]);
        dest->b[h + n / 2 + i] = (uint8_t)SATURATE_UB(src2->sw[h / 2 + i]);
    }
}
INTEGER(PACKUSWB)
