/* SPDX-License-Identifier: BSD-2-Clause */
/* HADDPS, HADDPD - Packed Floating-Point Horizontal Add; HSUBPS, HSUBPD - ... Subtract.  SDM Vol. 2A, "Operation". */
FP_PACKED(HADDPS, "haddps", 4, true)
FP_PACKED(HADDPD, "haddpd", 8, true)
FP_PACKED(HSUBPS, "hsubps", 4, true)
FP_PACKED(HSUBPD, "hsubpd", 8, true)
