/* SPDX-License-Identifier: BSD-2-Clause */
/* FPATAN - Partial Arctangent.  SDM Vol. 2A, FPATAN, "Operation". */
X87_POPPING(FPATAN, "fpatan")
