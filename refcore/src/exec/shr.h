/* SPDX-License-Identifier: BSD-2-Clause */
/* SHR - Shift Right.  SDM Vol. 2B, SAL/SAR/SHL/SHR, "Operation". OF for counts above 1 and AF are
 * undefined; here OF is as for the last of the single shifts, AF clear. A count of zero changes no flag,
 * but the destination is written. */
unsigned count = COUNT & (BITS == 64 ? 63U : 31U);
T dest = DEST;
if (count == 0) {
    SET_DEST(dest);
} else {
    T before_last = (T)(count <= BITS ? (uint64_t)dest >> (count - 1) : 0);
    T result = (T)(before_last >> 1);
    SET_DEST(result);
    FLAGS_RESULT(result, before_last & 1, (unsigned)(before_last >> (BITS - 1)));
}
