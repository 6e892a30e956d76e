/* SPDX-License-Identifier: BSD-2-Clause */
/* FSUB/FSUBP/FISUB - Subtract Floating Point.  SDM Vol. 2A, FSUB/FSUBP/FISUB, "Operation". */
X87_ARITHMETIC(FSUB, FISUB, "fsub", "fisub")
