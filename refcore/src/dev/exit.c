/* SPDX-License-Identifier: BSD-2-Clause */
/* exit.c - port F4h ends the run with (value << 1) | 1, as QEMU's isa-debug-exit does. */
#include "board.h"

void exit_out(struct devices *d, struct cpu *c, uint16_t port, unsigned size, uint32_t value) {
    (void)port, (void)size;
    d->b.exit_code = (int)((value & 0x3fffffff) << 1 | 1);
    c->run_state = RUN_STOP;
}

uint32_t exit_in(struct devices *d, struct cpu *c, uint16_t port, unsigned size) {
    (void)d, (void)c, (void)port, (void)size;
    return 0;
}
