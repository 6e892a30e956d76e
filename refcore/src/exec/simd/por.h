/* SPDX-License-Identifier: BSD-2-Clause */
/* POR - Bitwise Logical OR.  SDM Vol. 2B, POR, "Operation". */
LANES(POR, q, src1 | src2)
INTEGER(POR)
