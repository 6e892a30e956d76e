/* SPDX-License-Identifier: BSD-2-Clause */
/* PSHUFHW - Shuffle Packed High Words; PSHUFLW - ... Low Words.  SDM Vol. 2B, "Operation": the other quadword
 * is copied. */
SIMD(PSHUFHW) {
    EACH(w)
    dest->w[i] = src2->w[i & 4 ? (i & 12) + (IMM8 >> (2 * (i & 3)) & 3) : i];
}
SIMD(PSHUFLW) {
    EACH(w)
    dest->w[i] = src2->w[i & 4 ? i : (i & 8) + (IMM8 >> (2 * (i & 3)) & 3)];
}
PACKED(PSHUFHW)
PACKED(PSHUFLW)
