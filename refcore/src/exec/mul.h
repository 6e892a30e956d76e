/* SPDX-License-Identifier: BSD-2-Clause */
/* MUL - Unsigned Multiply.  SDM Vol. 2B, MUL, "Operation"; "Flags Affected": CF and OF tell whether the
 * upper half is significant, the others are undefined (AMD leaves them, as here). */
DOUBLE product = (DOUBLE)LOW_HALF * DEST;
T low = (T)product, high = (T)(product >> BITS);
SET_LOW_HALF(low);
SET_HIGH_HALF(high);
FLAGS_CARRY_OVERFLOW(high != 0, high != 0);
