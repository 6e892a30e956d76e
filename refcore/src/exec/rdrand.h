/* SPDX-License-Identifier: BSD-2-Clause */
/* RDRAND, RDSEED - Read Random Number, Random SEED.  SDM Vol. 2B, RDRAND, RDSEED, "Operation". The numbers
 * come from a seeded generator (SplitMix64), so that a run repeats; there is always one ready: CF = 1, the
 * other status flags 0. */
HANDLER(RDRAND) {
    uint64_t z = c->entropy += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    reg_write(c, o->rm, z ^ z >> 31, OPERAND_BYTES);
    flags_set_status(c, FLAG_CF);
    NEXT;
}
ENTRY(RDRAND);
const struct entry entry_RDSEED = {.run = {{run_RDRAND}}};
