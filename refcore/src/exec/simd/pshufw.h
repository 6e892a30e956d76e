/* SPDX-License-Identifier: BSD-2-Clause */
/* PSHUFW - Shuffle Packed Words.  SDM Vol. 2B, PSHUFW, "Operation". */
SIMD(PSHUFW) {
    EACH(w)
    dest->w[i] = src2->w[IMM8 >> (2 * i) & 3];
}
FORM_MMX_(PSHUFW, PSHUFW, 8)
