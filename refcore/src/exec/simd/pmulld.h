/* SPDX-License-Identifier: BSD-2-Clause */
/* PMULLD - Multiply Packed Integers and Store Low Result.  SDM Vol. 2B, PMULLD/PMULLQ, "Operation". */
LANES(PMULLD, d, src1 *src2)
PACKED(PMULLD)
