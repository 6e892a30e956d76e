/* SPDX-License-Identifier: BSD-2-Clause */
/* far_jump.c - JMP to another segment. SDM Vol. 2A, JMP, "Operation"; APM Vol. 3, JMP (Far). */
#include "table.h"

static void jump_code(struct cpu *c, uint16_t selector, struct descriptor d, uint64_t rip) {
    if (!target_in_segment(c, d, rip))
        raise_fault_error(c, VECTOR_GP, 0);
    descriptor_set_accessed(c, selector, &d);
    cs_commit(c, selector, d, c->cpl);
    c->rip = rip;
    mode_transferred(c);
}

/* CONFORMING-CODE-SEGMENT, NONCONFORMING-CODE-SEGMENT */
static void jump_segment(struct cpu *c, uint16_t selector, struct descriptor d, uint64_t offset) {
    if (in_long_mode(c) && (d.high & (D_L | D_DB)) == (D_L | D_DB))
        selector_fault(c, VECTOR_GP, selector, 0);
    if (d_conforming(d) ? d_dpl(d) > c->cpl : selector_rpl(selector) > c->cpl || d_dpl(d) != c->cpl)
        selector_fault(c, VECTOR_GP, selector, 0);
    if (!d_present(d))
        selector_fault(c, VECTOR_NP, selector, 0);
    jump_code(c, selector, d, offset);
}

/* CALL-GATE */
static void jump_gate(struct cpu *c, uint16_t selector, struct descriptor d) {
    struct call_gate g = call_gate_read(c, selector, d);
    if (d_conforming(g.code) ? d_dpl(g.code) > c->cpl : d_dpl(g.code) != c->cpl)
        selector_fault(c, VECTOR_GP, g.selector, 0);
    if (!d_present(g.code))
        selector_fault(c, VECTOR_NP, g.selector, 0);
    jump_code(c, g.selector, g.code, g.offset);
}

void far_jump(struct cpu *c, uint16_t selector, uint64_t offset, unsigned size) {
    if (size == 2)
        offset = (uint16_t)offset;
    /* REAL-ADDRESS-MODE or virtual-8086 mode */
    if (!in_protected(c)) {
        if (offset > c->seg[SEG_CS].limit)
            raise_fault_error(c, VECTOR_GP, 0);
        seg_load_real(c, SEG_CS, selector);
        c->rip = offset;
        mode_transferred(c);
        return;
    }
    /* PROTECTED-MODE, and IA-32e mode */
    if (selector_null(selector))
        raise_fault_error(c, VECTOR_GP, 0);
    struct descriptor d = descriptor_read(c, selector, VECTOR_GP, 0);
    if (d_code(d)) {
        jump_segment(c, selector, d, offset);
        return;
    }
    if (d_system(d) && in_long_mode(c)) {
        if (d_type(d) == TYPE_CALL32) {
            jump_gate(c, selector, d);
            return;
        }
    } else if (d_system(d)) {
        switch (d_type(d)) {
        case TYPE_CALL16:
        case TYPE_CALL32:
            jump_gate(c, selector, d);
            return;
        case TYPE_TASK_GATE:
            task_gate_enter(c, selector, d, TASK_JMP);
            return;
        case TYPE_TSS16:
        case TYPE_TSS16_BUSY:
        case TYPE_TSS32:
        case TYPE_TSS32_BUSY:
            tss_enter(c, selector, d, TASK_JMP);
            return;
        default:
            break;
        }
    }
    selector_fault(c, VECTOR_GP, selector, 0);
}
