/* SPDX-License-Identifier: BSD-2-Clause */
/* far_call.c - CALL to another segment. SDM Vol. 2A, CALL, "Operation"; APM Vol. 3, CALL (Far). */
#include "frame.h"

/* Pushes the return address on the current stack and enters the segment: no change of level. slot: bytes a
 * push. Order: room
 * (#SS), instruction pointer (#GP), pages. */
static void call_same(struct cpu *c, struct stack *s, uint16_t selector, struct descriptor d, uint64_t rip,
                      unsigned slot) {
    void *frame = frame_room(c, s, 2, slot);
    if (!target_in_segment(c, d, rip))
        raise_fault_error(c, VECTOR_GP, 0);
    frame_push(c, s, frame, (uint64_t[]){c->seg[SEG_CS].selector, c->next_rip}, 2, slot);
    descriptor_set_accessed(c, selector, &d);
    stack_commit(c, s);
    cs_commit(c, selector, d, c->cpl);
    c->rip = rip;
    mode_transferred(c);
}

/* CONFORMING-CODE-SEGMENT, NONCONFORMING-CODE-SEGMENT */
static void call_segment(struct cpu *c, uint16_t selector, struct descriptor d, uint64_t offset,
                         unsigned size) {
    if (in_long_mode(c) && (d.high & (D_L | D_DB)) == (D_L | D_DB))
        selector_fault(c, VECTOR_GP, selector, 0);
    if (d_conforming(d) ? d_dpl(d) > c->cpl : selector_rpl(selector) > c->cpl || d_dpl(d) != c->cpl)
        selector_fault(c, VECTOR_GP, selector, 0);
    if (!d_present(d))
        selector_fault(c, VECTOR_NP, selector, 0);
    struct stack s = stack_current(c);
    call_same(c, &s, selector, d, offset, size);
}

/* MORE-PRIVILEGE through a 16- or 32-bit gate */
static void call_inner(struct cpu *c, const struct call_gate *g) {
    unsigned cpl = d_dpl(g->code), slot = g->size;
    struct descriptor code = g->code;
    uint16_t new_ss;
    uint32_t new_esp, parameter[31];
    tss_stack(c, cpl, 0, &new_ss, &new_esp);
    struct segment ss;
    load_inner_ss(c, new_ss, cpl, 0, &ss);
    struct stack s = stack_make(&ss, new_esp, cpl, new_ss & 0xfffcU);
    stack_check_room(c, &s, 4 + g->parameters, slot);
    if (!target_in_segment(c, code, g->offset))
        raise_fault_error(c, VECTOR_GP, 0);
    /* parameters in the order of their addresses, from the caller's stack with the caller's rights */
    struct stack old = stack_current(c);
    for (unsigned i = 0; i < g->parameters; i++)
        parameter[i] = (uint32_t)stack_pop(c, &old, slot);
    stack_push(c, &s, c->seg[SEG_SS].selector, slot);
    stack_push(c, &s, c->r[R_SP], slot);
    for (unsigned i = g->parameters; i-- > 0;)
        stack_push(c, &s, parameter[i], slot);
    stack_push(c, &s, c->seg[SEG_CS].selector, slot);
    stack_push(c, &s, c->next_rip, slot);
    segment_set_accessed(c, &ss);
    descriptor_set_accessed(c, g->selector, &code);
    cs_commit(c, g->selector, code, cpl);
    c->seg[SEG_SS] = ss;
    stack_commit(c, &s); /* a 16-bit stack moves SP; the rest of ESP stays */
    c->rip = g->offset;
    mode_transferred(c);
}

/* MORE-PRIVILEGE through a 64-bit gate: SS becomes null, nothing is copied. */
static void call_inner64(struct cpu *c, const struct call_gate *g) {
    unsigned cpl = d_dpl(g->code);
    struct descriptor code = g->code;
    struct stack s = stack_make64(tss_stack64(c, cpl, 0), cpl, 0);
    if (!is_canonical(c, s.sp))
        raise_fault_error(c, VECTOR_SS, 0);
    void *frame = frame_room(c, &s, 4, 8);
    if (!is_canonical(c, g->offset))
        raise_fault_error(c, VECTOR_GP, 0);
    const uint64_t word[] = {c->seg[SEG_SS].selector, c->r[R_SP], c->seg[SEG_CS].selector, c->next_rip};
    frame_push(c, &s, frame, word, 4, 8);
    descriptor_set_accessed(c, g->selector, &code);
    cs_commit(c, g->selector, code, cpl);
    ss_commit_null(c, cpl);
    c->r[R_SP] = s.sp;
    c->rip = g->offset;
    mode_transferred(c);
}

/* CALL-GATE */
static void call_gate(struct cpu *c, uint16_t selector, struct descriptor d) {
    struct call_gate g = call_gate_read(c, selector, d);
    if (d_dpl(g.code) > c->cpl)
        selector_fault(c, VECTOR_GP, g.selector, 0);
    if (!d_present(g.code))
        selector_fault(c, VECTOR_NP, g.selector, 0);
    if (!d_conforming(g.code) && d_dpl(g.code) < c->cpl) {
        if (g.size == 8)
            call_inner64(c, &g);
        else
            call_inner(c, &g);
        return;
    }
    /* SAME-PRIVILEGE; a 64-bit gate pushes on RSP whatever mode it was called from */
    struct stack s = g.size == 8 ? stack_make64(c->r[R_SP], c->cpl, 0) : stack_current(c);
    call_same(c, &s, g.selector, g.code, g.offset, g.size);
}

void far_call(struct cpu *c, uint16_t selector, uint64_t offset, unsigned size) {
    if (size == 2)
        offset = (uint16_t)offset;
    /* REAL-ADDRESS-MODE or virtual-8086 mode */
    if (!in_protected(c)) {
        struct stack s = stack_current(c);
        void *frame = frame_room(c, &s, 2, size);
        if (offset > c->seg[SEG_CS].limit)
            raise_fault_error(c, VECTOR_GP, 0);
        frame_push(c, &s, frame, (uint64_t[]){c->seg[SEG_CS].selector, c->next_rip}, 2, size);
        stack_commit(c, &s);
        seg_load_real(c, SEG_CS, selector);
        c->rip = offset;
        real_transferred(c, c->rflags);
        return;
    }
    /* PROTECTED-MODE, and IA-32e mode */
    if (selector_null(selector))
        raise_fault_error(c, VECTOR_GP, 0);
    struct descriptor d = descriptor_read(c, selector, VECTOR_GP, 0);
    if (d_code(d)) {
        call_segment(c, selector, d, offset, size);
        return;
    }
    if (d_system(d) && in_long_mode(c)) {
        if (d_type(d) == TYPE_CALL32) {
            call_gate(c, selector, d);
            return;
        }
    } else if (d_system(d)) {
        switch (d_type(d)) {
        case TYPE_CALL16:
        case TYPE_CALL32:
            call_gate(c, selector, d);
            return;
        case TYPE_TASK_GATE:
            task_gate_enter(c, selector, d, TASK_CALL);
            return;
        case TYPE_TSS16:
        case TYPE_TSS16_BUSY:
        case TYPE_TSS32:
        case TYPE_TSS32_BUSY:
            tss_enter(c, selector, d, TASK_CALL);
            return;
        default:
            break;
        }
    }
    selector_fault(c, VECTOR_GP, selector, 0);
}
