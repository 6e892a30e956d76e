/* SPDX-License-Identifier: BSD-2-Clause */
/* deliver.h - what the parts of event/ share: one delivery by mode. */
#ifndef REFCORE_EVENT_DELIVER_H
#define REFCORE_EVENT_DELIVER_H

#include "../seg/table.h"
#include "event.h"

/* Delivers `e` with `rip` as the return address. Raises; commits only when nothing can fault any more. */
void deliver(struct cpu *c, const struct event *e, uint64_t rip);
void deliver_real(struct cpu *c, const struct event *e, uint64_t rip, uint64_t image);
void deliver_protected(struct cpu *c, const struct event *e, uint64_t rip, uint64_t image);
void deliver_long(struct cpu *c, const struct event *e, uint64_t rip, uint64_t image);

/* EXT: set unless the event is a software interrupt. SDM Vol. 3A, "Error Code"; SDM Vol. 2A, INT n,
 * "Operation" */
static inline unsigned event_ext(const struct event *e) {
    return e->kind != EVENT_SOFTWARE && e->kind != EVENT_INT3_INTO;
}
/* INT n, INT3, INTO: the gate's DPL counts. */
static inline bool event_is_instruction(const struct event *e) {
    return e->kind == EVENT_SOFTWARE || e->kind == EVENT_INT3_INTO;
}
/* vector(number of the gate with the IDT flag). */
_Noreturn static inline void gate_fault(struct cpu *c, unsigned vector, const struct event *e) {
    raise_fault_error(c, vector, e->vector * 8U + 2 + event_ext(e));
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
void return_flags(struct cpu *c, uint64_t image, unsigned size, unsigned cpl);

#endif
