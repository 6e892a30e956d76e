/* SPDX-License-Identifier: BSD-2-Clause */
/* power.c - ways to switch a virtual PC off: the string "Shutdown" at Bochs' port 8900h, and SLP_EN in the
 * ACPI PM1 control register where QEMU's chipsets have it (604h, B004h). */
#include "board.h"

enum { SLP_EN = 1 << 13 };

uint32_t power_in(struct devices *d, struct cpu *c, uint16_t port, unsigned size) {
    (void)d, (void)c, (void)port, (void)size;
    return port == 0x8900 ? port_ones(size) : 0;
}

void power_out(struct devices *d, struct cpu *c, uint16_t port, unsigned size, uint32_t value) {
    static const char word[] = "Shutdown";
    if (port != 0x8900) {
        if (size > 1 && (value & SLP_EN))
            c->run_state = RUN_STOP;
        return;
    }
    uint8_t *matched = &d->b.shutdown_matched;
    *matched = (uint8_t)(value & 0xff) == (uint8_t)word[*matched] ? (uint8_t)(*matched + 1) : 0;
    if (!word[*matched]) {
        *matched = 0;
        c->run_state = RUN_STOP;
    }
}
