/* SPDX-License-Identifier: BSD-2-Clause */
/* PSIGNB/PSIGNW/PSIGND - Packed SIGN.  SDM Vol. 2B, PSIGNB/PSIGNW/PSIGND, "Operation". */
LANES(PSIGNB, b, (int8_t)src2 < 0 ? -src1 : src2 == 0 ? 0 : src1)
LANES(PSIGNW, w, (int16_t)src2 < 0 ? -src1 : src2 == 0 ? 0 : src1)
LANES(PSIGND, d, (int32_t)src2 < 0 ? 0 - src1 : src2 == 0 ? 0 : src1)
INTEGER(PSIGNB)
INTEGER(PSIGNW)
INTEGER(PSIGND)
