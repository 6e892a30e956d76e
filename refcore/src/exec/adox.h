/* SPDX-License-Identifier: BSD-2-Clause */
/* ADOX - Unsigned Integer Addition of Two Operands With Overflow Flag.  SDM Vol. 2A, ADOX, "Operation": OF
 * alone changes. */
T dest = DEST, src = SRC;
T result = (T)(dest + src + flag_of(c));
unsigned overflow = (unsigned)((T)((dest & src) | ((dest | src) & ~result)) >> (BITS - 1));
unsigned carry = CF;
SET_DEST(result);
FLAGS_CARRY_OVERFLOW(carry, overflow);
