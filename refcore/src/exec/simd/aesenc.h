/* SPDX-License-Identifier: BSD-2-Clause */
/* AESENC, AESENCLAST - Perform One (Last) Round of an AES Encryption Flow; AESDEC, AESDECLAST - ...
 * Decryption Flow; AESIMC - Perform the AES InvMixColumn Transformation; AESKEYGENASSIST - AES Round Key
 * Generation Assist.  SDM Vol. 2A, "Operation"; Vol. 1, "AES Transformations and Data Structures": byte 4c +
 * r is row r of column c. */
static inline uint8_t aes_double(uint8_t v) {
    return (uint8_t)(v << 1 ^ (v & 0x80 ? 0x1b : 0));
}
/* ShiftRows and SubBytes in one; `by` is 1 forwards, 3 for the inverse. */
static inline void aes_rows(uint8_t *to, const uint8_t *from, const uint8_t *box, unsigned by) {
    for (unsigned i = 0; i < 16; i++)
        to[i] = box[from[((i >> 2) + by * (i & 3)) % 4 * 4 + (i & 3)]];
}
static inline void aes_mix_columns(uint8_t *state) {
    for (unsigned i = 0; i < 16; i += 4) {
        uint8_t a[4], all = 0;
        for (unsigned k = 0; k < 4; k++)
            all ^= a[k] = state[i + k];
        for (unsigned k = 0; k < 4; k++)
            state[i + k] = (uint8_t)(a[k] ^ all ^ aes_double((uint8_t)(a[k] ^ a[(k + 1) & 3])));
    }
}
/* The inverse matrix is the forward one times a simpler one. FIPS 197, "InvMixColumns() Transformation". */
static inline void aes_inverse_mix_columns(uint8_t *state) {
    for (unsigned i = 0; i < 16; i += 4) {
        uint8_t even = aes_double(aes_double(state[i] ^ state[i + 2]));
        uint8_t odd = aes_double(aes_double(state[i + 1] ^ state[i + 3]));
        state[i] ^= even;
        state[i + 1] ^= odd;
        state[i + 2] ^= even;
        state[i + 3] ^= odd;
    }
    aes_mix_columns(state);
}
#define AES_ROUND(name, box, by, mix)                                                                        \
    SIMD(name) {                                                                                             \
        for (unsigned h = 0; h < bytes; h += 16) {                                                           \
            aes_rows(&dest->b[h], &src1->b[h], box, by);                                                     \
            mix;                                                                                             \
        }                                                                                                    \
        EACH(q) dest->q[i] ^= src2->q[i];                                                                    \
    }                                                                                                        \
    PACKED(name)
AES_ROUND(AESENC, aes_sbox, 1, aes_mix_columns(&dest->b[h]))
AES_ROUND(AESENCLAST, aes_sbox, 1, )
AES_ROUND(AESDEC, aes_inverse_sbox, 3, aes_inverse_mix_columns(&dest->b[h]))
AES_ROUND(AESDECLAST, aes_inverse_sbox, 3, )
SIMD(AESIMC) {
    memcpy(dest, src2, 16);
    aes_inverse_mix_columns(dest->b);
}
PACKED128(AESIMC)
SIMD(AESKEYGENASSIST) {
    for (unsigned i = 0; i < 4; i += 2) {
        uint32_t word = 0;
        for (unsigned k = 0; k < 4; k++)
            word |= (uint32_t)aes_sbox[src2->b[4 * (i + 1) + k]] << (8 * k);
        dest->d[i] = word;
        dest->d[i + 1] = (word >> 8 | word << 24) ^ IMM8;
    }
}
PACKED128(AESKEYGENASSIST)
