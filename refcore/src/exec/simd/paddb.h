/* SPDX-License-Identifier: BSD-2-Clause */
/* PADDB/PADDW/PADDD/PADDQ - Add Packed Integers.  SDM Vol. 2B, PADDB/PADDW/PADDD/PADDQ, "Operation". */
LANES(PADDB, b, src1 + src2)
LANES(PADDW, w, src1 + src2)
LANES(PADDD, d, src1 + src2)
LANES(PADDQ, q, src1 + src2)
INTEGER(PADDB)
INTEGER(PADDW)
INTEGER(PADDD)
INTEGER(PADDQ)
