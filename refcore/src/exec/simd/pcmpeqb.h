/* SPDX-License-Identifier: BSD-2-Clause */
/* PCMPEQB/PCMPEQW/PCMPEQD - Compare Packed Data for Equal.  SDM Vol. 2B, PCMPEQB/PCMPEQW/PCMPEQD,
 * "Operation". */
LANES(PCMPEQB, b, src1 == src2 ? 0xff : 0)
LANES(PCMPEQW, w, src1 == src2 ? 0xffff : 0)
LANES(PCMPEQD, d, src1 == src2 ? UINT32_MAX : 0)
INTEGER(PCMPEQB)
INTEGER(PCMPEQW)
INTEGER(PCMPEQD)
