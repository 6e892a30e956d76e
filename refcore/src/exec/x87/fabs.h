/* SPDX-License-Identifier: BSD-2-Clause */
/* FABS - Absolute Value.  SDM Vol. 2A, FABS, "Operation". */
X87_UNARY(FABS, "fabs", 0)
