/* SPDX-License-Identifier: BSD-2-Clause */
/* PCLMULQDQ - Carry-Less Multiplication Quadword.  SDM Vol. 2B, PCLMULQDQ, "Operation": imm8[0] and imm8[4]
 * pick the quadwords. */
SIMD(PCLMULQDQ) {
    for (unsigned h = 0; h < bytes / 8; h += 2) {
        uint64_t one = src1->q[h + (IMM8 & 1)], two = src2->q[h + (IMM8 >> 4 & 1)], low = 0, high = 0;
        for (unsigned i = 0; i < 64; i++) {
            uint64_t mask = 0 - (two >> i & 1);
            low ^= one << i & mask;
            high ^= i ? one >> (64 - i) & mask : 0;
        }
        dest->q[h] = low;
        dest->q[h + 1] = high;
    }
}
PACKED(PCLMULQDQ)
