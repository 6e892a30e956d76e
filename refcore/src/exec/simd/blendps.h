/* SPDX-License-Identifier: BSD-2-Clause */
/* BLENDPS - Blend Packed Single Precision Values; BLENDPD - ... Double ...; VPBLENDD - Blend Packed Dwords.
 * SDM Vol. 2A and 2C, "Operation": a set bit of imm8 takes src2's lane. */
SIMD(BLENDPS) {
    EACH(d)
    dest->d[i] = (IMM8 >> i & 1 ? src2 : src1)->d[i];
}
SIMD(BLENDPD) {
    EACH(q)
    dest->q[i] = (IMM8 >> i & 1 ? src2 : src1)->q[i];
}
PACKED(BLENDPS)
PACKED(BLENDPD)
FORM_VEX_(VPBLENDD, BLENDPS, bytes)
