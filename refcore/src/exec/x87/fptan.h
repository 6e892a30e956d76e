/* SPDX-License-Identifier: BSD-2-Clause */
/* FPTAN - Partial Tangent.  SDM Vol. 2A, FPTAN, "Operation". */
X87_PUSHING(FPTAN, "fptan", true)
