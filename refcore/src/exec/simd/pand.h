/* SPDX-License-Identifier: BSD-2-Clause */
/* PAND - Logical AND.  SDM Vol. 2B, PAND, "Operation". */
LANES(PAND, q, src1 &src2)
INTEGER(PAND)
