/* SPDX-License-Identifier: BSD-2-Clause */
/* deliver_protected.c - delivery through the IDT outside IA-32e mode. SDM Vol. 2A, INT n/INTO/INT3/INT1,
 * "Operation", PROTECTED-MODE and what follows it; APM Vol. 2, "Legacy Protected-Mode Interrupt Control
 * Transfers". */
#include "../seg/frame.h"
#include "deliver.h"

struct handler {
    struct event event;
    unsigned ext;
    uint16_t selector;
    struct descriptor code;
    uint32_t offset;
    unsigned slot; /* bytes a push: 2 or 4, by the gate */
    bool interrupt_gate;
    uint64_t rip, image; /* to push */
};

static void enter(struct cpu *c, const struct handler *h, unsigned cpl) {
    cs_commit(c, h->selector, h->code, cpl);
    c->rip = h->offset;
    handler_flags(c, h->interrupt_gate);
    mode_transferred(c);
}

/* What every frame ends with: how many words. */
static unsigned return_words(const struct cpu *c, const struct handler *h, uint64_t *word) {
    word[0] = h->image;
    word[1] = c->seg[SEG_CS].selector;
    word[2] = h->rip;
    word[3] = h->event.error;
    return 3 + h->event.has_error;
}

/* INTER-PRIVILEGE-LEVEL-INTERRUPT and INTERRUPT-FROM-VIRTUAL-8086-MODE */
static void inter_privilege(struct cpu *c, struct handler *h) {
    bool vm86 = in_vm86(c);
    unsigned cpl = d_dpl(h->code), count = 0;
    uint16_t new_ss;
    uint32_t new_esp;
    tss_stack(c, cpl, h->ext, &new_ss, &new_esp);
    struct segment ss;
    load_inner_ss(c, new_ss, cpl, h->ext, &ss);
    struct stack s = stack_make(&ss, new_esp, cpl, (new_ss & 0xfffcU) | h->ext);
    uint64_t word[10];
    if (vm86) {
        word[count++] = c->seg[SEG_GS].selector;
        word[count++] = c->seg[SEG_FS].selector;
        word[count++] = c->seg[SEG_DS].selector;
        word[count++] = c->seg[SEG_ES].selector;
    }
    word[count++] = c->seg[SEG_SS].selector;
    word[count++] = c->r[R_SP];
    count += return_words(c, h, word + count);
    void *frame = frame_room(c, &s, count, h->slot);
    if (h->offset > d_limit(h->code))
        raise_fault_error(c, VECTOR_GP, h->ext);
    frame_push(c, &s, frame, word, count, h->slot);
    segment_set_accessed(c, &ss);
    descriptor_set_accessed(c, h->selector, &h->code);
    if (vm86) { /* segment registers hold paragraphs: the handler gets null ones */
        static const uint8_t data[] = {SEG_GS, SEG_FS, SEG_DS, SEG_ES};
        for (unsigned i = 0; i < sizeof data; i++) {
            c->seg[data[i]].selector = 0;
            c->seg[data[i]].null = true;
            segment_derive(&c->seg[data[i]]);
        }
    }
    c->seg[SEG_SS] = ss;
    stack_commit(c, &s); /* a 16-bit stack moves SP; the rest of ESP stays */
    enter(c, h, cpl);
}

/* INTRA-PRIVILEGE-LEVEL-INTERRUPT */
static void intra_privilege(struct cpu *c, struct handler *h) {
    uint64_t word[4];
    unsigned count = return_words(c, h, word);
    struct stack s = stack_current(c);
    s.error = h->ext;
    void *frame = frame_room(c, &s, count, h->slot);
    if (h->offset > d_limit(h->code))
        raise_fault_error(c, VECTOR_GP, h->ext);
    frame_push(c, &s, frame, word, count, h->slot);
    descriptor_set_accessed(c, h->selector, &h->code);
    stack_commit(c, &s);
    enter(c, h, c->cpl);
}

/* TRAP-OR-INTERRUPT-GATE */
static void trap_or_interrupt_gate(struct cpu *c, struct handler *h) {
    if (selector_null(h->selector))
        raise_fault_error(c, VECTOR_GP, h->ext);
    h->code = descriptor_read(c, h->selector, VECTOR_GP, h->ext);
    if (!d_code(h->code) || d_dpl(h->code) > c->cpl)
        selector_fault(c, VECTOR_GP, h->selector, h->ext);
    if (!d_present(h->code))
        selector_fault(c, VECTOR_NP, h->selector, h->ext);
    if (!d_conforming(h->code) && d_dpl(h->code) < c->cpl) {
        if (in_vm86(c) && d_dpl(h->code) != 0)
            selector_fault(c, VECTOR_GP, h->selector, h->ext);
        inter_privilege(c, h);
        return;
    }
    if (in_vm86(c))
        selector_fault(c, VECTOR_GP, h->selector, h->ext);
    intra_privilege(c, h); /* conforming, or DPL = CPL */
}

void deliver_protected(struct cpu *c, struct event e, uint64_t rip, uint64_t image) {
    unsigned ext = event_ext(e);
    if (e.vector * 8U + 7 > c->idtr.limit)
        gate_fault(c, VECTOR_GP, e);
    uint64_t value = table_read(c, c->idtr.base, e.vector * 8U, 8);
    struct descriptor gate = {.low = (uint32_t)value, .high = (uint32_t)(value >> 32)};
    unsigned type = d_type(gate);
    if (!d_system(gate) || (type != TYPE_TASK_GATE && (type & 6) != 6))
        gate_fault(c, VECTOR_GP, e);
    if (event_is_instruction(e) && d_dpl(gate) < c->cpl)
        gate_fault(c, VECTOR_GP, e);
    if (!d_present(gate))
        gate_fault(c, VECTOR_NP, e);
    if (type == TYPE_TASK_GATE) {
        task_enter(c, gate_selector(gate), TASK_EVENT, ext, e.has_error, e.error);
        return;
    }
    struct handler h = {
        .event = e,
        .ext = ext,
        .selector = gate_selector(gate),
        .offset = type & 8 ? gate_offset(gate) : gate.low & 0xffff,
        .slot = type & 8 ? 4 : 2,
        .interrupt_gate = !(type & 1),
        .rip = rip,
        .image = image,
    };
    trap_or_interrupt_gate(c, &h);
}
