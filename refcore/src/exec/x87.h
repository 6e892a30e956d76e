/* SPDX-License-Identifier: BSD-2-Clause */
/* x87.h - the words x87 entries are written in.
 *
 * Stack, tags and exception handling are here, as SDM Vol. 1, "Programming with the x87 FPU" has them. The
 * arithmetic itself is the host's x87 unit under the guest's control word: with the guest's masks too, so
 * that results of unmasked overflow and underflow come scaled as they should. The host's status word gives
 * the exception flags, C1 and the condition codes. */
#ifndef REFCORE_EXEC_X87_H
#define REFCORE_EXEC_X87_H

#include "exec.h"

#if !defined(__x86_64__)
#error "the x87 entries run on the host's x87 unit: an x86-64 host is needed"
#endif

enum {
    X87_I = 1,
    X87_D = 2,
    X87_Z = 4,
    X87_O = 8,
    X87_U = 16,
    X87_P = 32,
    X87_EXCEPTIONS = 63,
    X87_SF = 1 << 6,
    X87_ES = 1 << 7,
    X87_C0 = 1 << 8,
    X87_C1 = 1 << 9,
    X87_C2 = 1 << 10,
    X87_C3 = 1 << 14,
    X87_B = 1 << 15,
    X87_CONDITIONS = X87_C0 | X87_C2 | X87_C3,
};

static const struct x87_register x87_indefinite = {UINT64_C(0xc000000000000000), 0xffff};

static inline unsigned x87_top(const struct cpu *c) {
    return c->x87.status >> 11 & 7;
}
static inline unsigned x87_physical(const struct cpu *c, unsigned i) {
    return (x87_top(c) + i) & 7;
}
static inline bool x87_empty(const struct cpu *c, unsigned i) {
    return !(c->x87.tags >> x87_physical(c, i) & 1);
}
#define ST(i) (c->x87.r[x87_physical(c, (i))])

static inline void x87_set_top(struct cpu *c, unsigned top) {
    c->x87.status = (uint16_t)((c->x87.status & ~(7 << 11)) | (top & 7) << 11);
}
static inline void x87_set(struct cpu *c, unsigned i, struct x87_register value) {
    ST(i) = value;
    c->x87.tags |= (uint8_t)(1 << x87_physical(c, i));
}
static inline void x87_free(struct cpu *c, unsigned i) {
    c->x87.tags &= (uint8_t) ~(1 << x87_physical(c, i));
}
static inline void x87_pop(struct cpu *c) {
    x87_free(c, 0);
    x87_set_top(c, x87_top(c) + 1);
}
static inline void x87_push(struct cpu *c, struct x87_register value) {
    x87_set_top(c, x87_top(c) - 1);
    x87_set(c, 0, value);
}

/* ES and B clear; FERR# goes inactive with them, and takes IGNNE# along (SDM Vol. 1, Appendix D,
 * "Recommended External Hardware to Support the MS-DOS Compatibility Sub-mode"). */
static inline void x87_no_error(struct cpu *c) {
    c->x87.status &= (uint16_t) ~(X87_ES | X87_B);
    c->ferr = c->ignne = false;
}
/* ES and B follow the flags and masks. SDM Vol. 1, "x87 FPU Status Register" */
static inline void x87_summarise(struct cpu *c) {
    if (c->x87.status & ~c->x87.control & X87_EXCEPTIONS)
        c->x87.status |= X87_ES | X87_B;
    else
        x87_no_error(c);
}
/* Adds the exception flags of `flags`; C1 becomes that of `flags`. */
static inline void x87_raise(struct cpu *c, unsigned flags) {
    c->x87.status = (uint16_t)((c->x87.status & ~X87_C1) | (flags & (X87_EXCEPTIONS | X87_SF | X87_C1)));
    x87_summarise(c);
}
/* A result may be delivered: no unmasked exception that is detected before the operation (SDM Vol. 1, "x87
 * FPU Floating-Point Exception Conditions"). */
static inline bool x87_completes(const struct cpu *c, unsigned flags) {
    return !(flags & ~c->x87.control & (X87_I | X87_D | X87_Z));
}
/* Stack underflow (an operand is empty) and overflow (a push onto a full register): #IS. true: masked, the
 * indefinite is the result. */
static inline bool x87_underflow(struct cpu *c) {
    x87_raise(c, X87_I | X87_SF);
    return c->x87.control & X87_I;
}
static inline bool x87_overflow(struct cpu *c) {
    x87_raise(c, X87_I | X87_SF | X87_C1);
    return c->x87.control & X87_I;
}

/* Start of every entry: #NM, then for waiting instructions the exception that an earlier one left pending. */
static inline void x87_available(struct cpu *c, const struct op *o) {
    if (UNLIKELY(c->unavailable & NO_X87))
        RAISE(VECTOR_NM);
}
static inline void x87_wait(struct cpu *c, const struct op *o) {
    x87_available(c, o);
    if (UNLIKELY(c->x87.status & X87_ES)) {
        c->op = o;
        x87_error(c);
    }
}
/* FIP, FCS, FOP, and FDP, FDS where memory is an operand. The opcode comes in o->imm. */
static inline void x87_note(struct cpu *c, const struct op *o) {
    uint64_t rip = c->r[R_BLOCK] + o->end - o->length;
    c->x87.ip = in_64bit_code(c) ? rip : (uint32_t)rip;
    c->x87.cs = c->seg[SEG_CS].selector;
    c->x87.opcode = (uint16_t)o->imm & 0x7ff;
    if (o->bits & OP_MEMORY) {
        c->x87.dp = EA;
        c->x87.ds = c->seg[o->seg].selector;
    }
}
#define X87_START                                                                                            \
    do {                                                                                                     \
        x87_wait(c, o);                                                                                      \
        x87_note(c, o);                                                                                      \
    } while (0)

/* Memory operands: read before anything changes. */
struct x87_memory {
    uint8_t bytes[10];
};
static inline struct x87_memory x87_read(struct cpu *c, const struct op *o, unsigned size) {
    struct x87_memory m = {{0}};
    if (size == 10) {
        (void)mem_read64(c, o, o->seg, EA); /* silicon: the significand first, with all its checks */
        mem_read_bytes(c, o, o->seg, EA, m.bytes, 10, 0);
    } else {
        uint64_t value = load_size(c, o, EA, size);
        memcpy(m.bytes, &value, size);
    }
    return m;
}
/* The checks of a store alone, in silicon's order: of ten bytes the significand first. */
static inline void x87_probe(struct cpu *c, const struct op *o, unsigned size) {
    if (size == 10)
        mem_probe_write(c, o, o->seg, EA, 8);
    mem_probe_write(c, o, o->seg, EA, size);
}
static inline void x87_write(struct cpu *c, const struct op *o, const struct x87_memory *m, unsigned size) {
    if (size == 10) {
        x87_probe(c, o, 10);
        mem_write_bytes(c, o, o->seg, EA, m->bytes, 10, 0);
    } else {
        uint64_t value = 0;
        memcpy(&value, m->bytes, size);
        store_size(c, o, EA, value, size);
    }
}

/* ---- the host's unit: each runs one instruction on a fresh stack and answers the status word ---- */
#define X87_ENTER   "fnstcw %[saved]\n\tfninit\n\t"
#define X87_EXIT    "fnclex\n\tfldcw %[saved]\n\t"
#define X87_CLOBBER "st", "st(1)", "st(2)", "st(3)", "st(4)", "st(5)", "st(6)", "st(7)", "cc", "memory"

/* ST(0) = a; operation with ST(1) = b; the result is ST(0). */
#define HOST_BINARY(name, text)                                                                              \
    static inline uint16_t name(uint16_t control, struct x87_register a, struct x87_register b,              \
                                struct x87_register *result) {                                               \
        uint16_t saved, status;                                                                              \
        __asm__ volatile(X87_ENTER "fldt %[b]\n\tfldt %[a]\n\tfldcw %[control]\n\t" text                     \
                                   "\n\tfnstsw %[status]\n\t"                                                \
                                   "fnclex\n\tfldcw %[saved]\n\tfstpt %[result]\n\tfstp %%st(0)\n\t"         \
                         : [saved] "=&m"(saved), [status] "=&m"(status), [result] "=m"(*result)              \
                         : [a] "m"(a), [b] "m"(b), [control] "m"(control)                                    \
                         : X87_CLOBBER);                                                                     \
        return status;                                                                                       \
    }
/* ST(0) = a, ST(1) = b; the instruction pops: the result is the new ST(0). */
#define HOST_POPPING(name, text)                                                                             \
    static inline uint16_t name(uint16_t control, struct x87_register a, struct x87_register b,              \
                                struct x87_register *result) {                                               \
        uint16_t saved, status;                                                                              \
        __asm__ volatile(X87_ENTER                                                                           \
                         "fldt %[b]\n\tfldt %[a]\n\tfldcw %[control]\n\t" text "\n\tfnstsw %[status]\n\t"    \
                         "fnclex\n\tfldcw %[saved]\n\tfstpt %[result]\n\tfninit\n\tfldcw %[saved]\n\t"       \
                         : [saved] "=&m"(saved), [status] "=&m"(status), [result] "=m"(*result)              \
                         : [a] "m"(a), [b] "m"(b), [control] "m"(control)                                    \
                         : X87_CLOBBER);                                                                     \
        return status;                                                                                       \
    }
#define HOST_UNARY(name, text)                                                                               \
    static inline uint16_t name(uint16_t control, struct x87_register a, struct x87_register *result) {      \
        uint16_t saved, status;                                                                              \
        __asm__ volatile(X87_ENTER                                                                           \
                         "fldt %[a]\n\tfldcw %[control]\n\t" text "\n\tfnstsw %[status]\n\t"                 \
                         "fnclex\n\tfldcw %[saved]\n\tfstpt %[result]\n\tfninit\n\tfldcw %[saved]\n\t"       \
                         : [saved] "=&m"(saved), [status] "=&m"(status), [result] "=m"(*result)              \
                         : [a] "m"(a), [control] "m"(control)                                                \
                         : X87_CLOBBER);                                                                     \
        return status;                                                                                       \
    }
/* Pushes: first is the new ST(0), second what was ST(0). Where nothing was pushed (C2), first is ST(0) and
 * second undefined. */
#define HOST_PUSHING(name, text)                                                                             \
    static inline uint16_t name(uint16_t control, struct x87_register a, struct x87_register *first,         \
                                struct x87_register *second) {                                               \
        uint16_t saved, status;                                                                              \
        __asm__ volatile(                                                                                    \
            X87_ENTER                                                                                        \
            "fldt %[a]\n\tfldt %[a]\n\tfldcw %[control]\n\t" text "\n\tfnstsw %[status]\n\t"                 \
            "fnclex\n\tfldcw %[saved]\n\tfstpt %[first]\n\tfstpt %[second]\n\tfninit\n\tfldcw %[saved]\n\t"  \
            : [saved] "=&m"(saved), [status] "=&m"(status), [first] "=m"(*first), [second] "=m"(*second)     \
            : [a] "m"(a), [control] "m"(control)                                                             \
            : X87_CLOBBER);                                                                                  \
        return status;                                                                                       \
    }
/* No operand but the control word: constants. */
#define HOST_CONSTANT(name, text)                                                                            \
    static inline void name(uint16_t control, struct x87_register *result) {                                 \
        uint16_t saved;                                                                                      \
        __asm__ volatile(X87_ENTER "fldcw %[control]\n\t" text                                               \
                                   "\n\tfnclex\n\tfldcw %[saved]\n\tfstpt %[result]\n\t"                     \
                         : [saved] "=&m"(saved), [result] "=m"(*result)                                      \
                         : [control] "m"(control)                                                            \
                         : X87_CLOBBER);                                                                     \
    }
/* ST(0) = a; operation with memory. */
#define HOST_MEMORY(name, text)                                                                              \
    static inline uint16_t name(uint16_t control, struct x87_register a, const struct x87_memory *m,         \
                                struct x87_register *result) {                                               \
        uint16_t saved, status;                                                                              \
        __asm__ volatile(X87_ENTER                                                                           \
                         "fldt %[a]\n\tfldcw %[control]\n\t" text " %[m]\n\tfnstsw %[status]\n\t"            \
                         "fnclex\n\tfldcw %[saved]\n\tfstpt %[result]\n\tfninit\n\tfldcw %[saved]\n\t"       \
                         : [saved] "=&m"(saved), [status] "=&m"(status), [result] "=m"(*result)              \
                         : [a] "m"(a), [m] "m"(*m), [control] "m"(control)                                   \
                         : X87_CLOBBER);                                                                     \
        return status;                                                                                       \
    }
#define HOST_LOAD(name, text)                                                                                \
    static inline uint16_t name(uint16_t control, const struct x87_memory *m, struct x87_register *result) { \
        uint16_t saved, status;                                                                              \
        __asm__ volatile(X87_ENTER                                                                           \
                         "fldcw %[control]\n\t" text " %[m]\n\tfnstsw %[status]\n\t"                         \
                         "fnclex\n\tfldcw %[saved]\n\tfstpt %[result]\n\tfninit\n\tfldcw %[saved]\n\t"       \
                         : [saved] "=&m"(saved), [status] "=&m"(status), [result] "=m"(*result)              \
                         : [m] "m"(*m), [control] "m"(control)                                               \
                         : X87_CLOBBER);                                                                     \
        return status;                                                                                       \
    }
#define HOST_STORE(name, text)                                                                               \
    static inline uint16_t name(uint16_t control, struct x87_register a, struct x87_memory *m) {             \
        uint16_t saved, status;                                                                              \
        __asm__ volatile(X87_ENTER "fldt %[a]\n\tfldcw %[control]\n\t" text " %[m]\n\tfnstsw %[status]\n\t"  \
                                   "fninit\n\tfldcw %[saved]\n\t"                                            \
                         : [saved] "=&m"(saved), [status] "=&m"(status), [m] "+m"(*m)                        \
                         : [a] "m"(a), [control] "m"(control)                                                \
                         : X87_CLOBBER);                                                                     \
        return status;                                                                                       \
    }

#endif
