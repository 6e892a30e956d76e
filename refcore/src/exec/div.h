/* SPDX-License-Identifier: BSD-2-Clause */
/* DIV - Unsigned Divide.  SDM Vol. 2A, DIV, "Operation": #DE for a zero divisor or a quotient that does
 * not fit. All flags are undefined; here they stay. */
T src = DEST;
if (HIGH_HALF >= src)
    RAISE(VECTOR_DE);
DOUBLE dividend = (DOUBLE)HIGH_HALF << BITS | LOW_HALF;
T quotient = (T)(dividend / src), remainder = (T)(dividend % src);
SET_LOW_HALF(quotient);
SET_HIGH_HALF(remainder);
