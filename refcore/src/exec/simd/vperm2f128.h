/* SPDX-License-Identifier: BSD-2-Clause */
/* VPERM2F128, VPERM2I128 - Permute Floating-Point, Integer Values.  SDM Vol. 2C, "Operation": imm8[3] and
 * imm8[7] clear a half. */
SIMD(VPERM2F128) {
    EACH(q) {
        unsigned control = IMM8 >> (i & 2 ? 4 : 0);
        dest->q[i] = control & 8 ? 0 : (control & 2 ? src2 : src1)->q[2 * (control & 1) + (i & 1)];
    }
}
FORM_VEX256_(VPERM2F128, VPERM2F128, bytes)
FORM_VEX256_(VPERM2I128, VPERM2F128, bytes)
