/* SPDX-License-Identifier: BSD-2-Clause */
/* F2XM1 - Compute 2^x-1.  SDM Vol. 2A, F2XM1, "Operation". */
X87_UNARY(F2XM1, "f2xm1", 0)
