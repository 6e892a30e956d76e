/* SPDX-License-Identifier: BSD-2-Clause */
/* PSHUFB - Packed Shuffle Bytes.  SDM Vol. 2B, PSHUFB, "Operation". */
SIMD(PSHUFB) {
    HALVES(h, n)
    for (unsigned i = h; i < h + n; i++)
        dest->b[i] = src2->b[i] & 0x80 ? 0 : src1->b[h + (src2->b[i] & (n - 1))];
}
INTEGER(PSHUFB)
