/* SPDX-License-Identifier: BSD-2-Clause */
/* FXTRACT - Extract Exponent and Significand.  SDM Vol. 2A, FXTRACT, "Operation". */
X87_PUSHING(FXTRACT, "fxtract", false)
