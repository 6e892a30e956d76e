/* SPDX-License-Identifier: BSD-2-Clause */
/* MOVDDUP - Replicate Double Precision Values; MOVSLDUP, MOVSHDUP - Replicate Single Precision Values.  SDM
 * Vol. 2B, "Operation". MOVDDUP's 128-bit forms read eight bytes. */
SIMD(MOVDDUP) {
    EACH(q)
    dest->q[i] = src2->q[i & 2];
}
SIMD(MOVSLDUP) {
    EACH(d)
    dest->d[i] = src2->d[i & 6];
}
SIMD(MOVSHDUP) {
    EACH(d)
    dest->d[i] = src2->d[i | 1];
}
PACKED_FROM(MOVDDUP, (bytes == 16 ? 8 : 32))
PACKED(MOVSLDUP)
PACKED(MOVSHDUP)
