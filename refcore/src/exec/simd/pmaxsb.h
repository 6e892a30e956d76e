/* SPDX-License-Identifier: BSD-2-Clause */
/* PMAXSB/PMAXSW/PMAXSD - Maximum of Packed Signed Integers.  SDM Vol. 2B, "Operation". */
LANES(PMAXSB, sb, src1 > src2 ? src1 : src2)
LANES(PMAXSW, sw, src1 > src2 ? src1 : src2)
LANES(PMAXSD, sd, src1 > src2 ? src1 : src2)
PACKED(PMAXSB)
INTEGER(PMAXSW)
PACKED(PMAXSD)
