/* SPDX-License-Identifier: BSD-2-Clause */
/* testdev.c - QEMU's pc-testdev, which system test suites use: four bytes of RAM at ports E0h and following
 * (each aligned group of four ports shows the same four), interrupt lines at ports 2000h-2017h, 64 KiB of
 * device memory at FF000000h. */
#include "board.h"

uint32_t testdev_in(struct devices *d, struct cpu *c, uint16_t port, unsigned size) {
    (void)c;
    return d->b.testdev.port_data >> (8 * (port & 3)) & port_ones(size);
}

void testdev_out(struct devices *d, struct cpu *c, uint16_t port, unsigned size, uint32_t value) {
    (void)c;
    unsigned shift = 8 * (port & 3);
    uint32_t mask = port_ones(size) << shift;
    d->b.testdev.port_data = (d->b.testdev.port_data & ~mask) | (value << shift & mask);
}

uint32_t testdev_irq_in(struct devices *d, struct cpu *c, uint16_t port, unsigned size) {
    (void)d, (void)c, (void)port, (void)size;
    return 0;
}

/* 2018h flushes a page in QEMU's host; here nothing needs that. Lines from 16 on exist only on the I/O APIC.
 */
void testdev_irq_out(struct devices *d, struct cpu *c, uint16_t port, unsigned size, uint32_t value) {
    (void)size;
    if (port < 0x2000 + IOAPIC_PINS)
        board_line(d, c, port - 0x2000U, value != 0);
}
