/* SPDX-License-Identifier: BSD-2-Clause */
/* IMUL - Signed Multiply, two and three operands.  SDM Vol. 2A, IMUL, "Operation"; "Flags Affected": CF
 * and OF tell whether the truncated product lost anything, the others are undefined (AMD leaves them, as
 * here). */
S product;
bool lost = __builtin_mul_overflow((S)FACTOR_1, (S)FACTOR_2, &product);
SET_DEST((T)product);
FLAGS_CARRY_OVERFLOW(lost, lost);
