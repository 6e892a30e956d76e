/* SPDX-License-Identifier: BSD-2-Clause */
/* stack_access.h - the current stack, as PUSH, POP and their kin use it. size: operand size in bytes, 2,
 * 4, 8; offsets are within SS and wrapped to the stack's width. */
#ifndef REFCORE_EXEC_STACK_ACCESS_H
#define REFCORE_EXEC_STACK_ACCESS_H

#include "forms_words.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

ALWAYS_INLINE uint64_t stack_read(struct cpu *c, const struct op *o, uint64_t offset, unsigned size) {
    return size == 8   ? mem_read64(c, o, SEG_SS, offset)
           : size == 4 ? mem_read32(c, o, SEG_SS, offset)
                       : mem_read16(c, o, SEG_SS, offset);
}
ALWAYS_INLINE void stack_write(struct cpu *c, const struct op *o, uint64_t offset, uint64_t value,
                               unsigned size) {
    if (size == 8)
        mem_write64(c, o, SEG_SS, offset, value);
    else if (size == 4)
        mem_write32(c, o, SEG_SS, offset, (uint32_t)value);
    else
        mem_write16(c, o, SEG_SS, offset, (uint16_t)value);
}

/* In a 64-bit handler: declares `at`, the host address of the 8 bytes at `offset` of the stack; on a TLB
 * miss the handler ends in `slow`, which does all of it. So it needs no stack frame. tag: read or write. */
#define STACK_AT(offset, tag, slow)                                                                          \
    const struct tlb_entry *e_ = tlb_slot(c->tlb, (offset) + 7);                                             \
    if (UNLIKELY(e_->tag != ((offset) & ~UINT64_C(0xfff))))                                                  \
        TAIL_CALL(slow);                                                                                     \
    uint64_t at = e_->add + (offset)

/* SDM Vol. 2B, PUSH, "Operation". The last statement that can fault comes before rSP moves. */
ALWAYS_INLINE void push_value(struct cpu *c, const struct op *o, uint64_t value, unsigned size) {
    if (size == 8) {
        uint64_t sp = c->r[R_SP] - 8;
        stack_write(c, o, sp, value, 8);
        c->r[R_SP] = sp;
    } else {
        uint64_t sp = (c->r[R_SP] - size) & stack_mask(c);
        stack_write(c, o, sp, value, size);
        set_sp(c, sp);
    }
}

/* What POP will return, rSP unmoved; stack_release() moves it. */
ALWAYS_INLINE uint64_t stack_top(struct cpu *c, const struct op *o, unsigned size) {
    return stack_read(c, o, size == 8 ? c->r[R_SP] : c->r[R_SP] & stack_mask(c), size);
}
/* size: the operand size, 8 only in 64-bit mode; bytes: all that goes */
ALWAYS_INLINE void stack_release(struct cpu *c, unsigned size, unsigned bytes) {
    if (size == 8)
        c->r[R_SP] += bytes;
    else
        set_sp(c, c->r[R_SP] + bytes);
}

#endif
