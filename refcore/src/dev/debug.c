/* SPDX-License-Identifier: BSD-2-Clause */
/* debug.c - port E9h: a byte written goes to the host; a byte read is E9h, which tells a guest that the port
 * is there (QEMU isa-debugcon and Bochs port_e9_hack agree on both). */
#include "board.h"

uint32_t debug_in(struct devices *d, struct cpu *c, uint16_t port, unsigned size) {
    (void)d, (void)c, (void)port, (void)size;
    return 0xe9;
}

void debug_out(struct devices *d, struct cpu *c, uint16_t port, unsigned size, uint32_t value) {
    (void)c, (void)port, (void)size;
    if (d->outlets.debug_byte)
        d->outlets.debug_byte(d->outlets.context, (uint8_t)value);
}
