/* SPDX-License-Identifier: BSD-2-Clause */
/* SHA1RNDS4 - Perform Four Rounds of SHA1 Operation; SHA1NEXTE - Calculate SHA1 State Variable E after Four
 * Rounds; SHA1MSG1, SHA1MSG2 - Perform an Intermediate, Final Calculation for the Next Four SHA1 Message
 * Dwords.  SDM Vol. 2B, "Operation". */
static inline uint32_t rotate_left(uint32_t v, unsigned by) {
    return v << by | v >> (32 - by);
}
static inline uint32_t rotate_right(uint32_t v, unsigned by) {
    return v >> by | v << (32 - by);
}
SIMD(SHA1RNDS4) {
    static const uint32_t constant[4] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
    unsigned function = IMM8 & 3;
    uint32_t A = src1->d[3], B = src1->d[2], C = src1->d[1], D = src1->d[0], E = 0;
    for (unsigned i = 0; i < 4; i++) {
        uint32_t f = function == 0   ? (B & C) ^ (~B & D)
                     : function == 2 ? (B & C) ^ (B & D) ^ (C & D)
                                     : B ^ C ^ D;
        uint32_t next = f + rotate_left(A, 5) + src2->d[3 - i] + E + constant[function];
        E = D;
        D = C;
        C = rotate_left(B, 30);
        B = A;
        A = next;
    }
    dest->d[3] = A;
    dest->d[2] = B;
    dest->d[1] = C;
    dest->d[0] = D;
}
SIMD(SHA1NEXTE) {
    memcpy(dest, src2, 16);
    dest->d[3] += rotate_left(src1->d[3], 30);
}
SIMD(SHA1MSG1) {
    dest->d[3] = src1->d[1] ^ src1->d[3];
    dest->d[2] = src1->d[0] ^ src1->d[2];
    dest->d[1] = src2->d[3] ^ src1->d[1];
    dest->d[0] = src2->d[2] ^ src1->d[0];
}
SIMD(SHA1MSG2) {
    dest->d[3] = rotate_left(src1->d[3] ^ src2->d[2], 1);
    dest->d[2] = rotate_left(src1->d[2] ^ src2->d[1], 1);
    dest->d[1] = rotate_left(src1->d[1] ^ src2->d[0], 1);
    dest->d[0] = rotate_left(src1->d[0] ^ dest->d[3], 1);
}
FORM_SSE_ALIGNED(SHA1RNDS4, SHA1RNDS4, bytes, SHA_ALIGNMENT)
FORM_SSE_ALIGNED(SHA1NEXTE, SHA1NEXTE, bytes, SHA_ALIGNMENT)
FORM_SSE_ALIGNED(SHA1MSG1, SHA1MSG1, bytes, SHA_ALIGNMENT)
FORM_SSE_ALIGNED(SHA1MSG2, SHA1MSG2, bytes, SHA_ALIGNMENT)
