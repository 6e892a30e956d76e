/* SPDX-License-Identifier: BSD-2-Clause */
/* PACKUSDW - Pack With Unsigned Saturation.  SDM Vol. 2B, PACKUSDW, "Operation". */
SIMD(PACKUSDW) {
    HALVES(h, n)
    for (unsigned i = 0; i < n / 4; i++) {
        dest->w[h / 2 + i] = (uint16_t)SATURATE_UW(src1->sd[h / 4 + i]);
        dest->w[h / 2 + n / 4 + i] = (uint16_t)SATURATE_UW(src2->sd[h / 4 + i]);
    }
}
PACKED(PACKUSDW)
