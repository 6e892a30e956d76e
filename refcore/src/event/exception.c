/* SPDX-License-Identifier: BSD-2-Clause */
/* exception.c - from a raised fault to its delivery: how it combines with the event that was being delivered.
 */
#include "deliver.h"

enum severity { BENIGN, CONTRIBUTORY, PAGE_FAULT, DOUBLE_FAULT };

/* SDM Vol. 3A, "Interrupt 8-Double Fault Exception (#DF)", table "Interrupt and Exception Classes".
 * Interrupts, INT n and NMI are benign whatever their vector. */
static enum severity severity_of(const struct event *e) {
    if (e->kind != EVENT_FAULT)
        return BENIGN;
    switch (e->vector) {
    case VECTOR_DE:
    case VECTOR_TS:
    case VECTOR_NP:
    case VECTOR_SS:
    case VECTOR_GP:
        return CONTRIBUTORY;
    case VECTOR_PF:
        return PAGE_FAULT;
    case VECTOR_DF:
        return DOUBLE_FAULT;
    default:
        return BENIGN;
    }
}

/* The table "Conditions for Generating a Double Fault" */
static bool is_double_fault(enum severity first, enum severity second) {
    if (first == CONTRIBUTORY)
        return second == CONTRIBUTORY;
    return first == PAGE_FAULT && (second == CONTRIBUTORY || second == PAGE_FAULT);
}

/* A fault raised in the delivery of another event: what is delivered now. EVENT_NONE: shutdown. */
static COLD struct event combined(struct cpu *c) {
    enum severity first = severity_of(&c->delivering), second = severity_of(&c->raised);
    if (first == DOUBLE_FAULT && second != BENIGN) {
        c->run_state = RUN_SHUTDOWN;
        return (struct event){.kind = EVENT_NONE};
    }
    if (is_double_fault(first, second))
        return (struct event){.kind = EVENT_FAULT, .vector = VECTOR_DF, .has_error = true, .error = 0};
    return c->raised;
}

void event_dispatch(struct cpu *c) {
    if (UNLIKELY(c->raised.kind == EVENT_NONE)) /* x87_error() froze the processor */
        return;
    if (UNLIKELY(c->delivering.kind != EVENT_NONE)) {
        c->raised = combined(c);
        if (c->raised.kind == EVENT_NONE) {
            c->delivering.kind = EVENT_NONE;
            return;
        }
    }
    /* SDM Vol. 3B, "Data Memory and I/O Breakpoint Exception Conditions": a trap after the access, so not of
     * an instruction that faulted */
    c->pending_debug &= DR6_BT;
    deliver(c, c->raised, c->rip);
}

void event_deliver(struct cpu *c, struct event e) {
    deliver(c, e, c->rip);
}
