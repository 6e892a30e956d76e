/* SPDX-License-Identifier: BSD-2-Clause */
/* ADCX - Unsigned Integer Addition of Two Operands With Carry Flag.  SDM Vol. 2A, ADCX, "Operation": CF
 * alone changes. */
T dest = DEST, src = SRC;
T result = (T)(dest + src + CF);
unsigned carry = (unsigned)((T)((dest & src) | ((dest | src) & ~result)) >> (BITS - 1));
unsigned overflow = flag_of(c);
SET_DEST(result);
FLAGS_CARRY_OVERFLOW(carry, overflow);
