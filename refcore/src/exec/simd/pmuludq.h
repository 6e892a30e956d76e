/* SPDX-License-Identifier: BSD-2-Clause */
/* PMULUDQ - Multiply Packed Unsigned Doubleword Integers.  SDM Vol. 2B, PMULUDQ, "Operation". */
LANES(PMULUDQ, q, (uint64_t)(uint32_t)src1 *(uint32_t)src2)
INTEGER(PMULUDQ)
