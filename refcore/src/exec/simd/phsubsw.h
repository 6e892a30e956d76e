/* SPDX-License-Identifier: BSD-2-Clause */
/* PHSUBSW - Packed Horizontal Subtract and Saturate.  SDM Vol. 2B, PHSUBSW, "Operation". */
SIMD(PHSUBSW) {
    HALVES(h, n)
    for (unsigned i = h / 2; i < (h + n / 2) / 2; i++) {
        dest->sw[i] = (int16_t)SATURATE_SW(src1->sw[2 * i - h / 2] - src1->sw[2 * i - h / 2 + 1]);
        dest->sw[i + n / 4] = (int16_t)SATURATE_SW(src2->sw[2 * i - h / 2] - src2->sw[2 * i - h / 2 + 1]);
    }
}
INTEGER(PHSUBSW)
