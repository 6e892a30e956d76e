/* SPDX-License-Identifier: BSD-2-Clause */
/* VPERMILPS - Permute In-Lane of Quadruples of Single Precision Values; VPERMILPD - ... of Pairs of Double
 * Precision Values. SDM Vol. 2C, "Operation". The control is src2 or imm8; in a quadword of control it is
 * bit 1. */
SIMD(VPERMILPS) {
    EACH(d)
    dest->d[i] = src1->d[(i & 4) + (src2->d[i] & 3)];
}
SIMD(VPERMILPD) {
    EACH(q)
    dest->q[i] = src1->q[(i & 2) + (src2->q[i] >> 1 & 1)];
}
SIMD(VPERMILPS_IMM) {
    EACH(d)
    dest->d[i] = src2->d[(i & 4) + (IMM8 >> (2 * (i & 3)) & 3)];
}
SIMD(VPERMILPD_IMM) {
    EACH(q)
    dest->q[i] = src2->q[(i & 2) + (IMM8 >> i & 1)];
}
FORM_VEX_(VPERMILPS, VPERMILPS, bytes)
FORM_VEX_(VPERMILPD, VPERMILPD, bytes)
FORM_VEX_(VPERMILPS_IMM, VPERMILPS_IMM, bytes)
FORM_VEX_(VPERMILPD_IMM, VPERMILPD_IMM, bytes)
