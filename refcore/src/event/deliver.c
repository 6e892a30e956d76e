/* SPDX-License-Identifier: BSD-2-Clause */
/* deliver.c - what delivery has in common in all modes: the flags image, the mode, the debug registers. */
#include "deliver.h"

/* SDM Vol. 3B, "Instruction-Breakpoint Exception Condition": faults push RF = 1, so that a breakpoint on the
 * instruction does not come again. Aborts, traps and interrupts push RF as it is (set between two iterations
 * of a repeated string instruction). */
static uint64_t flags_image(const struct cpu *c, struct event e) {
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

/* What few deliveries have: somebody who looks on, a debug exception, a shadow that ends. */
static COLD void deliver_with_more(struct cpu *c, struct event e, uint64_t rip) {
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
        mode_changed(c);
    }
    if (c->event_hook != 0)
        (void)c->event_hook(c->event_context, &e, true);
}

void deliver(struct cpu *c, struct event e, uint64_t rip) {
    c->delivering = e;
    if (UNLIKELY(c->event_hook != 0 || c->shadow || e.vector == VECTOR_DB))
        deliver_with_more(c, e, rip);
    else
        deliver_by_mode(c, e, rip);
    c->delivering.kind = EVENT_NONE;
}
