/* SPDX-License-Identifier: BSD-2-Clause */
/* PMULHW - Multiply Packed Signed Integers and Store High Result.  SDM Vol. 2B, PMULHW, "Operation". */
LANES(PMULHW, sw, (src1 * src2) >> 16)
INTEGER(PMULHW)
