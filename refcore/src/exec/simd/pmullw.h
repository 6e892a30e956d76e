/* SPDX-License-Identifier: BSD-2-Clause */
/* PMULLW - Multiply Packed Signed Integers and Store Low Result.  SDM Vol. 2B, PMULLW, "Operation". */
LANES(PMULLW, sw, src1 *src2)
INTEGER(PMULLW)
