/* SPDX-License-Identifier: BSD-2-Clause */
/* SQRTPS, SQRTPD, SQRTSS, SQRTSD - Square Root of Floating-Point Values.  SDM Vol. 2B, "Operation". */
FP_ARITHMETIC(SQRT, "sqrt", FP_EXACT)
