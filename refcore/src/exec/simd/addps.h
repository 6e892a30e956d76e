/* SPDX-License-Identifier: BSD-2-Clause */
/* ADDPS, ADDPD, ADDSS, ADDSD - Add Floating-Point Values.  SDM Vol. 2A, "Operation". */
FP_ARITHMETIC(ADD, "add", FP_ADD)
