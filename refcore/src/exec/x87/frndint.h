/* SPDX-License-Identifier: BSD-2-Clause */
/* FRNDINT - Round to Integer.  SDM Vol. 2A, FRNDINT, "Operation". */
X87_UNARY(FRNDINT, "frndint", 0)
