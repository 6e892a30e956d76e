/* SPDX-License-Identifier: BSD-2-Clause */
/* PANDN - Logical AND NOT.  SDM Vol. 2B, PANDN, "Operation". */
LANES(PANDN, q, ~src1 &src2)
INTEGER(PANDN)
