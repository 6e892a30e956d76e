/* SPDX-License-Identifier: BSD-2-Clause */
/* FYL2X - Compute y * log2(x).  SDM Vol. 2A, FYL2X, "Operation". */
X87_POPPING(FYL2X, "fyl2x")
