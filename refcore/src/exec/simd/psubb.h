/* SPDX-License-Identifier: BSD-2-Clause */
/* PSUBB/PSUBW/PSUBD - Subtract Packed Integers; PSUBQ - Subtract Packed Quadword Integers.  SDM Vol. 2B,
 * "Operation". */
LANES(PSUBB, b, src1 - src2)
LANES(PSUBW, w, src1 - src2)
LANES(PSUBD, d, src1 - src2)
LANES(PSUBQ, q, src1 - src2)
INTEGER(PSUBB)
INTEGER(PSUBW)
INTEGER(PSUBD)
INTEGER(PSUBQ)
