/* SPDX-License-Identifier: BSD-2-Clause */
/* deliver.h - what the parts of event/ share: one delivery by mode. */
#ifndef REFCORE_EVENT_DELIVER_H
#define REFCORE_EVENT_DELIVER_H

#include "../seg/table.h"
#include "event.h"

void deliver_real(struct cpu *c, struct event e, uint64_t rip, uint64_t image);
void deliver_protected(struct cpu *c, struct event e, uint64_t rip, uint64_t image);
void deliver_long(struct cpu *c, struct event e, uint64_t rip, uint64_t image);

/* SDM Vol. 3B, "Instruction-Breakpoint Exception Condition": faults push RF = 1, so that a breakpoint on the
 * instruction does not come again. Aborts, traps and interrupts push RF as it is (set between two iterations
 * of a repeated string instruction). */
static inline uint64_t flags_image(const struct cpu *c, struct event e) {
    uint64_t image = flags_get(c);
    if (e.kind == EVENT_FAULT && e.vector != VECTOR_DF) /* the core has no #MC */
        image |= FLAG_RF;
    return image;
}

static inline void deliver_by_mode(struct cpu *c, struct event e, uint64_t rip) {
    uint64_t image = flags_image(c, e);
    if (in_real(c))
        deliver_real(c, e, rip, image);
    else if (in_long_mode(c))
        deliver_long(c, e, rip, image);
    else
        deliver_protected(c, e, rip, image);
}

COLD void deliver_with_more(struct cpu *c, struct event e, uint64_t rip);

/* Delivers `e` with `rip` as the return address; c->delivering is `e` meanwhile. Raises; commits only when
 * nothing can fault any more. */
static inline void deliver(struct cpu *c, struct event e, uint64_t rip) {
    c->delivering = e;
    if (UNLIKELY(c->event_hook != 0 || c->shadow || e.vector == VECTOR_DB))
        deliver_with_more(c, e, rip);
    else
        deliver_by_mode(c, e, rip);
    c->delivering.kind = EVENT_NONE;
}

/* EXT: set unless the event is a software interrupt. SDM Vol. 3A, "Error Code"; SDM Vol. 2A, INT n,
 * "Operation" */
static inline unsigned event_ext(struct event e) {
    return e.kind != EVENT_SOFTWARE && e.kind != EVENT_INT3_INTO;
}
/* INT n, INT3, INTO: the gate's DPL counts. */
static inline bool event_is_instruction(struct event e) {
    return e.kind == EVENT_SOFTWARE || e.kind == EVENT_INT3_INTO;
}
/* vector(number of the gate with the IDT flag). */
_Noreturn static inline void gate_fault(struct cpu *c, unsigned vector, struct event e) {
    raise_fault_error(c, vector, e.vector * 8U + 2 + event_ext(e));
}
/* The flags a handler starts with: TF, VM, RF, NT clear, IF clear through an interrupt gate. SDM Vol. 3A,
 * "Flag Usage By Exception- or Interrupt-Handler Procedure" */
static inline void handler_flags(struct cpu *c, bool interrupt_gate) {
    c->rflags &= ~(uint64_t)(FLAG_TF | FLAG_VM | FLAG_RF | FLAG_NT | (interrupt_gate ? FLAG_IF : 0));
}

/* IRET by mode. */
void return_real(struct cpu *c, unsigned size);
void return_vm86(struct cpu *c, unsigned size);
void return_protected(struct cpu *c, unsigned size);
void return_long(struct cpu *c, unsigned size);
/* The flags IRET may change at this CPL and operand size, loaded from `image`. SDM Vol. 2A, IRET,
 * "Operation", "RETURN-TO-SAME-PRIVILEGE-LEVEL" */
static inline void return_flags(struct cpu *c, uint64_t image, unsigned size, unsigned cpl) {
    uint64_t mask = FLAGS_STATUS | FLAG_TF | FLAG_DF | FLAG_NT;
    if (size != 2)
        mask |= FLAG_RF | FLAG_AC | FLAG_ID;
    if (cpl <= flags_iopl(c))
        mask |= FLAG_IF;
    if (cpl == 0) {
        mask |= FLAG_IOPL;
        if (size != 2)
            mask |= FLAG_VIF | FLAG_VIP;
    }
    /* the status flags all come from the image */
    flags_set(c, flags_with_rf(c, (c->rflags & ~mask) | (image & mask)));
}

#endif
