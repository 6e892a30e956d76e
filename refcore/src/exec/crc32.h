/* SPDX-License-Identifier: BSD-2-Clause */
/* CRC32 - Accumulate CRC32 Value.  SDM Vol. 2A, CRC32, "Operation": polynomial 11EDC6F41H, bit-reflected
 * operands. */
T src = SRC;
uint32_t crc = (uint32_t)c->r[o->dest];
for (unsigned at = 0; at < BITS; at += 8) {
    crc ^= (uint8_t)(src >> at);
    crc = crc >> 4 ^ crc32_remainder[crc & 15];
    crc = crc >> 4 ^ crc32_remainder[crc & 15];
}
c->r[o->dest] = crc;
