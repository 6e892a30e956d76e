/* SPDX-License-Identifier: BSD-2-Clause */
/* SHLD - Double Precision Shift Left.  SDM Vol. 2B, SHLD, "Operation". Undefined: OF for counts above 1,
 * AF, and everything for a count above 16 with words, where Intel processors shift DEST:SRC:DEST and AMD
 * ones DEST:SRC:SRC with CF clear. */
unsigned count = COUNT & (BITS == 64 ? 63U : 31U);
T dest = DEST, src = SRC;
if (count == 0) {
    SET_DEST(dest);
} else {
#if BITS <= 16
    bool amd = count > BITS && c->profile->vendor == VENDOR_AMD;
    uint64_t joined = (uint64_t)dest << 2 * BITS | (uint64_t)src << BITS | (amd ? src : dest);
    T result = (T)(joined << count >> 2 * BITS);
    unsigned carry = amd ? 0 : (unsigned)(joined >> (3 * BITS - count)) & 1;
#else
    T result = (T)(dest << count | src >> (BITS - count));
    unsigned carry = (unsigned)(dest >> (BITS - count)) & 1;
#endif
    SET_DEST(result);
    FLAGS_RESULT(result, carry, (unsigned)(result >> (BITS - 1)) ^ carry);
}
