/* SPDX-License-Identifier: BSD-2-Clause */
/* VGATHERDPS/VGATHERDPD/VGATHERQPS/VGATHERQPD, VPGATHERDD/DQ/QD/QQ - Gather Packed Values Using Signed
 * Indices.  SDM Vol. 2C, "Operation". #UD where destination, index and mask are not three registers. Elements
 * are fetched lowest first; each one done is written and its mask cleared, so that a fault leaves what a
 * restart needs. No #AC ("Exceptions Type 12"). */
#define GATHER(name, lane, signed_lane, size, index_lane, index_size)                                        \
    HANDLER(name) {                                                                                          \
        GUARD_AVX;                                                                                           \
        if (o->reg == o->vvvv || o->reg == o->index || o->vvvv == o->index)                                  \
            UD;                                                                                              \
        unsigned bytes = VEX_BYTES, count = bytes / (size > index_size ? size : index_size);                 \
        union vector *dest = &c->v[o->reg], *mask = &c->v[o->vvvv];                                          \
        const union vector *index = &c->v[o->index];                                                         \
        for (unsigned i = 0; i < count && !c->profile->choice.gather_mask_in_order; i++)                     \
            mask->signed_lane[i] = mask->signed_lane[i] < 0 ? -1 : 0;                                        \
        for (unsigned i = 0; i < count; mask->lane[i++] = 0)                                                 \
            if (mask->signed_lane[i] < 0) {                                                                  \
                uint64_t displaced = c->r[o->base] + (uint64_t)(int64_t)o->disp;                             \
                uint64_t offset = displaced + ((uint64_t)(int64_t)index->index_lane[i] << o->scale);         \
                dest->lane[i] = (element_##lane)element_read(c, o, element_offset(o, offset, 0), size);      \
            }                                                                                                \
        memset(mask, 0, sizeof *mask);                                                                       \
        memset(&dest->b[count * size], 0, 32 - count * size);                                                \
        NEXT;                                                                                                \
    }                                                                                                        \
    ENTRY(name);
GATHER(VGATHERDPS, d, sd, 4, sd, 4)
GATHER(VGATHERDPD, q, sq, 8, sd, 4)
GATHER(VGATHERQPS, d, sd, 4, sq, 8)
GATHER(VGATHERQPD, q, sq, 8, sq, 8)
GATHER(VPGATHERDD, d, sd, 4, sd, 4)
GATHER(VPGATHERDQ, q, sq, 8, sd, 4)
GATHER(VPGATHERQD, d, sd, 4, sq, 8)
GATHER(VPGATHERQQ, q, sq, 8, sq, 8)
