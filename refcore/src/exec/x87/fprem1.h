/* SPDX-License-Identifier: BSD-2-Clause */
/* FPREM1 - Partial Remainder (IEEE).  SDM Vol. 2A, FPREM1, "Operation". */
X87_BINARY(FPREM1, "fprem1", X87_CONDITIONS)
