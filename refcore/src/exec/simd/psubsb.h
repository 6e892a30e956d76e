/* SPDX-License-Identifier: BSD-2-Clause */
/* PSUBSB/PSUBSW - Subtract Packed Signed Integers With Signed Saturation.  SDM Vol. 2B, PSUBSB/PSUBSW,
 * "Operation". */
LANES(PSUBSB, sb, SATURATE_SB(src1 - src2))
LANES(PSUBSW, sw, SATURATE_SW(src1 - src2))
INTEGER(PSUBSB)
INTEGER(PSUBSW)
