/* SPDX-License-Identifier: BSD-2-Clause */
/* FDIVR/FDIVRP/FIDIVR - Reverse Divide Floating Point.  SDM Vol. 2A, FDIVR/FDIVRP/FIDIVR, "Operation". */
X87_ARITHMETIC(FDIVR, FIDIVR, "fdivr", "fidivr")
