/* SPDX-License-Identifier: BSD-2-Clause */
/* PXOR - Logical Exclusive OR.  SDM Vol. 2B, PXOR, "Operation". */
LANES(PXOR, q, src1 ^ src2)
INTEGER(PXOR)
