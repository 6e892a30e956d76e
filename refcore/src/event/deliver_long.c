/* SPDX-License-Identifier: BSD-2-Clause */
/* deliver_long.c - delivery through the IDT in IA-32e mode. SDM Vol. 2A, INT n/INTO/INT3/INT1, "Operation",
 * IA-32e-MODE; SDM Vol. 3A, "Exception and Interrupt Handling in 64-bit Mode"; APM Vol. 2, "Long-Mode
 * Interrupt Control Transfers". */
#include "../seg/checked.h"
#include "deliver.h"

/* ---- the gate ---- */

/* All that the checks of a gate depend on besides the bytes, but for the tables' limits. */
static inline uint64_t gate_key(const struct cpu *c, struct event e) {
    return UINT64_C(1) << 63 | (uint64_t)(c->mode | c->cpl << 8) << 32 |
           (uint32_t)event_is_instruction(e) << 8 | e.vector;
}
static inline struct checked_gate *gate_slot(struct cpu *c, struct event e) {
    return &c->checked_gates[e.vector % CHECKED_GATES];
}

/* What the same checks left of the same gate and code segment, if these lie in pages that the TLB knows, the
 * latter in the GDT; else NULL: to be read and checked. As in seg/checked.h. */
static inline const struct checked_gate *gate_before(struct cpu *c, struct event e) {
    const struct checked_gate *g = gate_slot(c, e);
    uint64_t gate = c->idtr.base + e.vector * 16U, half[2];
    unsigned offset = g->segment.selector & 0xfff8U;
    uint64_t code = c->gdtr.base + offset, bytes;
    const struct tlb_entry *idt = tlb_slot(&c->tlbs[TLB_SUPERVISOR], gate + 15);
    const struct tlb_entry *gdt = tlb_slot(&c->tlbs[TLB_SUPERVISOR], code + 7);
    if (ABLATED(CHECKED) ||
        UNLIKELY(g->key != gate_key(c, e) || (offset | 7U) > c->gdtr.limit ||
                 idt->read != (gate & ~UINT64_C(0xfff)) || gdt->read != (code & ~UINT64_C(0xfff))))
        return 0;
    memcpy(half, (const void *)(uintptr_t)(idt->add + gate), 16);
    memcpy(&bytes, (const void *)(uintptr_t)(gdt->add + code), 8);
    return LIKELY(half[0] == g->half[0] && half[1] == g->half[1] && bytes == g->code) ? g : 0;
}

/* A gate that is not to be passed: its type, its DPL, its presence, in this order. */
_Noreturn static COLD void gate_refused(struct cpu *c, struct descriptor gate, struct event e) {
    if (!d_system(gate) || d_type(gate) < TYPE_INT32)
        gate_fault(c, VECTOR_GP, e);
    if (d_present(gate) || (event_is_instruction(e) && d_dpl(gate) < c->cpl))
        gate_fault(c, VECTOR_GP, e);
    gate_fault(c, VECTOR_NP, e);
}

static COLD const struct checked_gate *gate_check(struct cpu *c, struct event e, struct checked_gate *room) {
    unsigned ext = event_ext(e);
    uint64_t low = table_read(c, c->idtr.base, e.vector * 16U, 8);
    uint64_t high = table_read(c, c->idtr.base, e.vector * 16U + 8, 8);
    struct descriptor gate = descriptor_of(low);
    /* a present interrupt or trap gate: types 14 and 15 */
    bool passes = (gate.high & (D_P | D_S | 14 << 8)) == (D_P | TYPE_INT32 << 8);
    if (!passes || (event_is_instruction(e) && d_dpl(gate) < c->cpl))
        gate_refused(c, gate, e);
    /* TRAP-OR-INTERRUPT-GATE: the code segment is 64-bit code */
    uint16_t selector = gate_selector(gate);
    if (selector_null(selector))
        raise_fault_error(c, VECTOR_GP, ext);
    struct descriptor code = descriptor_read(c, selector, VECTOR_GP, ext);
    if (!d_code(code) || d_dpl(code) > c->cpl || (code.high & (D_L | D_DB)) != D_L)
        selector_fault(c, VECTOR_GP, selector, ext);
    if (!d_present(code))
        selector_fault(c, VECTOR_NP, selector, ext);
    unsigned cpl = d_conforming(code) ? c->cpl : d_dpl(code);
    *room = (struct checked_gate){
        .key = gate_key(c, e),
        .half = {low, high},
        .code = (uint64_t)code.high << 32 | code.low,
        .target = gate_offset(gate) | high << 32,
        .ist = gate.high & 7,
        .interrupt = d_type(gate) == TYPE_INT32,
    };
    descriptor_unpack(&room->segment, (uint16_t)((selector & 0xfffcU) | cpl), code);
    room->segment.base = 0; /* as mode_changed() has it in 64-bit code */
    if ((room->segment.rights & AR_ACCESSED) && !(selector & SELECTOR_TI))
        *gate_slot(c, e) = *room;
    return room;
}

/* ---- delivery ---- */

/* Word by word, as the manual pushes: where a page faults, what was pushed before stays in memory. */
static COLD void push_frame(struct cpu *c, struct stack *s, struct event e, uint64_t rip, uint64_t image) {
    stack_push(c, s, c->seg[SEG_SS].selector, 8);
    stack_push(c, s, c->r[R_SP], 8);
    stack_push(c, s, image, 8);
    stack_push(c, s, c->seg[SEG_CS].selector, 8);
    stack_push(c, s, rip, 8);
    if (e.has_error)
        stack_push(c, s, e.error, 8);
}

void deliver_long(struct cpu *c, struct event e, uint64_t rip, uint64_t image) {
    if (e.vector * 16U + 15 > c->idtr.limit)
        gate_fault(c, VECTOR_GP, e);
    struct checked_gate room;
    const struct checked_gate *gate = gate_before(c, e);
    if (UNLIKELY(!gate))
        gate = gate_check(c, e, &room);

    /* the stack: of the IST, of the new level, or the one in use; the pointer aligned down to 16 bytes */
    unsigned cpl = selector_rpl(gate->segment.selector);
    bool inner = cpl < c->cpl;
    uint64_t sp = c->r[R_SP];
    if (gate->ist || inner) {
        sp = tss_stack64(c, gate->ist ? gate->ist + 2U : cpl, event_ext(e));
        if (!is_canonical(c, sp))
            raise_fault_error(c, VECTOR_SS, event_ext(e));
    }
    unsigned count = 5 + e.has_error;
    sp = (sp & ~UINT64_C(15)) - 8 * count;
    uint64_t *frame = stack_whole(c, sp, 8 * count, cpl, ACCESS_WRITE);
    struct stack s;
    if (UNLIKELY(!frame)) {
        s = stack_make64(sp + 8 * count, cpl, event_ext(e));
        stack_check_room(c, &s, count, 8);
    }
    if (!is_canonical(c, gate->target))
        raise_fault_error(c, VECTOR_GP, event_ext(e));
    if (LIKELY(frame)) {
        if (e.has_error)
            *frame++ = e.error;
        frame[0] = rip;
        frame[1] = c->seg[SEG_CS].selector;
        frame[2] = image;
        frame[3] = c->r[R_SP];
        frame[4] = c->seg[SEG_SS].selector;
    } else {
        push_frame(c, &s, e, rip, image);
    }
    if (UNLIKELY(gate == &room)) /* what was checked before is accessed */
        segment_set_accessed(c, &room.segment);
    /* where the level, CS' rights and so the mode stay, and TF and RF are clear, nothing is derived anew */
    bool same = !inner && gate->segment.rights == c->seg[SEG_CS].rights && !c->step;
    cs_enter(c, &gate->segment);
    if (inner)
        ss_commit_null(c, cpl);
    c->r[R_SP] = sp;
    c->rip = gate->target;
    handler_flags(c, gate->interrupt);
    if (!same)
        mode_transferred(c);
}
