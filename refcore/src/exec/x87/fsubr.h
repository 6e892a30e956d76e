/* SPDX-License-Identifier: BSD-2-Clause */
/* FSUBR/FSUBRP/FISUBR - Reverse Subtract Floating Point.  SDM Vol. 2A, FSUBR/FSUBRP/FISUBR, "Operation". */
X87_ARITHMETIC(FSUBR, FISUBR, "fsubr", "fisubr")
