/* SPDX-License-Identifier: BSD-2-Clause */
/* SHUFPS - Packed Interleave Shuffle of Quadruplets of Single Precision Values; SHUFPD - ... of Pairs of
 * Double Precision Values.  SDM Vol. 2B, "Operation". */
SIMD(SHUFPS) {
    EACH(d)
    dest->d[i] = (i & 2 ? src2 : src1)->d[(i & 4) + (IMM8 >> (2 * (i & 3)) & 3)];
}
SIMD(SHUFPD) {
    EACH(q)
    dest->q[i] = (i & 1 ? src2 : src1)->q[(i & 2) + (IMM8 >> i & 1)];
}
PACKED(SHUFPS)
PACKED(SHUFPD)
