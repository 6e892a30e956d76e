/* SPDX-License-Identifier: BSD-2-Clause */
/* CMPXCHG - Compare and Exchange.  SDM Vol. 2A, CMPXCHG, "Operation"; "Description": the destination
 * receives a write cycle whatever the result. A 32-bit register that differs keeps its upper half (seen on
 * AMD silicon; the manuals are silent), as RAX does where it equals. */
#if BITS == 8
T accumulator = REG8_AT(0);
#else
T accumulator = REG(R_AX);
#endif
T temp = DEST, src = SRC;
T difference = (T)(accumulator - temp);
if (difference == 0) {
    SET_DEST(src);
} else {
    WRITE_CYCLE(temp);
#if BITS == 8
    REG8_AT(0) = temp;
#else
    SET_REG(R_AX, temp);
#endif
}
FLAGS_SUB(accumulator, temp, difference);
