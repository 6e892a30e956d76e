/* SPDX-License-Identifier: BSD-2-Clause */
/* PSHUFD - Shuffle Packed Doublewords.  SDM Vol. 2B, PSHUFD, "Operation". */
SIMD(PSHUFD) {
    EACH(d)
    dest->d[i] = src2->d[(i & 4) + (IMM8 >> (2 * (i & 3)) & 3)];
}
PACKED(PSHUFD)
