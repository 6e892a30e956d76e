/* SPDX-License-Identifier: BSD-2-Clause */
/* PHADDW/PHADDD - Packed Horizontal Add.  SDM Vol. 2B, PHADDW/PHADDD, "Operation". */
SIMD(PHADDW) {
    HALVES(h, n)
    for (unsigned i = h / 2; i < (h + n / 2) / 2; i++) {
        dest->w[i] = (uint16_t)(src1->w[2 * i - h / 2] + src1->w[2 * i - h / 2 + 1]);
        dest->w[i + n / 4] = (uint16_t)(src2->w[2 * i - h / 2] + src2->w[2 * i - h / 2 + 1]);
    }
}
SIMD(PHADDD) {
    HALVES(h, n)
    for (unsigned i = h / 4; i < (h + n / 2) / 4; i++) {
        dest->d[i] = src1->d[2 * i - h / 4] + src1->d[2 * i - h / 4 + 1];
        dest->d[i + n / 8] = src2->d[2 * i - h / 4] + src2->d[2 * i - h / 4 + 1];
    }
}
INTEGER(PHADDW)
INTEGER(PHADDD)
