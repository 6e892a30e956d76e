/* SPDX-License-Identifier: BSD-2-Clause */
/* PMULDQ - Multiply Packed Doubleword Integers.  SDM Vol. 2B, PMULDQ, "Operation". */
LANES(PMULDQ, sq, (int64_t)(int32_t)src1 *(int32_t)src2)
PACKED(PMULDQ)
