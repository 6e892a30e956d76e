/* SPDX-License-Identifier: BSD-2-Clause */
/* PSRLW/PSRLD/PSRLQ - Shift Packed Data Right Logical.  SDM Vol. 2B, PSRLW/PSRLD/PSRLQ, "Operation". */
SHIFTS(PSRLW, w, count > 15 ? 0 : src1 >> count)
SHIFTS(PSRLD, d, count > 31 ? 0 : src1 >> count)
SHIFTS(PSRLQ, q, count > 63 ? 0 : src1 >> count)
