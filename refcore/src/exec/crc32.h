/* SPDX-License-Identifier: BSD-2-Clause */
/* CRC32 - Accumulate CRC32 Value.  SDM Vol. 2A, CRC32, "Operation": polynomial 11EDC6F41H, bit-reflected
 * operands. */
T src = SRC;
uint64_t crc = (uint32_t)c->r[o->dest];
if (CRC32_ON_HOST) {
#if BITS == 8
    CRC32_ASM(crc, src, "crc32b %1, %k0");
#elif BITS == 16
    CRC32_ASM(crc, src, "crc32w %1, %k0");
#elif BITS == 32
    CRC32_ASM(crc, src, "crc32l %1, %k0");
#else
    CRC32_ASM(crc, src, "crc32q %1, %q0");
#endif
} else {
    for (unsigned at = 0; at < BITS; at += 8) {
        crc ^= (uint8_t)(src >> at);
        crc = crc >> 4 ^ crc32_remainder[crc & 15];
        crc = crc >> 4 ^ crc32_remainder[crc & 15];
    }
}
c->r[o->dest] = crc;
