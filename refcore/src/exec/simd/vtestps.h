/* SPDX-License-Identifier: BSD-2-Clause */
/* VTESTPD/VTESTPS - Packed Bit Test.  SDM Vol. 2C, VTESTPD/VTESTPS, "Operation": sign bits only. */
#define VTEST(name, mask)                                                                                    \
    HANDLER(name) {                                                                                          \
        GUARD_AVX;                                                                                           \
        unsigned bytes = VEX_BYTES;                                                                          \
        union vector room;                                                                                   \
        const union vector *src2 = source(c, o, &room, bytes, 0), *dest = &c->v[o->reg];                     \
        uint64_t and = 0, and_not = 0;                                                                       \
        for (unsigned i = 0; i < bytes / 8; i++) {                                                           \
            and |= src2->q[i] & dest->q[i];                                                                  \
            and_not |= src2->q[i] & ~dest->q[i];                                                             \
        }                                                                                                    \
        flags_set_status(c, ((and&(mask)) == 0 ? FLAG_ZF : 0U) | ((and_not & (mask)) == 0 ? FLAG_CF : 0U));  \
        NEXT;                                                                                                \
    }                                                                                                        \
    ENTRY(name);
VTEST(VTESTPS, UINT64_C(0x8000000080000000))
VTEST(VTESTPD, UINT64_C(0x8000000000000000))
