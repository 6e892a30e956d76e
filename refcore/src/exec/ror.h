/* SPDX-License-Identifier: BSD-2-Clause */
/* ROR - Rotate Right.  SDM Vol. 2B, RCL/RCR/ROL/ROR, "Operation". OF for counts above 1 is undefined; here
 * it is as for the last of the single rotates. A masked count of zero changes no flag, but the destination
 * is written. */
unsigned count = COUNT & (BITS == 64 ? 63U : 31U);
unsigned places = count % BITS;
T dest = DEST;
T result = (T)(dest >> places | (uint64_t)dest << (BITS - places) % BITS);
SET_DEST(result);
if (count != 0) {
    unsigned carry = (unsigned)(result >> (BITS - 1));
    FLAGS_CARRY_OVERFLOW(carry, ((unsigned)(result >> (BITS - 2)) & 1) ^ carry);
}
