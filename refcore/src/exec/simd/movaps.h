/* SPDX-License-Identifier: BSD-2-Clause */
/* MOVAPS, MOVAPD, MOVDQA - Move Aligned Packed Values.  SDM Vol. 2B, "Operation": misaligned memory is
 * #GP(0), in VEX forms too. */
SIMD(MOVE) {
    EACH(q)
    dest->q[i] = src2->q[i];
}
#define MOVE_STORE(name, alignment)                                                                          \
    HANDLER(name##_STORE) {                                                                                  \
        GUARD_SSE;                                                                                           \
        enum { bytes UNUSED = 16 };                                                                          \
        if (o->bits & OP_MEMORY)                                                                             \
            vector_store(c, o, &c->v[o->reg], 16, alignment);                                                \
        else                                                                                                 \
            memmove(&c->v[o->rm], &c->v[o->reg], 16);                                                        \
        NEXT;                                                                                                \
    }                                                                                                        \
    ENTRY(name##_STORE);                                                                                     \
    HANDLER(V##name##_STORE) {                                                                               \
        GUARD_AVX;                                                                                           \
        const unsigned bytes = VEX_BYTES;                                                                    \
        if (o->bits & OP_MEMORY) {                                                                           \
            vector_store(c, o, &c->v[o->reg], bytes, alignment);                                             \
        } else {                                                                                             \
            union vector value = c->v[o->reg];                                                               \
            write_vex(c, o->rm, &value, bytes);                                                              \
        }                                                                                                    \
        NEXT;                                                                                                \
    }                                                                                                        \
    ENTRY(V##name##_STORE);
#define MOVE(name, alignment)                                                                                \
    FORM_SSE_ALIGNED(name, MOVE, bytes, alignment)                                                           \
    FORM_VEX_ALIGNED(V##name, MOVE, bytes, alignment)
#define MOVE_BOTH_WAYS(name, alignment) MOVE(name, alignment) MOVE_STORE(name, alignment)
MOVE_BOTH_WAYS(MOVAPS, bytes)
MOVE_BOTH_WAYS(MOVAPD, bytes)
MOVE_BOTH_WAYS(MOVDQA, bytes)
