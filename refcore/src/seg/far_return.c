/* SPDX-License-Identifier: BSD-2-Clause */
/* far_return.c - RET to another segment. SDM Vol. 2B, RET, "Operation"; APM Vol. 3, RET (Far).
 * Also the checks of a return's CS and SS, which IRET shares. */
#include "../cpu/profile.h"
#include "frame.h"
#include "return.h"

/* RET, "Operation", "far-return in protected mode": the code segment that a return names. IRET's checks are
 * the same. */
struct segment *return_cs_check(struct cpu *c, uint16_t selector, struct segment *room) {
    unsigned rpl = selector_rpl(selector);
    if (selector_null(selector))
        raise_fault_error(c, VECTOR_GP, 0);
    struct descriptor d = descriptor_read(c, selector, VECTOR_GP, 0);
    if (!d_code(d) || rpl < c->cpl)
        selector_fault(c, VECTOR_GP, DEFECT(c, IRET_ERROR_CODE) ? 0 : selector, 0);
    if (in_long_mode(c) && (d.high & (D_L | D_DB)) == (D_L | D_DB))
        selector_fault(c, VECTOR_GP, selector, 0);
    if (d_conforming(d) ? d_dpl(d) > rpl : d_dpl(d) != rpl)
        selector_fault(c, VECTOR_GP, selector, 0);
    if (!d_present(d))
        selector_fault(c, VECTOR_NP, selector, 0);
    descriptor_unpack(room, selector, d);
    if (segment_is_64bit(c, room))
        room->base = 0; /* as mode_changed() has it */
    checked_keep(c, CHECK_RETURN_CODE, selector, 0, d, room);
    return room;
}

/* RETURN-TO-OUTER-PRIVILEGE-LEVEL: SS. Null is allowed in a return to 64-bit code below CPL 3. */
struct segment *return_ss_check(struct cpu *c, uint16_t selector, unsigned cpl, bool to_64bit,
                                struct segment *room) {
    if (selector_null(selector)) {
        if (!to_64bit || cpl == 3)
            raise_fault_error(c, VECTOR_GP, 0);
        *room = stack_null(selector, cpl);
        return room;
    }
    struct descriptor d = descriptor_read(c, selector, VECTOR_GP, 0);
    if (selector_rpl(selector) != cpl || !d_data_writable(d) || d_dpl(d) != cpl)
        selector_fault(c, VECTOR_GP, selector, 0);
    if (!d_present(d))
        selector_fault(c, VECTOR_SS, selector, 0);
    descriptor_unpack(room, selector, d);
    checked_keep(c, CHECK_RETURN_STACK, selector, cpl, d, room);
    return room;
}

static void return_outer(struct cpu *c, struct stack *s, struct segment *cs, uint64_t rip, unsigned size,
                         uint16_t release) {
    bool to_64bit = segment_is_64bit(c, cs);
    struct stack t = *s;
    stack_drop(&t, release);
    uint64_t word[2];
    frame_pop(c, &t, word, 2, size);
    uint64_t sp = word[0];
    uint16_t new_ss = (uint16_t)word[1];
    struct segment room, *ss = return_ss(c, new_ss, selector_rpl(cs->selector), to_64bit, &room);
    if (!segment_holds(c, cs, rip))
        raise_fault_error(c, VECTOR_GP, 0);
    segment_set_accessed(c, cs);
    if (!ss->null)
        segment_set_accessed(c, ss);
    cs_enter(c, cs);
    c->seg[SEG_SS] = *ss;
    return_sp_commit(c, sp, to_64bit);
    c->rip = rip;
    null_inner_data_segments(c);
    mode_transferred(c);
    /* parameters are released from the caller's stack too */
    struct stack outer = stack_current(c);
    stack_drop(&outer, release);
    stack_commit(c, &outer);
}

void far_return(struct cpu *c, unsigned size, uint16_t release) {
    struct stack s = stack_current(c);
    if (UNLIKELY(in_64bit_code(c) && c->profile->choice.return_reads_upper)) {
        stack_check_pop(c, &s, 2 * size);
        stack_peek(c, &s, size, size);
    }
    uint64_t word[2];
    frame_pop(c, &s, word, 2, size);
    uint64_t rip = word[0];
    uint16_t selector = (uint16_t)word[1];
    /* Real-address mode or virtual-8086 mode */
    if (!in_protected(c)) {
        if (rip > c->seg[SEG_CS].limit)
            raise_fault_error(c, VECTOR_GP, 0);
        stack_drop(&s, release);
        stack_commit(c, &s);
        seg_load_real(c, SEG_CS, selector);
        c->rip = rip;
        real_transferred(c, c->rflags);
        return;
    }
    struct segment room, *cs = return_cs(c, selector, &room);
    if (selector_rpl(selector) > c->cpl) {
        return_outer(c, &s, cs, rip, size, release);
        return;
    }
    /* RETURN-SAME-PRIVILEGE-LEVEL */
    if (!segment_holds(c, cs, rip))
        raise_fault_error(c, VECTOR_GP, 0);
    segment_set_accessed(c, cs);
    stack_drop(&s, release);
    stack_commit(c, &s);
    cs_enter(c, cs);
    c->rip = rip;
    mode_transferred(c);
}
