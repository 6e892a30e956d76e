/* SPDX-License-Identifier: BSD-2-Clause */
/* PMOVMSKB - Move Byte Mask; MOVMSKPS, MOVMSKPD - Extract Packed Sign Mask.  SDM Vol. 2A and 2B, "Operation".
 */
#define SIGN_MASK(name, lane)                                                                                \
    BOTH(name, {                                                                                             \
        const union vector *src = &c->v[o->rm];                                                              \
        uint32_t mask = 0;                                                                                   \
        for (unsigned i = 0; i < bytes / sizeof src->lane[0]; i++)                                           \
            mask |= (uint32_t)(src->lane[i] < 0) << i;                                                       \
        c->r[o->reg] = mask;                                                                                 \
    })
SIGN_MASK(PMOVMSKB, sb)
SIGN_MASK(MOVMSKPS, sd)
SIGN_MASK(MOVMSKPD, sq)
HANDLER(PMOVMSKB_MMX) {
    GUARD_MMX;
    union vector src = {.q = {mmx_read(c, o->rm)}};
    uint32_t mask = 0;
    for (unsigned i = 0; i < 8; i++)
        mask |= (uint32_t)(src.sb[i] < 0) << i;
    mmx_transition(c);
    c->r[o->reg] = mask;
    NEXT;
}
ENTRY(PMOVMSKB_MMX);
