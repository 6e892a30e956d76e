/* SPDX-License-Identifier: BSD-2-Clause */
/* FCHS - Change Sign.  SDM Vol. 2A, FCHS, "Operation". */
X87_UNARY(FCHS, "fchs", 0)
