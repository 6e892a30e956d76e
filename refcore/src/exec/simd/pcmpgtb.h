/* SPDX-License-Identifier: BSD-2-Clause */
/* PCMPGTB/PCMPGTW/PCMPGTD - Compare Packed Signed Integers for Greater Than.  SDM Vol. 2B, "Operation". */
LANES(PCMPGTB, sb, src1 > src2 ? -1 : 0)
LANES(PCMPGTW, sw, src1 > src2 ? -1 : 0)
LANES(PCMPGTD, sd, src1 > src2 ? -1 : 0)
INTEGER(PCMPGTB)
INTEGER(PCMPGTW)
INTEGER(PCMPGTD)
