/* SPDX-License-Identifier: BSD-2-Clause */
/* DIVPS, DIVPD, DIVSS, DIVSD - Divide Floating-Point Values.  SDM Vol. 2A, "Operation". */
FP_ARITHMETIC(DIV, "div", FP_DIV)
