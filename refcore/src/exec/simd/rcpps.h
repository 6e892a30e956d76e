/* SPDX-License-Identifier: BSD-2-Clause */
/* RCPPS, RCPSS - Compute Reciprocals of Single Precision Values; RSQRTPS, RSQRTSS - ... of Square Roots.  SDM Vol. 2B. The
 * approximation is the host's; no exceptions. */
FP_PACKED(RCPPS, "rcpps", 4, false)
FP_SCALAR(RCPSS, "rcpss", 4, false)
FP_PACKED(RSQRTPS, "rsqrtps", 4, false)
FP_SCALAR(RSQRTSS, "rsqrtss", 4, false)
