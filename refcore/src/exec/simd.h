/* SPDX-License-Identifier: BSD-2-Clause */
/* simd.h - expands one manual entry to its MMX, SSE and VEX forms.
 *
 * A body states the operation on lanes:
 *
 *     LANES(PADDB, b, src1 + src2)                  dest.b[i] := src1.b[i] + src2.b[i], all lanes
 *     SIMD(PSHUFB) { ... dest->b[i] = ... }         anything else; dest is a temporary, never src1 or src2
 *
 * and then names the encodings it has:
 *
 *     FORM_MMX(PADDB)     entry_PADDB_MMX   64 bits
 *     FORM_SSE(PADDB)     entry_PADDB       128 bits, the upper half of the YMM register is kept
 *     FORM_VEX(PADDB)     entry_VPADDB      128 or 256 bits by VEX.L, the rest of the YMM register is zeroed
 *     INTEGER(PADDB)      all three;  PACKED(PCMPEQQ): SSE and VEX
 *
 * src1 is VEX.vvvv, or the destination in two-operand encodings; src2 is ModRM.rm. In a body `bytes` is the
 * vector's length (8, 16, 32; a constant), IMM8 the immediate. */
#ifndef REFCORE_EXEC_SIMD_H
#define REFCORE_EXEC_SIMD_H

#include "exec.h"

#define UNUSED __attribute__((unused))
#define IMM8   ((unsigned)(uint8_t)o->imm)

/* A register's half, as the host's instructions take it. */
typedef uint64_t xmm __attribute__((vector_size(16)));

/* ---- availability. SDM Vol. 2A, "Instruction Exception Specification": #UD of CR0, CR4 and XCR0 before #NM
 * ---- */
_Noreturn COLD void mmx_unavailable(struct cpu *c, const struct op *o);
_Noreturn COLD void sse_unavailable(struct cpu *c, const struct op *o);
_Noreturn COLD void avx_unavailable(struct cpu *c, const struct op *o);
/* A pending unmasked x87 exception: #MF. SDM Vol. 3A, "Effect of MMX Instructions on Pending x87
 * Floating-Point Exceptions". */
enum { X87_STATUS_ES = 1 << 7, X87_STATUS_TOP = 7 << 11 };

#define GUARD_SSE                                                                                            \
    do {                                                                                                     \
        if (UNLIKELY(c->unavailable & NO_SSE))                                                               \
            sse_unavailable(c, o);                                                                           \
    } while (0)
#define GUARD_AVX                                                                                            \
    do {                                                                                                     \
        if (UNLIKELY(c->unavailable & NO_AVX))                                                               \
            avx_unavailable(c, o);                                                                           \
    } while (0)
#define GUARD_X87                                                                                            \
    do {                                                                                                     \
        if (UNLIKELY(c->x87.status & X87_STATUS_ES)) {                                                       \
            c->op = o;                                                                                       \
            x87_error(c);                                                                                    \
        }                                                                                                    \
    } while (0)
#define GUARD_MMX                                                                                            \
    do {                                                                                                     \
        if (UNLIKELY(c->unavailable & NO_MMX))                                                               \
            mmx_unavailable(c, o);                                                                           \
        GUARD_X87;                                                                                           \
    } while (0)

/* ---- MMX registers. SDM Vol. 3A, "MMX State": every MMX instruction but EMMS makes TOP 0 and all tags
 * valid; a written register's sign and exponent become ones. ---- */
static inline uint64_t mmx_read(const struct cpu *c, unsigned r) {
    return c->x87.r[r & 7].significand;
}
static inline void mmx_transition(struct cpu *c) {
    c->x87.status = (uint16_t)(c->x87.status & ~X87_STATUS_TOP);
    c->x87.tags = 0xff;
}
/* Before a statement that may fault. */
static inline void mmx_transition_early(struct cpu *c) {
    if (c->profile->choice.mmx_transition_first)
        mmx_transition(c);
}
static inline void mmx_write(struct cpu *c, unsigned r, uint64_t value) {
    c->x87.r[r & 7].significand = value;
    c->x87.r[r & 7].sign_exponent = 0xffff;
}

/* ---- vector memory operands ---- */
/* Alignment of an operand, as mem_read_bytes() takes it, or ALIGN_OPERAND: legacy SSE operands of 16 bytes
 * must be aligned (SDM Vol. 2A, "Exceptions Type 4" and its kin), which AMD waives under MXCSR.MM (APM Vol.
 * 1, "Misaligned Exception Mask"), though not for the aligned moves. */
enum { ALIGN_NONE = 0, ALIGN_OPERAND = 1, MXCSR_MM = 1 << 17 };
struct slow_vector {
    xmm half[2];
};
/* The loads that miss the TLB, are misaligned or may raise #AC (simd_state.c). Its result comes in registers
 * or on the stack at its natural alignment, so that no handler has to realign its frame. */
COLD struct slow_vector vector_load_slow(struct cpu *c, const struct op *o, uint64_t offset, unsigned size,
                                         unsigned alignment);
COLD void vector_store_slow(struct cpu *c, const struct op *o, uint64_t offset, const void *from,
                            unsigned size, unsigned alignment);
static inline bool vector_aligned(uint64_t linear, unsigned alignment) {
    return alignment == ALIGN_NONE || (linear & ((alignment == ALIGN_OPERAND ? 16 : alignment) - 1)) == 0;
}
/* In 64-bit mode unchecked: a TLB tag is canonical. What is misaligned neither: the slow halves look at that
 * first, as silicon does. */
static inline uint64_t vector_linear(struct cpu *c, const struct op *o, uint64_t offset, unsigned size,
                                     unsigned alignment, enum access access) {
    if (in_64bit_code(c))
        return (o->seg >= SEG_FS ? c->seg[o->seg].base : 0) + offset;
    uint64_t linear = (uint32_t)(c->seg[o->seg].base + offset);
    return vector_aligned(linear, alignment) ? mem_linear(c, o, o->seg, offset, size, access) : linear;
}
/* Size 8, 16 or 32 at the operand's address. */
static inline __attribute__((always_inline)) void vector_load(struct cpu *c, const struct op *o, void *to,
                                                              unsigned size, unsigned alignment) {
    uint64_t offset = EA;
    uint64_t linear = vector_linear(c, o, offset, size, alignment, ACCESS_READ);
    const struct tlb_entry *e = tlb_slot(c->tlb, linear + size - 1);
    if (LIKELY(e->read == (linear & ~UINT64_C(0xfff)) && vector_aligned(linear, alignment))) {
        memcpy(to, (const void *)(uintptr_t)(e->add + linear), size);
    } else {
        struct slow_vector v = vector_load_slow(c, o, offset, size, alignment);
        memcpy(to, &v, size);
    }
}
static inline __attribute__((always_inline)) void
vector_store(struct cpu *c, const struct op *o, const void *from, unsigned size, unsigned alignment) {
    uint64_t offset = EA;
    uint64_t linear = vector_linear(c, o, offset, size, alignment, ACCESS_WRITE);
    const struct tlb_entry *e = tlb_slot(c->tlb, linear + size - 1);
    if (LIKELY(e->write == (linear & ~UINT64_C(0xfff)) && vector_aligned(linear, alignment)))
        memcpy((void *)(uintptr_t)(e->add + linear), from, size);
    else
        vector_store_slow(c, o, offset, from, size, alignment);
}
/* A source of fewer bytes is zero-extended to 16. */
static inline __attribute__((always_inline)) void
source_load(struct cpu *c, const struct op *o, union vector *to, unsigned size, unsigned alignment) {
    if (size >= 16) {
        vector_load(c, o, to, size, alignment);
    } else {
        to->q[0] = load_size(c, o, EA, size);
        to->q[1] = 0;
    }
}
/* ModRM.rm: the register itself, or memory copied to *room. */
static inline const union vector *source(struct cpu *c, const struct op *o, union vector *room, unsigned size,
                                         unsigned alignment) {
    if (!(o->bits & OP_MEMORY))
        return &c->v[o->rm];
    source_load(c, o, room, size, alignment);
    return room;
}
/* A scalar's: `size` bytes of memory, or the whole register. */
static inline xmm scalar_source(struct cpu *c, const struct op *o, unsigned size) {
    xmm x = {0, 0};
    if (o->bits & OP_MEMORY)
        x[0] = load_size(c, o, EA, size);
    else
        memcpy(&x, &c->v[o->rm], 16);
    return x;
}
/* Checks a write byte by byte where it is misaligned: for instructions that never raise #AC. */
static inline void probe_without_ac(struct cpu *c, const struct op *o, uint64_t offset, unsigned size) {
    if ((mem_linear(c, o, o->seg, offset, size, ACCESS_WRITE) & (size - 1)) == 0) {
        mem_probe_write(c, o, o->seg, offset, size);
        return;
    }
    for (unsigned i = 0; i < size; i++)
        mem_probe_write(c, o, o->seg, offset + i, 1);
}
/* Registers: legacy SSE keeps the upper half, VEX zeroes what lies above the vector. */
static inline void write_sse(struct cpu *c, unsigned r, const union vector *value, unsigned bytes UNUSED) {
    memcpy(&c->v[r], value, 16);
}
static inline void write_vex(struct cpu *c, unsigned r, const union vector *value, unsigned bytes) {
    memcpy(&c->v[r], value, bytes);
    if (bytes < 32)
        memset(&c->v[r].b[bytes], 0, 32 - bytes);
}
#define VEX_BYTES ((o->bits & OP_VEX_256) ? 32U : 16U)
/* is4: the register in imm8[7:4]; its top bit is ignored outside 64-bit mode. SDM Vol. 2A, "Immediate Byte".
 */
static inline unsigned is4(const struct cpu *c, const struct op *o) {
    return (IMM8 >> 4) & (in_64bit_code(c) ? 15 : 7);
}

/* ---- bodies ---- */
#define SIMD(name) SIMD_(name, src1, src2)
#define SIMD_(name, first, second)                                                                           \
    static inline __attribute__((always_inline)) void simd_##name(                                           \
        struct cpu *c UNUSED, const struct op *o UNUSED, union vector *dest,                                 \
        const union vector *first UNUSED, const union vector *second UNUSED, const unsigned bytes UNUSED)
#define EACH(lane) for (unsigned i = 0; i < bytes / sizeof dest->lane[0]; i++)
#define LANES(name, lane, expression)                                                                        \
    SIMD_(name, first, second) {                                                                             \
        EACH(lane) {                                                                                         \
            const __typeof__(dest->lane[0]) src1 UNUSED = first->lane[i], src2 UNUSED = second->lane[i];     \
            dest->lane[i] = (__typeof__(dest->lane[0]))(expression);                                         \
        }                                                                                                    \
    }
/* 256-bit forms work on their 128-bit halves apart: h is the half's first byte, n its length (8 for MMX) */
#define HALVES(h, n) for (unsigned n = bytes < 16 ? bytes : 16, h = 0; h < bytes; h += n)

/* ---- forms ---- */
/* f: the body's name; memory_bytes, where src2 in memory is not a whole vector, may use `bytes` */
#define FORM_MMX_(name, f, memory_bytes)                                                                     \
    HANDLER(name) {                                                                                          \
        GUARD_MMX;                                                                                           \
        union vector first, second, result = {.q = {0}};                                                     \
        second.q[0] = o->bits & OP_MEMORY ? load_size(c, o, EA, memory_bytes) : mmx_read(c, o->rm);          \
        first.q[0] = mmx_read(c, o->reg);                                                                    \
        simd_##f(c, o, &result, &first, &second, 8);                                                         \
        mmx_transition(c);                                                                                   \
        mmx_write(c, o->reg, result.q[0]);                                                                   \
        NEXT;                                                                                                \
    }                                                                                                        \
    ENTRY(name);
/* One length and one kind of src2; `write` is write_sse or write_vex */
#define VARIANT_REGISTER(f, write)                                                                           \
    do {                                                                                                     \
        union vector result;                                                                                 \
        simd_##f(c, o, &result, &c->v[o->vvvv], &c->v[o->rm], bytes);                                        \
        write(c, o->reg, &result, bytes);                                                                    \
    } while (0)
#define VARIANT_MEMORY(f, write, memory_bytes, alignment)                                                    \
    do {                                                                                                     \
        union vector result, room;                                                                           \
        source_load(c, o, &room, memory_bytes, alignment);                                                   \
        simd_##f(c, o, &result, &c->v[o->vvvv], &room, bytes);                                               \
        write(c, o->reg, &result, bytes);                                                                    \
    } while (0)
#define VARIANTS(name, f, size, write, memory_bytes, alignment)                                              \
    HANDLER(name##_memory_##size) {                                                                          \
        enum { bytes = size };                                                                               \
        VARIANT_MEMORY(f, write, memory_bytes, alignment);                                                   \
        NEXT;                                                                                                \
    }                                                                                                        \
    HANDLER(name##_##size) {                                                                                 \
        enum { bytes = size };                                                                               \
        if (o->bits & OP_MEMORY)                                                                             \
            TAIL_CALL(run_##name##_memory_##size);                                                           \
        VARIANT_REGISTER(f, write);                                                                          \
        NEXT;                                                                                                \
    }
#define FORM_SSE_(name, f, memory_bytes)                                                                     \
    FORM_SSE_ALIGNED(name, f, memory_bytes, (memory_bytes) < 16 ? ALIGN_NONE : ALIGN_OPERAND)
/* Memory: where the TLB knows the place and nothing stands against the access, without a stack frame; else
 * through _checked. */
#define SSE_MEMORY(name, f, linear_, memory_bytes, alignment)                                                \
    enum { bytes = 16, size = memory_bytes };                                                                \
    uint64_t linear = linear_;                                                                               \
    const struct tlb_entry *e = tlb_slot(c->tlb, linear + size - 1);                                         \
    if (UNLIKELY(e->read != (linear & ~UINT64_C(0xfff)) || !vector_aligned(linear, alignment) ||             \
                 (c->unavailable & NO_SSE)))                                                                 \
        TAIL_CALL(run_##name##_checked);                                                                     \
    union vector result, room;                                                                               \
    room.q[0] = room.q[1] = 0;                                                                               \
    memcpy(&room, (const void *)(uintptr_t)(e->add + linear), size);                                         \
    simd_##f(c, o, &result, &c->v[o->vvvv], &room, bytes);                                                   \
    write_sse(c, o->reg, &result, bytes);                                                                    \
    NEXT
#define FORM_SSE_ALIGNED(name, f, memory_bytes, alignment)                                                   \
    static COLD HANDLER_RESULT run_##name##_checked(struct cpu *c, const struct op *o) {                     \
        enum { bytes = 16 };                                                                                 \
        GUARD_SSE;                                                                                           \
        if (o->bits & OP_MEMORY)                                                                             \
            VARIANT_MEMORY(f, write_sse, memory_bytes, alignment);                                           \
        else                                                                                                 \
            VARIANT_REGISTER(f, write_sse);                                                                  \
        NEXT;                                                                                                \
    }                                                                                                        \
    HANDLER(name##_near) {                                                                                   \
        SSE_MEMORY(name, f, mem_place(c, o->seg, EA, size, ACCESS_READ), memory_bytes, alignment);           \
    }                                                                                                        \
    HANDLER(name##_flat) {                                                                                   \
        SSE_MEMORY(name, f, FLAT_EA, memory_bytes, alignment);                                               \
    }                                                                                                        \
    HANDLER(name) {                                                                                          \
        enum { bytes = 16 };                                                                                 \
        if (o->bits & OP_MEMORY)                                                                             \
            TAIL_CALL(run_##name##_near);                                                                    \
        if (UNLIKELY(c->unavailable & NO_SSE))                                                               \
            TAIL_CALL(run_##name##_checked);                                                                 \
        VARIANT_REGISTER(f, write_sse);                                                                      \
        NEXT;                                                                                                \
    }                                                                                                        \
    ENTRY_FLAT(name);
#define FORM_VEX_(name, f, memory_bytes) FORM_VEX_ALIGNED(name, f, memory_bytes, ALIGN_NONE)
#define FORM_VEX_ALIGNED(name, f, memory_bytes, alignment)                                                   \
    VARIANTS(name, f, 16, write_vex, memory_bytes, alignment)                                                \
    VARIANTS(name, f, 32, write_vex, memory_bytes, alignment)                                                \
    HANDLER(name) {                                                                                          \
        GUARD_AVX;                                                                                           \
        if (o->bits & OP_VEX_256)                                                                            \
            TAIL_CALL(run_##name##_32);                                                                      \
        TAIL_CALL(run_##name##_16);                                                                          \
    }                                                                                                        \
    ENTRY(name);
/* one length whatever VEX.L says: scalars, and encodings whose row demands it */
#define FORM_VEX_ONE(name, f, size, memory_bytes)                                                            \
    VARIANTS(name, f, size, write_vex, memory_bytes, ALIGN_NONE)                                             \
    HANDLER(name) {                                                                                          \
        GUARD_AVX;                                                                                           \
        TAIL_CALL(run_##name##_##size);                                                                      \
    }                                                                                                        \
    ENTRY(name);
#define FORM_VEX128_(name, f, memory_bytes) FORM_VEX_ONE(name, f, 16, memory_bytes)
#define FORM_VEX256_(name, f, memory_bytes) FORM_VEX_ONE(name, f, 32, memory_bytes)

#define FORM_MMX(name)     FORM_MMX_(name##_MMX, name, 8)
#define FORM_SSE(name)     FORM_SSE_(name, name, bytes)
#define FORM_VEX(name)     FORM_VEX_(V##name, name, bytes)
#define PACKED(name)       FORM_SSE(name) FORM_VEX(name)
#define INTEGER(name)      FORM_MMX(name) PACKED(name)
/* a scalar, or another operand of which memory holds only `size` bytes; the result has 128 bits */
#define SCALAR(name, size) FORM_SSE_(name, name, size) FORM_VEX128_(V##name, name, size)
/* src2 is memory_bytes (in terms of `bytes`) of memory */
#define PACKED_FROM(name, memory_bytes)                                                                      \
    FORM_SSE_(name, name, memory_bytes) FORM_VEX_(V##name, name, memory_bytes)
/* 128 bits in both encodings */
#define PACKED128(name) FORM_SSE(name) FORM_VEX128_(V##name, name, bytes)

/* Handlers whose operands fit none of the above, once for SSE and once for VEX; `vex` and `bytes` tell which.
 */
#define BOTH(name, ...)                                                                                      \
    HANDLER(name) {                                                                                          \
        GUARD_SSE;                                                                                           \
        enum { vex = 0, bytes UNUSED = 16 };                                                                 \
        (void)vex;                                                                                           \
        __VA_ARGS__ NEXT;                                                                                    \
    }                                                                                                        \
    ENTRY(name);                                                                                             \
    HANDLER(V##name) {                                                                                       \
        GUARD_AVX;                                                                                           \
        enum { vex = 1 };                                                                                    \
        const unsigned bytes UNUSED = VEX_BYTES;                                                             \
        (void)vex;                                                                                           \
        __VA_ARGS__ NEXT;                                                                                    \
    }                                                                                                        \
    ENTRY(V##name);
#define WRITE(r, value)    (vex ? write_vex(c, r, value, bytes) : write_sse(c, r, value, 16))
#define WRITE128(r, value) (vex ? write_vex(c, r, value, 16) : write_sse(c, r, value, 16))
/* Ey: 64 bits by REX.W or VEX.W, which means nothing outside 64-bit mode */
#define W64                (OPERAND_BYTES == 8 && in_64bit_code(c))

/* ---- arithmetic the bodies share ---- */
static inline int saturate(int value, int low, int high) {
    return value < low ? low : value > high ? high : value;
}
#define SATURATE_SB(v) saturate(v, -128, 127)
#define SATURATE_UB(v) saturate(v, 0, 255)
#define SATURATE_SW(v) saturate(v, -32768, 32767)
#define SATURATE_UW(v) saturate(v, 0, 65535)

#endif
