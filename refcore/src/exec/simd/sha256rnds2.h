/* SPDX-License-Identifier: BSD-2-Clause */
/* SHA256RNDS2 - Perform Two Rounds of SHA256 Operation; SHA256MSG1, SHA256MSG2 - Perform an Intermediate,
 * Final Calculation for the Next Four SHA256 Message Dwords.  SDM Vol. 2B, "Operation". XMM0 holds the
 * message and round constants. */
SIMD(SHA256RNDS2) {
    uint32_t A = src2->d[3], B = src2->d[2], E = src2->d[1], F = src2->d[0];
    uint32_t C = src1->d[3], D = src1->d[2], G = src1->d[1], H = src1->d[0];
    for (unsigned i = 0; i < 2; i++) {
        uint32_t sum = ((E & F) ^ (~E & G)) +
                       (rotate_right(E, 6) ^ rotate_right(E, 11) ^ rotate_right(E, 25)) + c->v[0].d[i] + H;
        uint32_t a = sum + ((A & B) ^ (A & C) ^ (B & C)) +
                     (rotate_right(A, 2) ^ rotate_right(A, 13) ^ rotate_right(A, 22));
        H = G;
        G = F;
        F = E;
        E = sum + D;
        D = C;
        C = B;
        B = A;
        A = a;
    }
    dest->d[3] = A;
    dest->d[2] = B;
    dest->d[1] = E;
    dest->d[0] = F;
}
static inline uint32_t sha256_sigma0(uint32_t v) {
    return rotate_right(v, 7) ^ rotate_right(v, 18) ^ v >> 3;
}
static inline uint32_t sha256_sigma1(uint32_t v) {
    return rotate_right(v, 17) ^ rotate_right(v, 19) ^ v >> 10;
}
SIMD(SHA256MSG1) {
    for (unsigned i = 0; i < 4; i++)
        dest->d[i] = src1->d[i] + sha256_sigma0(i < 3 ? src1->d[i + 1] : src2->d[0]);
}
SIMD(SHA256MSG2) {
    for (unsigned i = 0; i < 4; i++)
        dest->d[i] = src1->d[i] + sha256_sigma1(i < 2 ? src2->d[i + 2] : dest->d[i - 2]);
}
FORM_SSE_ALIGNED(SHA256RNDS2, SHA256RNDS2, bytes, SHA_ALIGNMENT)
FORM_SSE_ALIGNED(SHA256MSG1, SHA256MSG1, bytes, SHA_ALIGNMENT)
FORM_SSE_ALIGNED(SHA256MSG2, SHA256MSG2, bytes, SHA_ALIGNMENT)
