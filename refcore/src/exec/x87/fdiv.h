/* SPDX-License-Identifier: BSD-2-Clause */
/* FDIV/FDIVP/FIDIV - Divide Floating Point.  SDM Vol. 2A, FDIV/FDIVP/FIDIV, "Operation". */
X87_ARITHMETIC(FDIV, FIDIV, "fdiv", "fidiv")
