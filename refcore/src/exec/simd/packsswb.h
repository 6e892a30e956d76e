/* SPDX-License-Identifier: BSD-2-Clause */
/* PACKSSWB/PACKSSDW - Pack With Signed Saturation.  SDM Vol. 2B, PACKSSWB/PACKSSDW, "Operation". */
SIMD(PACKSSWB) {
    HALVES(h, n)
    for (unsigned i = 0; i < n / 2; i++) {
        dest->sb[h + i] = (int8_t)SATURATE_SB(src1->sw[h / 2 + i]);
        dest->sb[h + n / 2 + i] = (int8_t)SATURATE_SB(src2->sw[h / 2 + i]);
    }
}
SIMD(PACKSSDW) {
    HALVES(h, n)
    for (unsigned i = 0; i < n / 4; i++) {
        dest->sw[h / 2 + i] = (int16_t)SATURATE_SW(src1->sd[h / 4 + i]);
        dest->sw[h / 2 + n / 4 + i] = (int16_t)SATURATE_SW(src2->sd[h / 4 + i]);
    }
}
INTEGER(PACKSSWB)
INTEGER(PACKSSDW)
