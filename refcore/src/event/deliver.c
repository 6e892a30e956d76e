/* SPDX-License-Identifier: BSD-2-Clause */
/* deliver.c - what delivery has in common in all modes: the flags image, the mode, the debug registers. */
#include "deliver.h"

/* What few deliveries have: somebody who looks on, a debug exception, a shadow that ends. */
void deliver_with_more(struct cpu *c, struct event e, uint64_t rip) {
    if (c->event_hook != 0 && c->event_hook(c->event_context, &e, false))
        return;
    deliver_by_mode(c, e, rip);
    /* SDM Vol. 3B, "Debug Control Register (DR7)", GD: cleared on entry to the debug handler */
    if (e.vector == VECTOR_DB && e.kind != EVENT_SOFTWARE) {
        c->dr7 &= ~(uint64_t)DR7_GD;
        c->debugctl &=
            ~(uint64_t)DEBUGCTL_BTF; /* "Single-Stepping on Branches": a debug exception clears it */
    }
    if (c->shadow) {
        c->shadow = 0;
        mode_step_changed(c);
    }
    if (c->event_hook != 0)
        (void)c->event_hook(c->event_context, &e, true);
}
