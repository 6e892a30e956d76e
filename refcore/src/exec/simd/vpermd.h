/* SPDX-License-Identifier: BSD-2-Clause */
/* VPERMD/VPERMPS - Permute Packed Doublewords, Single Precision Elements; VPERMQ/VPERMPD - Qwords, Double
 * Precision Elements. SDM Vol. 2C, "Operation": src1 holds the indices, imm8 for quadwords. */
SIMD(VPERMD) {
    EACH(d)
    dest->d[i] = src2->d[src1->d[i] & 7];
}
SIMD(VPERMQ) {
    EACH(q)
    dest->q[i] = src2->q[IMM8 >> (2 * i) & 3];
}
FORM_VEX256_(VPERMD, VPERMD, bytes)
FORM_VEX256_(VPERMPS, VPERMD, bytes)
FORM_VEX256_(VPERMQ, VPERMQ, bytes)
FORM_VEX256_(VPERMPD, VPERMQ, bytes)
