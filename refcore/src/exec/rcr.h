/* SPDX-License-Identifier: BSD-2-Clause */
/* RCR - Rotate Right Through Carry.  SDM Vol. 2B, RCL/RCR/ROL/ROR, "Operation". OF for counts above 1 is
 * undefined; here it is as for the last of the single rotates. A count of zero (modulo 9 or 17 for bytes
 * and words) changes no flag, but the destination is written. */
unsigned count = COUNT & (BITS == 64 ? 63U : 31U);
T dest = DEST;
if (BITS <= 16)
    count %= BITS + 1;
if (count == 0) {
    SET_DEST(dest);
} else {
    unsigned carry = (unsigned)(dest >> (count - 1)) & 1;
    T result = (T)((uint64_t)dest >> (count - 1) >> 1 | (uint64_t)CF << (BITS - count) |
                   (uint64_t)dest << (BITS - count) << 1);
    SET_DEST(result);
    FLAGS_CARRY_OVERFLOW(carry, (unsigned)((result >> (BITS - 1)) ^ (result >> (BITS - 2))) & 1);
}
