/* SPDX-License-Identifier: BSD-2-Clause */
/* software.c - INT n, INT3, INTO, INT1 as instructions, and INT n in virtual-8086 mode with VME. */
#include "../seg/frame.h"
#include "deliver.h"

/* The software interrupt redirection bit map: the 32 bytes below the I/O bitmap. SDM Vol. 3B, "Software
 * Interrupt Handling Methods in Virtual-8086 Mode"; SDM Vol. 3A, "Task-State Segment (TSS)". Set: the
 * protected-mode handler. */
static bool redirected_to_protected(struct cpu *c, uint8_t vector) {
    const struct segment *tr = &c->seg[SEG_TR];
    if (!(tr->rights & 8) || tr->limit < 0x67)
        raise_fault_error(c, VECTOR_GP, 0);
    uint32_t base = (uint32_t)table_read(c, tr->base, 0x66, 2);
    uint32_t at = base - 32 + vector / 8U;
    if (base < 32 || at > tr->limit)
        raise_fault_error(c, VECTOR_GP, 0);
    return table_read(c, tr->base, at, 1) >> (vector & 7) & 1;
}

/* Methods 5 and 6 of that section: through the vector table at linear 0, within virtual-8086 mode. Below IOPL
 * 3 the flags image shows IOPL 3 and VIF in IF's place, and VIF is cleared instead of IF. */
static void deliver_vm86(struct cpu *c, uint8_t vector) {
    bool full = flags_iopl(c) == 3;
    uint64_t image = flags_get(c);
    if (!full)
        image = (image & ~(uint64_t)FLAG_IF) | FLAG_IOPL | (image & FLAG_VIF ? FLAG_IF : 0);
    image &= ~(uint64_t)FLAG_NT;
    struct stack s = stack_current(c);
    void *frame = frame_room(c, &s, 3, 2);
    uint32_t pointer = (uint32_t)linear_read(c, vector * 4U, 4, TLB_USER);
    frame_push(c, &s, frame, (uint64_t[]){image, c->seg[SEG_CS].selector, c->next_rip}, 3, 2);
    stack_commit(c, &s);
    c->rflags &= ~(uint64_t)(FLAG_TF | FLAG_RF | (full ? FLAG_IF : FLAG_VIF));
    seg_load_real(c, SEG_CS, (uint16_t)(pointer >> 16));
    c->rip = pointer & 0xffff;
    mode_changed(c);
}

/* SDM Vol. 2A, INT n/INTO/INT3/INT1, "Operation": virtual-8086 mode concerns INT n only; the one-byte forms
 * are never redirected and ignore IOPL. false: it goes through the IDT. */
static COLD bool redirected(struct cpu *c, struct event e) {
    if ((c->cr4 & CR4_VME) && !redirected_to_protected(c, e.vector)) {
        if (c->event_hook != 0 && c->event_hook(c->event_context, &e, false))
            return true;
        deliver_vm86(c, e.vector);
        if (c->event_hook != 0)
            (void)c->event_hook(c->event_context, &e, true);
        return true;
    }
    if (flags_iopl(c) < 3)
        raise_fault_error(c, VECTOR_GP, 0);
    return false;
}

void event_software(struct cpu *c, enum event_kind kind, uint8_t vector) {
    struct event e = {.kind = kind, .vector = vector};
    c->suppress_debug_trap = true; /* TF is cleared by the instruction: no trap before the handler */
    if (UNLIKELY(in_vm86(c)) && kind == EVENT_SOFTWARE && redirected(c, e))
        return;
    deliver(c, e, c->next_rip);
}
