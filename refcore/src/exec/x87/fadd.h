/* SPDX-License-Identifier: BSD-2-Clause */
/* FADD/FADDP/FIADD - Add Floating Point.  SDM Vol. 2A, FADD/FADDP/FIADD, "Operation". */
X87_ARITHMETIC(FADD, FIADD, "fadd", "fiadd")
