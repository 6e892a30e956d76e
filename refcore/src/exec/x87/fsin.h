/* SPDX-License-Identifier: BSD-2-Clause */
/* FSIN - Sine.  SDM Vol. 2A, FSIN, "Operation". C2: the operand is out of range. */
X87_UNARY(FSIN, "fsin", X87_C2)
