/* SPDX-License-Identifier: BSD-2-Clause */
/* PHMINPOSUW - Packed Horizontal Word Minimum.  SDM Vol. 2B, PHMINPOSUW, "Operation": the lowest index of the
 * minimum. */
SIMD(PHMINPOSUW) {
    unsigned index = 0;
    for (unsigned i = 1; i < 8; i++)
        if (src2->w[i] < src2->w[index])
            index = i;
    dest->q[0] = src2->w[index] | (uint64_t)index << 16;
    dest->q[1] = 0;
}
PACKED128(PHMINPOSUW)
