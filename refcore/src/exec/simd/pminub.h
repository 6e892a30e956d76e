/* SPDX-License-Identifier: BSD-2-Clause */
/* PMINUB/PMINUW - Minimum of Packed Unsigned Integers; PMINUD.  SDM Vol. 2B, "Operation". */
LANES(PMINUB, b, src1 < src2 ? src1 : src2)
LANES(PMINUW, w, src1 < src2 ? src1 : src2)
LANES(PMINUD, d, src1 < src2 ? src1 : src2)
INTEGER(PMINUB)
PACKED(PMINUW)
PACKED(PMINUD)
