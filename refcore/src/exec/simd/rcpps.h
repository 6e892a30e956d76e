/* SPDX-License-Identifier: BSD-2-Clause */
/* RCPPS, RCPSS - Compute Reciprocals of Single Precision Values; RSQRTPS, RSQRTSS - ... of Square Roots.  SDM
 * Vol. 2B. The approximation is the host's; no exceptions. */
FP_PACKED(RCPPS, "rcpps", 4, FP_EXACT)
FP_SCALAR(RCPSS, "rcpss", 4, FP_EXACT)
FP_PACKED(RSQRTPS, "rsqrtps", 4, FP_EXACT)
FP_SCALAR(RSQRTSS, "rsqrtss", 4, FP_EXACT)
