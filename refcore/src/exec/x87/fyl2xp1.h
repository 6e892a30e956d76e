/* SPDX-License-Identifier: BSD-2-Clause */
/* FYL2XP1 - Compute y * log2(x + 1).  SDM Vol. 2A, FYL2XP1, "Operation". */
X87_POPPING(FYL2XP1, "fyl2xp1")
