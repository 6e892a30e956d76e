/* SPDX-License-Identifier: BSD-2-Clause */
/* MOVAPS, MOVAPD, MOVDQA - Move Aligned Packed Values.  SDM Vol. 2B, "Operation": misaligned memory is
 * #GP(0), in VEX forms too. */
SIMD(MOVE) {
    EACH(q)
    dest->q[i] = src2->q[i];
}
#define MOVE_STORE(name, alignment)                                                                          \
    static COLD HANDLER_RESULT run_##name##_store_checked(struct cpu *c, const struct op *o) {               \
        GUARD_SSE;                                                                                           \
        enum { bytes UNUSED = 16 };                                                                          \
        if (o->bits & OP_MEMORY)                                                                             \
            vector_store(c, o, &c->v[o->reg], 16, alignment);                                                \
        else                                                                                                 \
            memmove(&c->v[o->rm], &c->v[o->reg], 16);                                                        \
        NEXT;                                                                                                \
    }                                                                                                        \
    HANDLER(name##_STORE_flat) {                                                                             \
        enum { bytes UNUSED = 16 };                                                                          \
        uint64_t linear = FLAT_EA;                                                                           \
        const struct tlb_entry *e = tlb_slot(c->tlb, linear + 15);                                           \
        if (UNLIKELY(e->write != (linear & ~UINT64_C(0xfff)) || !vector_aligned(linear, alignment) ||        \
                     (c->unavailable & NO_SSE)))                                                             \
            TAIL_CALL(run_##name##_store_checked);                                                           \
        memcpy((void *)(uintptr_t)(e->add + linear), &c->v[o->reg], 16);                                     \
        NEXT;                                                                                                \
    }                                                                                                        \
    HANDLER(name##_STORE) {                                                                                  \
        TAIL_CALL(run_##name##_store_checked);                                                               \
    }                                                                                                        \
    ENTRY_FLAT(name##_STORE);                                                                                \
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
