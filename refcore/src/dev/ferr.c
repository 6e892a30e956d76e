/* SPDX-License-Identifier: BSD-2-Clause */
/* ferr.c - what turns an x87 error into IRQ 13 while CR0.NE is clear. SDM Vol. 1, Appendix D, "Recommended
 * External Hardware to Support the MS-DOS Compatibility Sub-mode": FERR# sets the request; a write to port
 * F0h takes the request back and, as long as FERR# is active, makes IGNNE# active. */
#include "board.h"

void ferr_out(struct devices *d, struct cpu *c, uint16_t port, unsigned size, uint32_t value) {
    (void)port, (void)size, (void)value;
    board_line(d, c, FERR_IRQ, false);
    c->ignne = c->ferr;
}
