/* SPDX-License-Identifier: BSD-2-Clause */
/* ADDSUBPS, ADDSUBPD - Packed Floating-Point Add/Subtract.  SDM Vol. 2A, "Operation". */
FP_PACKED(ADDSUBPS, "addsubps", 4, FP_ADDSUB)
FP_PACKED(ADDSUBPD, "addsubpd", 8, FP_ADDSUB)
