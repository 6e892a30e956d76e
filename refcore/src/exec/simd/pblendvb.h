/* SPDX-License-Identifier: BSD-2-Clause */
/* PBLENDVB - Variable Blend Packed Bytes; BLENDVPS, BLENDVPD - Variable Blend Packed Single, Double Precision
 * Values. SDM Vol. 2A and 2B, "Operation": by the sign bit of each lane of the mask: XMM0, or the register in
 * is4. */
#define BLENDV(name, lane, signed_lane)                                                                      \
    static inline __attribute__((always_inline)) void blend_##name(                                          \
        union vector *dest, const union vector *src1, const union vector *src2, const union vector *mask,    \
        unsigned bytes) {                                                                                    \
        EACH(lane) dest->lane[i] = mask->signed_lane[i] < 0 ? src2->lane[i] : src1->lane[i];                 \
    }                                                                                                        \
    BOTH(name, {                                                                                             \
        union vector room, result;                                                                           \
        const union vector *second = source(c, o, &room, bytes, vex ? 0 : ALIGN_OPERAND);                    \
        blend_##name(&result, &c->v[o->vvvv], second, &c->v[vex ? is4(c, o) : 0], bytes);                    \
        WRITE(o->reg, &result);                                                                              \
    })
BLENDV(PBLENDVB, b, sb)
BLENDV(BLENDVPS, d, sd)
BLENDV(BLENDVPD, q, sq)
