/* SPDX-License-Identifier: BSD-2-Clause */
/* FBLD - Load Binary Coded Decimal.  SDM Vol. 2A, FBLD, "Operation". */
X87_LOAD(FBLD, "fbld", 10)
