/* SPDX-License-Identifier: BSD-2-Clause */
/* PABSB/PABSW/PABSD - Packed Absolute Value.  SDM Vol. 2B, PABSB/PABSW/PABSD/PABSQ, "Operation". The most
 * negative value stays as it is. */
LANES(PABSB, b, (int8_t)src2 < 0 ? -src2 : src2)
LANES(PABSW, w, (int16_t)src2 < 0 ? -src2 : src2)
LANES(PABSD, d, (int32_t)src2 < 0 ? 0 - src2 : src2)
INTEGER(PABSB)
INTEGER(PABSW)
INTEGER(PABSD)
