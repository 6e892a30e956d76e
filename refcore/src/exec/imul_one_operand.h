/* SPDX-License-Identifier: BSD-2-Clause */
/* IMUL - Signed Multiply, one operand.  SDM Vol. 2A, IMUL, "Operation"; "Flags Affected": CF and OF tell
 * whether the product is more than the sign-extended lower half, the others are undefined (AMD leaves
 * them, as here). */
DOUBLE_SIGNED product = (DOUBLE_SIGNED)(S)LOW_HALF * (S)DEST;
T low = (T)product, high = (T)((DOUBLE)product >> BITS);
SET_LOW_HALF(low);
SET_HIGH_HALF(high);
FLAGS_CARRY_OVERFLOW(product != (S)low, product != (S)low);
