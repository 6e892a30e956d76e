/* SPDX-License-Identifier: BSD-2-Clause */
/* FSQRT - Square Root.  SDM Vol. 2A, FSQRT, "Operation". */
X87_UNARY(FSQRT, "fsqrt", 0)
