/* SPDX-License-Identifier: BSD-2-Clause */
/* PADDSB/PADDSW - Add Packed Signed Integers with Signed Saturation.  SDM Vol. 2B, PADDSB/PADDSW,
 * "Operation". */
LANES(PADDSB, sb, SATURATE_SB(src1 + src2))
LANES(PADDSW, sw, SATURATE_SW(src1 + src2))
INTEGER(PADDSB)
INTEGER(PADDSW)
