/* SPDX-License-Identifier: BSD-2-Clause */
/* IDIV - Signed Divide.  SDM Vol. 2A, IDIV, "Operation": #DE for a zero divisor or a quotient that does
 * not fit. All flags are undefined; here they stay. */
S src = (S)DEST;
DOUBLE_SIGNED dividend = (DOUBLE_SIGNED)((DOUBLE)(DOUBLE_SIGNED)(S)HIGH_HALF << BITS | LOW_HALF);
if (src == 0)
    RAISE(VECTOR_DE);
/* the one quotient that does not even fit the wider type */
if (src == -1 && dividend == (DOUBLE_SIGNED)((DOUBLE)1 << (sizeof(DOUBLE) * 8 - 1)))
    RAISE(VECTOR_DE);
DOUBLE_SIGNED quotient = dividend / src, remainder = dividend % src;
if (quotient != (S)quotient)
    RAISE(VECTOR_DE);
SET_LOW_HALF((T)quotient);
SET_HIGH_HALF((T)remainder);
