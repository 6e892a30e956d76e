/* SPDX-License-Identifier: BSD-2-Clause */
/* FCOS - Cosine.  SDM Vol. 2A, FCOS, "Operation". C2: the operand is out of range. */
X87_UNARY(FCOS, "fcos", X87_C2)
