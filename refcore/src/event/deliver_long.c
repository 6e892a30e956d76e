/* SPDX-License-Identifier: BSD-2-Clause */
/* deliver_long.c - delivery through the IDT in IA-32e mode. SDM Vol. 2A, INT n/INTO/INT3/INT1, "Operation",
 * IA-32e-MODE; SDM Vol. 3A, "Exception and Interrupt Handling in 64-bit Mode"; APM Vol. 2, "Long-Mode
 * Interrupt Control Transfers". */
#include "deliver.h"

void deliver_long(struct cpu *c, const struct event *e, uint64_t rip, uint64_t image) {
    unsigned ext = event_ext(e);
    if (e->vector * 16U + 15 > c->idtr.limit)
        gate_fault(c, VECTOR_GP, e);
    uint64_t low = table_read(c, c->idtr.base, e->vector * 16U, 8);
    uint64_t upper = table_read(c, c->idtr.base, e->vector * 16U + 8, 8);
    struct descriptor gate = {.low = (uint32_t)low, .high = (uint32_t)(low >> 32)};
    if (!d_system(gate) || d_type(gate) < TYPE_INT32)
        gate_fault(c, VECTOR_GP, e);
    if ((e->kind == EVENT_SOFTWARE || e->kind == EVENT_INT3_INTO) && d_dpl(gate) < c->cpl)
        gate_fault(c, VECTOR_GP, e);
    if (!d_present(gate))
        gate_fault(c, VECTOR_NP, e);

    /* TRAP-OR-INTERRUPT-GATE: the code segment is 64-bit code */
    uint16_t selector = gate_selector(gate);
    if (selector_null(selector))
        raise_fault_error(c, VECTOR_GP, ext);
    struct descriptor code = descriptor_read(c, selector, VECTOR_GP, ext);
    if (!d_code(code) || d_dpl(code) > c->cpl || (code.high & (D_L | D_DB)) != D_L)
        selector_fault(c, VECTOR_GP, selector, ext);
    if (!d_present(code))
        selector_fault(c, VECTOR_NP, selector, ext);

    /* the stack: of the IST, of the new level, or the one in use; the pointer aligned down to 16 bytes */
    bool inner = !d_conforming(code) && d_dpl(code) < c->cpl;
    unsigned cpl = inner ? d_dpl(code) : c->cpl;
    unsigned ist = gate.high & 7;
    uint64_t sp = c->r[R_SP];
    if (ist || inner) {
        sp = tss_stack64(c, ist ? ist + 2 : cpl, ext);
        if (!is_canonical(c, sp))
            raise_fault_error(c, VECTOR_SS, ext);
    }
    struct stack s = stack_make64(sp & ~UINT64_C(15), cpl, ext);
    unsigned count = 5 + e->has_error;
    stack_check_room(c, &s, count, 8);
    uint64_t target = gate_offset(gate) | (uint64_t)(uint32_t)upper << 32;
    if (!is_canonical(c, target))
        raise_fault_error(c, VECTOR_GP, ext);
    stack_push(c, &s, c->seg[SEG_SS].selector, 8);
    stack_push(c, &s, c->r[R_SP], 8);
    stack_push(c, &s, image, 8);
    stack_push(c, &s, c->seg[SEG_CS].selector, 8);
    stack_push(c, &s, rip, 8);
    if (e->has_error)
        stack_push(c, &s, e->error, 8);
    descriptor_set_accessed(c, selector, &code);
    cs_commit(c, selector, code, cpl);
    if (inner)
        ss_commit_null(c, cpl);
    c->r[R_SP] = s.sp;
    c->rip = target;
    handler_flags(c, d_type(gate) == TYPE_INT32);
    mode_changed(c);
}
