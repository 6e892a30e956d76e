/* SPDX-License-Identifier: BSD-2-Clause */
/* FPREM - Partial Remainder.  SDM Vol. 2A, FPREM, "Operation". C0, C3, C1: the quotient's low bits; C2: reduction is incomplete. */
X87_BINARY(FPREM, "fprem", X87_CONDITIONS)
