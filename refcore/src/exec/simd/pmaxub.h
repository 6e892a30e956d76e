/* SPDX-License-Identifier: BSD-2-Clause */
/* PMAXUB/PMAXUW - Maximum of Packed Unsigned Integers; PMAXUD.  SDM Vol. 2B, "Operation". */
LANES(PMAXUB, b, src1 > src2 ? src1 : src2)
LANES(PMAXUW, w, src1 > src2 ? src1 : src2)
LANES(PMAXUD, d, src1 > src2 ? src1 : src2)
INTEGER(PMAXUB)
PACKED(PMAXUW)
PACKED(PMAXUD)
