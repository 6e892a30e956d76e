/* SPDX-License-Identifier: BSD-2-Clause */
/* PBLENDW - Blend Packed Words.  SDM Vol. 2B, PBLENDW, "Operation": both halves use the same eight bits. */
SIMD(PBLENDW) {
    EACH(w)
    dest->w[i] = (IMM8 >> (i & 7) & 1 ? src2 : src1)->w[i];
}
PACKED(PBLENDW)
