/* SPDX-License-Identifier: BSD-2-Clause */
/* FMUL/FMULP/FIMUL - Multiply Floating Point.  SDM Vol. 2A, FMUL/FMULP/FIMUL, "Operation". */
X87_ARITHMETIC(FMUL, FIMUL, "fmul", "fimul")
