/* SPDX-License-Identifier: BSD-2-Clause */
/* fp.h - SSE and AVX floating-point arithmetic on the host's own unit.
 *
 * Each operation is one host instruction under the guest's rounding mode, DAZ and FTZ with every exception
 * masked; its flags come back from the host's MXCSR. NaN selection, approximation tables and rounding are
 * thus silicon's. What masking hides is put back here (SDM Vol. 1, "SIMD Floating-Point Exceptions", "SSE,
 * SSE2, and SSE3 Exceptions", and "Guidelines for Writing SIMD Floating-Point Exception Handlers"):
 *   - #I, #D, #Z are found before computing: if one of them is unmasked in any lane, no lane is computed, and
 * #O, #U, #P are not reported;
 *   - unmasked underflow is raised for a tiny result even if it is exact, and FTZ then does not apply;
 *   - where overflow or underflow is unmasked, #P tells whether the result is inexact with an unbounded
 * exponent;
 *   - an unmasked exception leaves the destination alone; its flag and the others of the instruction are set
 * first. ldmxcsr and stmxcsr stand in the same asm statement as the arithmetic, so that no compiler moves it.
 */
#ifndef REFCORE_EXEC_SIMD_FP_H
#define REFCORE_EXEC_SIMD_FP_H

#include "../simd.h"

/* SDM Vol. 1, "MXCSR Control and Status Register" */
enum {
    MXCSR_IE = 1 << 0,
    MXCSR_DE = 1 << 1,
    MXCSR_ZE = 1 << 2,
    MXCSR_OE = 1 << 3,
    MXCSR_UE = 1 << 4,
    MXCSR_PE = 1 << 5,
    MXCSR_FLAGS = 0x3f,
    MXCSR_DAZ = 1 << 6,
    MXCSR_MASK_SHIFT = 7,
    MXCSR_MASKS = 0x3f << 7,
    MXCSR_OM = 1 << 10,
    MXCSR_UM = 1 << 11,
    MXCSR_RC_SHIFT = 13,
    MXCSR_RC = 3 << 13,
    MXCSR_FTZ = 1 << 15,
    FP_BEFORE = MXCSR_IE | MXCSR_DE | MXCSR_ZE, /* found before computing */
};

/* The host's MXCSR for an operation of the guest. */
static inline uint32_t fp_control(const struct cpu *c) {
    uint32_t control = (c->mxcsr & (MXCSR_DAZ | MXCSR_RC | MXCSR_FTZ)) | MXCSR_MASKS;
    return c->mxcsr & MXCSR_UM ? control : control & ~(uint32_t)MXCSR_FTZ;
}

/* The value to go back to. Reading MXCSR costs more than loading it twice, so it is read once a run. */
static inline uint32_t fp_host(struct cpu *c) {
    if (UNLIKELY(c->host_mxcsr == 0))
        __asm__ volatile("stmxcsr %0" : "=m"(c->host_mxcsr));
    return c->host_mxcsr;
}

/* Runs asm text on operands x (read and written) and y; ORs the exceptions into flags. */
#define FP_ASM(text, flags, control, x_constraint, first, y_constraint, second)                              \
    do {                                                                                                     \
        uint32_t guest_ = (control), host_ = fp_host(c), after_;                                             \
        __asm__ volatile("ldmxcsr %[guest]\n\t" text "\n\tstmxcsr %[after]\n\tldmxcsr %[host]"               \
                         : [x] x_constraint(first), [after] "=&m"(after_)                                    \
                         : [y] y_constraint(second), [guest] "m"(guest_), [host] "m"(host_));                \
        (flags) |= after_ & MXCSR_FLAGS;                                                                     \
    } while (0)
/* The common case: "mnemonic y, x" on two XMM registers. */
#define FP_XMM(mnemonic, flags, first, second)                                                               \
    FP_ASM(mnemonic " %[y], %[x]", flags, fp_control(c), "+x", first, "x", second)

/* Sets MXCSR and raises #XM for unmasked ones of `flags`: #UD if the system does not handle them
 * (CR4.OSXMMEXCPT). The form for results that go to memory: fp_check() before the store, fp_accrue() after
 * it. */
_Noreturn COLD void fp_exception(struct cpu *c, const struct op *o, uint32_t flags);
static inline void fp_check(struct cpu *c, const struct op *o, uint32_t flags) {
    if (UNLIKELY(flags & ~(c->mxcsr >> MXCSR_MASK_SHIFT) & MXCSR_FLAGS))
        fp_exception(c, o, flags);
}
static inline void fp_accrue(struct cpu *c, uint32_t flags) {
    c->mxcsr |= flags;
}
static inline void fp_finish(struct cpu *c, const struct op *o, uint32_t flags) {
    fp_check(c, o, flags);
    fp_accrue(c, flags);
}

static inline xmm half_read(const union vector *from, unsigned h) {
    xmm x;
    memcpy(&x, &from->b[h], 16);
    return x;
}
static inline void half_write(union vector *to, unsigned h, xmm x) {
    memcpy(&to->b[h], &x, 16);
}

/* Denormal, not zero: a tiny result. */
static inline bool tiny_d(uint32_t v) {
    return (v & 0x7fffffff) - 1U < 0x7fffffU;
}
static inline bool tiny_q(uint64_t v) {
    return (v & (UINT64_MAX >> 1)) - 1U < UINT64_C(0xfffffffffffff);
}
/* Result lanes that are tiny without the host having told, where underflow is unmasked: `count` lanes of
 * `size` bytes. */
static inline uint32_t fp_tiny(const struct cpu *c, const union vector *result, unsigned size,
                               unsigned count) {
    if (LIKELY(c->mxcsr & MXCSR_UM))
        return 0;
    for (unsigned i = 0; i < count; i++)
        if (size == 4 ? tiny_d(result->d[i]) : tiny_q(result->q[i]))
            return MXCSR_UE;
    return 0;
}

/* What an instruction computes in each lane, for the exceptions that rounding finds. */
enum fp_kind { FP_EXACT, FP_ADD, FP_SUB, FP_MUL, FP_DIV, FP_ADDSUB, FP_HADD, FP_HSUB, FP_NARROW };
/* #O, #U, #P of the first `count` lanes of `size` bytes, lane by lane and exactly; the others of `flags` are
 * kept. For the rare case that overflow or underflow is unmasked and has come up (simd_rounding.c). */
COLD uint32_t fp_rounding(const struct cpu *c, uint32_t flags, enum fp_kind kind, unsigned size,
                          unsigned count, const union vector *x, const union vector *y);
/* One lane of x * y + z, or NaN and infinity: none. */
COLD uint32_t fp_rounding_fma(const struct cpu *c, unsigned size, uint64_t x, uint64_t y, uint64_t z);
static inline bool fp_rounding_unmasked(const struct cpu *c, uint32_t flags) {
    return UNLIKELY(flags & ~(c->mxcsr >> MXCSR_MASK_SHIFT) & (MXCSR_OE | MXCSR_UE));
}
/* All of an operation's flags, from the host's and the result. */
static inline uint32_t fp_complete(const struct cpu *c, uint32_t flags, enum fp_kind kind, unsigned size,
                                   unsigned count, const union vector *result, const union vector *x,
                                   const union vector *y) {
    if (kind == FP_EXACT)
        return flags;
    flags |= fp_tiny(c, result, kind == FP_NARROW ? 4 : size, count);
    return fp_rounding_unmasked(c, flags) ? fp_rounding(c, flags, kind, size, count, x, y) : flags;
}

/* dest := src1 op src2, packed. size: a lane's bytes. */
#define FP_PACKED(name, mnemonic, size, kind)                                                                \
    SIMD(name) {                                                                                             \
        uint32_t flags = 0;                                                                                  \
        for (unsigned h = 0; h < bytes; h += 16) {                                                           \
            xmm x = half_read(src1, h), y = half_read(src2, h);                                              \
            FP_XMM(mnemonic, flags, x, y);                                                                   \
            half_write(dest, h, x);                                                                          \
        }                                                                                                    \
        fp_finish(c, o, fp_complete(c, flags, kind, size, bytes / size, dest, src1, src2));                  \
    }                                                                                                        \
    PACKED(name)
/* The lowest lane; the others are src1's. */
#define FP_SCALAR(name, mnemonic, size, kind)                                                                \
    SIMD(name) {                                                                                             \
        uint32_t flags = 0;                                                                                  \
        xmm x = half_read(src1, 0), y = half_read(src2, 0);                                                  \
        FP_XMM(mnemonic, flags, x, y);                                                                       \
        half_write(dest, 0, x);                                                                              \
        fp_finish(c, o, fp_complete(c, flags, kind, size, 1, dest, src1, src2));                             \
    }                                                                                                        \
    SCALAR(name, size)
/* All four of an arithmetic instruction. */
#define FP_ARITHMETIC(name, mnemonic, kind)                                                                  \
    FP_PACKED(name##PS, mnemonic "ps", 4, kind)                                                              \
    FP_PACKED(name##PD, mnemonic "pd", 8, kind)                                                              \
    FP_SCALAR(name##SS, mnemonic "ss", 4, kind)                                                              \
    FP_SCALAR(name##SD, mnemonic "sd", 8, kind)

#endif
