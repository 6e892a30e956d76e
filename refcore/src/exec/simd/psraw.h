/* SPDX-License-Identifier: BSD-2-Clause */
/* PSRAW/PSRAD - Shift Packed Data Right Arithmetic.  SDM Vol. 2B, PSRAW/PSRAD/PSRAQ, "Operation": beyond the
 * lane, sign bits. */
SHIFTS(PSRAW, sw, src1 >> (count > 15 ? 15 : count))
SHIFTS(PSRAD, sd, src1 >> (count > 31 ? 31 : count))
