/* SPDX-License-Identifier: BSD-2-Clause */
/* VPSLLVW/VPSLLVD/VPSLLVQ - Variable Bit Shift Left Logical; VPSRLV... Right Logical; VPSRAV... Right
 * Arithmetic. SDM Vol. 2C, "Operation": each lane has its own count. */
LANES(PSLLVD, d, src2 > 31 ? 0 : src1 << src2)
LANES(PSLLVQ, q, src2 > 63 ? 0 : src1 << src2)
LANES(PSRLVD, d, src2 > 31 ? 0 : src1 >> src2)
LANES(PSRLVQ, q, src2 > 63 ? 0 : src1 >> src2)
LANES(PSRAVD, sd, src1 >> ((uint32_t)src2 > 31 ? 31 : src2))
FORM_VEX(PSLLVD)
FORM_VEX(PSLLVQ)
FORM_VEX(PSRLVD)
FORM_VEX(PSRLVQ)
FORM_VEX(PSRAVD)
