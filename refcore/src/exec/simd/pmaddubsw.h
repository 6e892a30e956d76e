/* SPDX-License-Identifier: BSD-2-Clause */
/* PMADDUBSW - Multiply and Add Packed Signed and Unsigned Bytes.  SDM Vol. 2B, PMADDUBSW, "Operation": src1
 * is unsigned. */
SIMD(PMADDUBSW) {
    EACH(sw)
    dest->sw[i] =
        (int16_t)SATURATE_SW(src1->b[2 * i] * src2->sb[2 * i] + src1->b[2 * i + 1] * src2->sb[2 * i + 1]);
}
INTEGER(PMADDUBSW)
