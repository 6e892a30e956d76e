/* SPDX-License-Identifier: BSD-2-Clause */
/* PCMPEQQ - Compare Packed Qword Data for Equal.  SDM Vol. 2B, PCMPEQQ, "Operation". */
LANES(PCMPEQQ, q, src1 == src2 ? UINT64_MAX : 0)
PACKED(PCMPEQQ)
