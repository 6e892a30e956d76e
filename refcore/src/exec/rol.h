/* SPDX-License-Identifier: BSD-2-Clause */
/* ROL - Rotate Left.  SDM Vol. 2B, RCL/RCR/ROL/ROR, "Operation". OF for counts above 1 is undefined; here
 * it is as for the last of the single rotates. A masked count of zero changes no flag, but the destination
 * is written. */
unsigned count = COUNT & (BITS == 64 ? 63U : 31U);
unsigned places = count % BITS;
T dest = DEST;
T result = (T)((uint64_t)dest << places | dest >> (BITS - places) % BITS);
SET_DEST(result);
if (count != 0)
    FLAGS_CARRY_OVERFLOW(result & 1, (unsigned)(result >> (BITS - 1)) ^ (unsigned)(result & 1));
