/* SPDX-License-Identifier: BSD-2-Clause */
/* x87_error.c - how an x87 error is reported: #MF, or through pins to the board. */
#include "bus.h"
#include "state.h"

void x87_error(struct cpu *c) {
    if (c->cr0 & CR0_NE)
        raise_fault(c, VECTOR_MF);
    if (c->ignne) {
        c->op = 0;
        return;
    }
    if (!c->ferr) {
        c->ferr = true;
        if (c->bus && c->bus->x87_error)
            c->bus->x87_error(c->bus->device, c);
    }
    /* frozen: as halted, but at the instruction itself */
    if (c->op)
        cpu_sync(c, c->op);
    c->raised.kind = EVENT_NONE;
    c->run_state = RUN_HALT;
    longjmp(c->escape, 1);
}
