/* SPDX-License-Identifier: BSD-2-Clause */
/* SUBPS, SUBPD, SUBSS, SUBSD - Subtract Floating-Point Values.  SDM Vol. 2B, "Operation". */
FP_ARITHMETIC(SUB, "sub", FP_SUB)
