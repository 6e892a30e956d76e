/* SPDX-License-Identifier: BSD-2-Clause */
/* PMULHRSW - Packed Multiply High With Round and Scale.  SDM Vol. 2B, PMULHRSW, "Operation". */
LANES(PMULHRSW, sw, (((src1 * src2) >> 14) + 1) >> 1)
INTEGER(PMULHRSW)
