/* SPDX-License-Identifier: BSD-2-Clause */
/* HADDPS, HADDPD - Packed Floating-Point Horizontal Add; HSUBPS, HSUBPD - ... Subtract.  SDM Vol. 2A,
 * "Operation". */
FP_PACKED(HADDPS, "haddps", 4, FP_HADD)
FP_PACKED(HADDPD, "haddpd", 8, FP_HADD)
FP_PACKED(HSUBPS, "hsubps", 4, FP_HSUB)
FP_PACKED(HSUBPD, "hsubpd", 8, FP_HSUB)
