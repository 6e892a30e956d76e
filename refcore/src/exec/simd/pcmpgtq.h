/* SPDX-License-Identifier: BSD-2-Clause */
/* PCMPGTQ - Compare Packed Data for Greater Than.  SDM Vol. 2B, PCMPGTQ, "Operation". */
LANES(PCMPGTQ, sq, src1 > src2 ? -1 : 0)
PACKED(PCMPGTQ)
