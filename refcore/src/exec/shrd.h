/* SPDX-License-Identifier: BSD-2-Clause */
/* SHRD - Double Precision Shift Right.  SDM Vol. 2B, SHRD, "Operation". Undefined: OF for counts above 1,
 * AF, and everything for a count above 16 with words, where Intel processors shift DEST:SRC:DEST and AMD
 * ones SRC:SRC:DEST with CF clear. */
unsigned count = COUNT & (BITS == 64 ? 63U : 31U);
T dest = DEST, src = SRC;
if (count == 0) {
    SET_DEST(dest);
} else {
#if BITS <= 16
    bool amd = count > BITS && c->profile->vendor == VENDOR_AMD;
    uint64_t joined = (uint64_t)(amd ? src : dest) << 2 * BITS | (uint64_t)src << BITS | dest;
    T result = (T)(joined >> count);
    unsigned carry = amd ? 0 : (unsigned)(joined >> (count - 1)) & 1;
#else
    T result = (T)(dest >> count | src << (BITS - count));
    unsigned carry = (unsigned)(dest >> (count - 1)) & 1;
#endif
    SET_DEST(result);
    FLAGS_RESULT(result, carry, (unsigned)((result >> (BITS - 1)) ^ (result >> (BITS - 2))) & 1);
}
