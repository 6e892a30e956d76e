/* SPDX-License-Identifier: BSD-2-Clause */
/* PSLLW/PSLLD/PSLLQ - Shift Packed Data Left Logical.  SDM Vol. 2B, PSLLW/PSLLD/PSLLQ, "Operation": the count
 * is src2's low quadword for all lanes; a count beyond the lane gives zero. */
SHIFTS(PSLLW, w, count > 15 ? 0 : src1 << count)
SHIFTS(PSLLD, d, count > 31 ? 0 : src1 << count)
SHIFTS(PSLLQ, q, count > 63 ? 0 : src1 << count)
