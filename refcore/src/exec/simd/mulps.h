/* SPDX-License-Identifier: BSD-2-Clause */
/* MULPS, MULPD, MULSS, MULSD - Multiply Floating-Point Values.  SDM Vol. 2B, "Operation". */
FP_ARITHMETIC(MUL, "mul", FP_MUL)
