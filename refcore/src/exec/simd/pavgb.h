/* SPDX-License-Identifier: BSD-2-Clause */
/* PAVGB/PAVGW - Average Packed Integers.  SDM Vol. 2B, PAVGB/PAVGW, "Operation". */
LANES(PAVGB, b, (src1 + src2 + 1) >> 1)
LANES(PAVGW, w, (src1 + src2 + 1) >> 1)
INTEGER(PAVGB)
INTEGER(PAVGW)
