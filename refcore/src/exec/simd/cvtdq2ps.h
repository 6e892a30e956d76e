/* SPDX-License-Identifier: BSD-2-Clause */
/* CVTDQ2PS, CVTPS2DQ, CVTTPS2DQ - Convert between Packed Doubleword Integers and Single Precision Values. SDM
 * Vol. 2A. */
FP_PACKED(CVTDQ2PS, "cvtdq2ps", 4, FP_EXACT)
FP_PACKED(CVTPS2DQ, "cvtps2dq", 4, FP_EXACT)
FP_PACKED(CVTTPS2DQ, "cvttps2dq", 4, FP_EXACT)
