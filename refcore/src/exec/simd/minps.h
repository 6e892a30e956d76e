/* SPDX-License-Identifier: BSD-2-Clause */
/* MINPS, MINPD, MINSS, MINSD - Return Minimum Floating-Point Values.  SDM Vol. 2B, "Operation": src2 for NaNs
 * and for two zeros. */
FP_ARITHMETIC(MIN, "min", FP_EXACT)
