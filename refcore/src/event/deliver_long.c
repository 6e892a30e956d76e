/* SPDX-License-Identifier: BSD-2-Clause */
/* deliver_long.c - delivery through the IDT in IA-32e mode. SDM Vol. 2A, INT n/INTO/INT3/INT1, "Operation",
 * IA-32e-MODE; SDM Vol. 3A, "Exception and Interrupt Handling in 64-bit Mode"; APM Vol. 2, "Long-Mode
 * Interrupt Control Transfers". */
#include "../seg/checked.h"
#include "deliver.h"

/* TRAP-OR-INTERRUPT-GATE: the code segment is 64-bit code. As CS is going to hold it: its RPL is the new
 * CPL. */
static COLD struct segment *gate_code_check(struct cpu *c, uint16_t selector, unsigned ext,
                                            struct segment *room) {
    if (selector_null(selector))
        raise_fault_error(c, VECTOR_GP, ext);
    struct descriptor code = descriptor_read(c, selector, VECTOR_GP, ext);
    if (!d_code(code) || d_dpl(code) > c->cpl || (code.high & (D_L | D_DB)) != D_L)
        selector_fault(c, VECTOR_GP, selector, ext);
    if (!d_present(code))
        selector_fault(c, VECTOR_NP, selector, ext);
    unsigned cpl = d_conforming(code) ? c->cpl : d_dpl(code);
    descriptor_unpack(room, (uint16_t)((selector & 0xfffcU) | cpl), code);
    room->base = 0; /* as mode_changed() has it in 64-bit code */
    checked_keep(c, CHECK_GATE_CODE, selector, 0, code, room);
    return room;
}

/* A gate that is not to be passed: its type, its DPL, its presence, in this order. */
_Noreturn static COLD void gate_refused(struct cpu *c, struct descriptor gate, struct event e) {
    if (!d_system(gate) || d_type(gate) < TYPE_INT32)
        gate_fault(c, VECTOR_GP, e);
    if (d_present(gate) || (event_is_instruction(e) && d_dpl(gate) < c->cpl))
        gate_fault(c, VECTOR_GP, e);
    gate_fault(c, VECTOR_NP, e);
}

/* Word by word, as the manual pushes: where a page faults, what was pushed before stays in memory. */
static COLD void push_frame(struct cpu *c, struct stack *s, struct event e, uint64_t rip,
                            uint64_t image) {
    stack_push(c, s, c->seg[SEG_SS].selector, 8);
    stack_push(c, s, c->r[R_SP], 8);
    stack_push(c, s, image, 8);
    stack_push(c, s, c->seg[SEG_CS].selector, 8);
    stack_push(c, s, rip, 8);
    if (e.has_error)
        stack_push(c, s, e.error, 8);
}

/* Both halves of a gate, at once where one page that the TLB knows holds them. */
static inline struct descriptor gate_read(struct cpu *c, unsigned vector) {
    uint64_t linear = c->idtr.base + vector * 16U, half[2];
    const struct tlb_entry *e = tlb_slot(&c->tlbs[TLB_SUPERVISOR], linear + 15);
    if (LIKELY(e->read == (linear & ~UINT64_C(0xfff)))) {
        memcpy(half, (const void *)(uintptr_t)(e->add + linear), 16);
    } else {
        half[0] = table_read(c, linear, 0, 8);
        half[1] = table_read(c, linear, 8, 8);
    }
    return (struct descriptor){
        .low = (uint32_t)half[0], .high = (uint32_t)(half[0] >> 32), .upper = (uint32_t)half[1]};
}

void deliver_long(struct cpu *c, struct event e, uint64_t rip, uint64_t image) {
    unsigned ext = event_ext(e);
    if (e.vector * 16U + 15 > c->idtr.limit)
        gate_fault(c, VECTOR_GP, e);
    struct descriptor gate = gate_read(c, e.vector);
    /* a present interrupt or trap gate: types 14 and 15 */
    bool passes = (gate.high & (D_P | D_S | 14 << 8)) == (D_P | TYPE_INT32 << 8);
    if (UNLIKELY(!passes || (event_is_instruction(e) && d_dpl(gate) < c->cpl)))
        gate_refused(c, gate, e);

    struct segment room;
    const struct segment *cs = checked_before(c, CHECK_GATE_CODE, gate_selector(gate), 0);
    if (UNLIKELY(!cs))
        cs = gate_code_check(c, gate_selector(gate), ext, &room);

    /* the stack: of the IST, of the new level, or the one in use; the pointer aligned down to 16 bytes */
    unsigned cpl = selector_rpl(cs->selector);
    bool inner = cpl < c->cpl;
    unsigned ist = gate.high & 7;
    uint64_t sp = c->r[R_SP];
    if (ist || inner) {
        sp = tss_stack64(c, ist ? ist + 2 : cpl, ext);
        if (!is_canonical(c, sp))
            raise_fault_error(c, VECTOR_SS, ext);
    }
    unsigned count = 5 + e.has_error;
    sp = (sp & ~UINT64_C(15)) - 8 * count;
    uint64_t *frame = stack_whole(c, sp, 8 * count, cpl, ACCESS_WRITE);
    struct stack s;
    if (UNLIKELY(!frame)) {
        s = stack_make64(sp + 8 * count, cpl, ext);
        stack_check_room(c, &s, count, 8);
    }
    uint64_t target = gate_offset(gate) | (uint64_t)gate.upper << 32;
    if (!is_canonical(c, target))
        raise_fault_error(c, VECTOR_GP, ext);
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
    if (UNLIKELY(cs == &room)) /* one that was checked before is accessed */
        segment_set_accessed(c, &room);
    /* where the level, CS' rights and so the mode stay, and TF and RF are clear, nothing is derived anew */
    bool same = !inner && cs->rights == c->seg[SEG_CS].rights && !c->step;
    cs_enter(c, cs);
    if (inner)
        ss_commit_null(c, cpl);
    c->r[R_SP] = sp;
    c->rip = target;
    handler_flags(c, d_type(gate) == TYPE_INT32);
    if (!same)
        mode_transferred(c);
}
