/* SPDX-License-Identifier: BSD-2-Clause */
/* near_target.h - where a near branch goes. SDM Vol. 2A, JMP, CALL, Jcc, "Operation": by the operand size
 * (in bytes: 2, 4, 8) the target is truncated, then it must be canonical or within the limit of CS, else
 * #GP(0) before anything changes. */
#ifndef REFCORE_EXEC_NEAR_TARGET_H
#define REFCORE_EXEC_NEAR_TARGET_H

#include "exec.h"

static inline uint64_t near_truncate(uint64_t target, unsigned size) {
    return size == 8 ? target : size == 2 ? (uint16_t)target : (uint32_t)target;
}
static inline bool near_valid(const struct cpu *c, uint64_t target, unsigned size) {
    /* what shares its upper bits with the code that runs is canonical as that is */
    if (size == 8)
        return LIKELY((target ^ c->r[R_BLOCK]) >> 47 == 0) || is_canonical(c, target);
    return LIKELY(target <= c->seg[SEG_CS].limit) || in_64bit_code(c);
}
static COLD HANDLER_RESULT near_fault(struct cpu *c, const struct op *o) {
    GP0;
}
/* In a handler: `target`, a variable, is truncated; leaves with #GP(0) where it is no place to go. (A tail
 * call keeps the handler free of a stack frame.) */
#define NEAR_TARGET(target, size)                                                                            \
    do {                                                                                                     \
        target = near_truncate(target, size);                                                                \
        if (UNLIKELY(!near_valid(c, target, size)))                                                          \
            TAIL_CALL(near_fault);                                                                           \
    } while (0)

/* RIP of the next instruction */
static inline uint64_t near_next(const struct cpu *c, const struct op *o, unsigned size) {
    uint64_t next = c->r[R_BLOCK] + o->end;
    return size == 8 || (size == 2 && in_64bit_code(c)) ? next : (uint32_t)next;
}

/* three handlers from one: name_2, name_4, name_8, and entry_NAME; NEAR_HANDLERS without the entry */
#define NEAR_SIZES(name)                                                                                     \
    NEAR_HANDLERS(name)                                                                                      \
    ALL_SHAPES(name, name##_2, name##_4, name##_8)
#define NEAR_HANDLERS(name)                                                                                  \
    static HANDLER_RESULT name##_2(struct cpu *c, const struct op *o) {                                      \
        NEAR_BODY(name, 2)                                                                                   \
    }                                                                                                        \
    static HANDLER_RESULT name##_4(struct cpu *c, const struct op *o) {                                      \
        NEAR_BODY(name, 4)                                                                                   \
    }                                                                                                        \
    static HANDLER_RESULT name##_8(struct cpu *c, const struct op *o) {                                      \
        NEAR_BODY(name, 8)                                                                                   \
    }

#endif
