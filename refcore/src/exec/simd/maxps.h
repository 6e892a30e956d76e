/* SPDX-License-Identifier: BSD-2-Clause */
/* MAXPS, MAXPD, MAXSS, MAXSD - Return Maximum Floating-Point Values.  SDM Vol. 2B, "Operation": src2 for NaNs
 * and for two zeros. */
FP_ARITHMETIC(MAX, "max", FP_EXACT)
