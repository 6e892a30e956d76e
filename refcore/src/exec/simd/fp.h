/* SPDX-License-Identifier: BSD-2-Clause */
/* fp.h - SSE and AVX floating-point arithmetic on the host's own unit.
 *
 * Each operation is one host instruction under the guest's rounding mode, DAZ and FTZ with every exception masked; its flags
 * come back from the host's MXCSR. NaN selection, approximation tables and rounding are thus silicon's. What masking hides is put
 * back here (SDM Vol. 1, "SIMD Floating-Point Exceptions", "SSE, SSE2, and SSE3 Exceptions", and "Guidelines for Writing SIMD
 * Floating-Point Exception Handlers"):
 *   - #I, #D, #Z are found before computing: if one of them is unmasked in any lane, no lane is computed, and #O, #U, #P are not
 *     reported;
 *   - unmasked underflow is raised for a tiny result even if it is exact, and FTZ then does not apply;
 *   - an unmasked exception leaves the destination alone; its flag and the others of the instruction are set first.
 * ldmxcsr and stmxcsr stand in the same asm statement as the arithmetic, so that no compiler moves it. */
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

/* Runs asm text on operands x (read and written) and y; ORs the exceptions into flags. */
#define FP_ASM(text, flags, control, x_constraint, first, y_constraint, second)                                      \
    do {                                                                                                     \
        uint32_t guest_ = (control), host_, after_;                                                          \
        __asm__ volatile("stmxcsr %[host]\n\tldmxcsr %[guest]\n\t" text                                      \
                         "\n\tstmxcsr %[after]\n\tldmxcsr %[host]"                                           \
                         : [x] x_constraint(first), [host] "=&m"(host_), [after] "=&m"(after_)                     \
                         : [y] y_constraint(second), [guest] "m"(guest_));                                        \
        (flags) |= after_ & MXCSR_FLAGS;                                                                     \
    } while (0)
/* The common case: "mnemonic y, x" on two XMM registers. */
#define FP_XMM(mnemonic, flags, first, second)                                                               \
    FP_ASM(mnemonic " %[y], %[x]", flags, fp_control(c), "+x", first, "x", second)

/* Sets MXCSR and raises #XM for unmasked ones of `flags`: #UD if the system does not handle them (CR4.OSXMMEXCPT).
 * The form for results that go to memory: fp_check() before the store, fp_accrue() after it. */
_Noreturn COLD void fp_exception(struct cpu *c, const struct op *o, uint32_t flags);
static inline void fp_check(struct cpu *c, const struct op *o, uint32_t flags) {
    if (UNLIKELY(flags & ~(c->mxcsr >> MXCSR_MASK_SHIFT) & MXCSR_FLAGS))
        fp_exception(c, o, flags);
}
static inline void fp_accrue(struct cpu *c, uint32_t flags) { c->mxcsr |= flags; }
static inline void fp_finish(struct cpu *c, const struct op *o, uint32_t flags) {
    fp_check(c, o, flags);
    fp_accrue(c, flags);
}

static inline xmm half_read(const union vector *from, unsigned h) {
    xmm x;
    memcpy(&x, &from->b[h], 16);
    return x;
}
static inline void half_write(union vector *to, unsigned h, xmm x) { memcpy(&to->b[h], &x, 16); }

/* Denormal, not zero: a tiny result. */
static inline bool tiny_d(uint32_t v) { return (v & 0x7fffffff) - 1U < 0x7fffffU; }
static inline bool tiny_q(uint64_t v) { return (v & (UINT64_MAX >> 1)) - 1U < UINT64_C(0xfffffffffffff); }
/* UE for exact tiny results, where underflow is unmasked: the first `count` lanes of `size` bytes. */
static inline uint32_t fp_tiny(const struct cpu *c, const union vector *result, unsigned size, unsigned count) {
    if (LIKELY(c->mxcsr & MXCSR_UM))
        return 0;
    for (unsigned i = 0; i < count; i++)
        if (size == 4 ? tiny_d(result->d[i]) : tiny_q(result->q[i]))
            return MXCSR_UE;
    return 0;
}

/* dest := src1 op src2, packed. `tiny`: the operation can underflow. size: a lane's bytes. */
#define FP_PACKED(name, mnemonic, size, tiny)                                                                \
    SIMD(name) {                                                                                             \
        uint32_t flags = 0;                                                                                  \
        for (unsigned h = 0; h < bytes; h += 16) {                                                           \
            xmm x = half_read(src1, h), y = half_read(src2, h);                                              \
            FP_XMM(mnemonic, flags, x, y);                                                                   \
            half_write(dest, h, x);                                                                          \
        }                                                                                                    \
        if (tiny)                                                                                            \
            flags |= fp_tiny(c, dest, size, bytes / size);                                                   \
        fp_finish(c, o, flags);                                                                              \
    }                                                                                                        \
    PACKED(name)
/* The lowest lane; the others are src1's. */
#define FP_SCALAR(name, mnemonic, size, tiny)                                                                \
    SIMD(name) {                                                                                             \
        uint32_t flags = 0;                                                                                  \
        xmm x = half_read(src1, 0), y = half_read(src2, 0);                                                  \
        FP_XMM(mnemonic, flags, x, y);                                                                       \
        half_write(dest, 0, x);                                                                              \
        if (tiny)                                                                                            \
            flags |= fp_tiny(c, dest, size, 1);                                                              \
        fp_finish(c, o, flags);                                                                              \
    }                                                                                                        \
    SCALAR(name, size)
/* All four of an arithmetic instruction. */
#define FP_ARITHMETIC(name, mnemonic, tiny)                                                                  \
    FP_PACKED(name##PS, mnemonic "ps", 4, tiny)                                                              \
    FP_PACKED(name##PD, mnemonic "pd", 8, tiny)                                                              \
    FP_SCALAR(name##SS, mnemonic "ss", 4, tiny)                                                              \
    FP_SCALAR(name##SD, mnemonic "sd", 8, tiny)

#endif
