/* SPDX-License-Identifier: BSD-2-Clause */
/* PMINSB/PMINSW - Minimum of Packed Signed Integers; PMINSD.  SDM Vol. 2B, "Operation". */
LANES(PMINSB, sb, src1 < src2 ? src1 : src2)
LANES(PMINSW, sw, src1 < src2 ? src1 : src2)
LANES(PMINSD, sd, src1 < src2 ? src1 : src2)
PACKED(PMINSB)
INTEGER(PMINSW)
PACKED(PMINSD)
