/* SPDX-License-Identifier: BSD-2-Clause */
/* PALIGNR - Packed Align Right.  SDM Vol. 2B, PALIGNR, "Operation": bytes of src1:src2 from imm8 on; beyond
 * both, zeros. */
SIMD(PALIGNR) {
    HALVES(h, n)
    for (unsigned i = 0; i < n; i++) {
        unsigned at = i + IMM8;
        dest->b[h + i] = at < n ? src2->b[h + at] : at < 2 * n ? src1->b[h + at - n] : 0;
    }
}
INTEGER(PALIGNR)
