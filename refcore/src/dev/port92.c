/* SPDX-License-Identifier: BSD-2-Clause */
/* port92.c - PS/2 system control port A: bit 1 is the A20 gate, a rising bit 0 resets the processor. */
#include "../cpu/reset.h"
#include "board.h"

uint32_t port92_in(struct devices *d, struct cpu *c, uint16_t port, unsigned size) {
    (void)d, (void)port, (void)size;
    return c->a20_mask >> 20 & 1 ? 2 : 0;
}

void port92_out(struct devices *d, struct cpu *c, uint16_t port, unsigned size, uint32_t value) {
    (void)d, (void)port, (void)size;
    cpu_a20(c, (value & 2) != 0);
    if (value & 1)
        c->run_state = RUN_SHUTDOWN;
}
