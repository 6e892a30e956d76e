/* SPDX-License-Identifier: BSD-2-Clause */
/* PMADDWD - Multiply and Add Packed Integers.  SDM Vol. 2B, PMADDWD, "Operation". Four products of 8000H wrap
 * to 80000000H. */
SIMD(PMADDWD) {
    EACH(d)
    dest->d[i] =
        (uint32_t)(src1->sw[2 * i] * src2->sw[2 * i]) + (uint32_t)(src1->sw[2 * i + 1] * src2->sw[2 * i + 1]);
}
INTEGER(PMADDWD)
