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
        if (UNLIKELY(c->x87.status & X87_STATUS_ES) && c->cr0 & CR0_NE)                                      \
            RAISE(VECTOR_MF);                                                                                \
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
/* Size 16 or 32 at the operand's address. alignment as for mem_read_bytes(). */
static inline void vector_load(struct cpu *c, const struct op *o, void *to, unsigned size,
                               unsigned alignment) {
    uint64_t offset = EA;
    uint64_t linear = mem_linear(c, o, o->seg, offset, size, ACCESS_READ);
    const struct tlb_entry *e = tlb_slot(c->tlb, linear + size - 1);
    if (LIKELY(e->read == (linear & ~UINT64_C(0xfff)) && (alignment == 0 || (linear & (alignment - 1)) == 0)))
        memcpy(to, (const void *)(uintptr_t)(e->add + linear), size);
    else
        mem_read_bytes(c, o, o->seg, offset, to, size, alignment);
}
static inline void vector_store(struct cpu *c, const struct op *o, const void *from, unsigned size,
                                unsigned alignment) {
    uint64_t offset = EA;
    uint64_t linear = mem_linear(c, o, o->seg, offset, size, ACCESS_WRITE);
    const struct tlb_entry *e = tlb_slot(c->tlb, linear + size - 1);
    if (LIKELY(e->write == (linear & ~UINT64_C(0xfff)) &&
               (alignment == 0 || (linear & (alignment - 1)) == 0)))
        memcpy((void *)(uintptr_t)(e->add + linear), from, size);
    else
        mem_write_bytes(c, o, o->seg, offset, from, size, alignment);
}
/* A source of fewer bytes is zero-extended to 16. */
static inline void source_load(struct cpu *c, const struct op *o, union vector *to, unsigned size,
                               unsigned alignment) {
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
/* Legacy SSE operands of 16 bytes must be aligned (SDM Vol. 2A, "Exceptions Type 4" and its kin); AMD waives
 * it under MXCSR.MM (APM Vol. 1, "Misaligned Exception Mask"), except for the aligned moves. */
enum { MXCSR_MM = 1 << 17 };
static inline unsigned operand_alignment(const struct cpu *c, unsigned size) {
    return size < 16 || UNLIKELY(c->mxcsr & MXCSR_MM) ? 0 : 16;
}
/* Registers: legacy SSE keeps the upper half, VEX zeroes what lies above the vector. */
static inline void write_sse(struct cpu *c, unsigned r, const union vector *value) {
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
#define FORM_SSE_(name, f, memory_bytes)                                                                     \
    FORM_SSE_ALIGNED(name, f, memory_bytes, operand_alignment(c, memory_bytes))
#define FORM_VEX_(name, f, memory_bytes) FORM_VEX_ALIGNED(name, f, memory_bytes, 0)
#define FORM_SSE_ALIGNED(name, f, memory_bytes, alignment)                                                   \
    HANDLER(name) {                                                                                          \
        GUARD_SSE;                                                                                           \
        enum { bytes = 16 };                                                                                 \
        union vector room, result;                                                                           \
        const union vector *second = source(c, o, &room, memory_bytes, alignment);                           \
        simd_##f(c, o, &result, &c->v[o->vvvv], second, bytes);                                              \
        write_sse(c, o->reg, &result);                                                                       \
        NEXT;                                                                                                \
    }                                                                                                        \
    ENTRY(name);
#define FORM_VEX_ALIGNED(name, f, memory_bytes, alignment)                                                   \
    HANDLER(name) {                                                                                          \
        GUARD_AVX;                                                                                           \
        union vector room, result;                                                                           \
        if (o->bits & OP_VEX_256) {                                                                          \
            enum { bytes = 32 };                                                                             \
            const union vector *second = source(c, o, &room, memory_bytes, alignment);                       \
            simd_##f(c, o, &result, &c->v[o->vvvv], second, bytes);                                          \
            write_vex(c, o->reg, &result, bytes);                                                            \
        } else {                                                                                             \
            enum { bytes = 16 };                                                                             \
            const union vector *second = source(c, o, &room, memory_bytes, alignment);                       \
            simd_##f(c, o, &result, &c->v[o->vvvv], second, bytes);                                          \
            write_vex(c, o->reg, &result, bytes);                                                            \
        }                                                                                                    \
        NEXT;                                                                                                \
    }                                                                                                        \
    ENTRY(name);
/* 128 bits whatever VEX.L says: scalars, and encodings whose row demands L0 */
#define FORM_VEX128_(name, f, memory_bytes)                                                                  \
    HANDLER(name) {                                                                                          \
        GUARD_AVX;                                                                                           \
        enum { bytes = 16 };                                                                                 \
        union vector room, result;                                                                           \
        const union vector *second = source(c, o, &room, memory_bytes, 0);                                   \
        simd_##f(c, o, &result, &c->v[o->vvvv], second, bytes);                                              \
        write_vex(c, o->reg, &result, bytes);                                                                \
        NEXT;                                                                                                \
    }                                                                                                        \
    ENTRY(name);
/* 256 bits only */
#define FORM_VEX256_(name, f, memory_bytes)                                                                  \
    HANDLER(name) {                                                                                          \
        GUARD_AVX;                                                                                           \
        enum { bytes = 32 };                                                                                 \
        union vector room, result;                                                                           \
        const union vector *second = source(c, o, &room, memory_bytes, 0);                                   \
        simd_##f(c, o, &result, &c->v[o->vvvv], second, bytes);                                              \
        write_vex(c, o->reg, &result, bytes);                                                                \
        NEXT;                                                                                                \
    }                                                                                                        \
    ENTRY(name);

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
#define WRITE(r, value)    (vex ? write_vex(c, r, value, bytes) : write_sse(c, r, value))
#define WRITE128(r, value) (vex ? write_vex(c, r, value, 16) : write_sse(c, r, value))
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
