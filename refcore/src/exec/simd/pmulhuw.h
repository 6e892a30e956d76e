/* SPDX-License-Identifier: BSD-2-Clause */
/* PMULHUW - Multiply Packed Unsigned Integers and Store High Result.  SDM Vol. 2B, PMULHUW, "Operation". */
LANES(PMULHUW, w, ((uint32_t)src1 * src2) >> 16)
INTEGER(PMULHUW)
