/* SPDX-License-Identifier: BSD-2-Clause */
/* board.h - what the devices know of each other. struct board is the whole state: plain data, so that a snapshot is a copy. */
#ifndef REFCORE_DEV_BOARD_H
#define REFCORE_DEV_BOARD_H

#include "devices.h"

#define NEVER UINT64_MAX

struct board {
    uint64_t time; /* of the latest access or event, in instructions; never goes back */
    int exit_code; /* (value << 1) | 1, or -1 */
};

struct devices {
    struct bus bus;
    struct device_outlets outlets;
    uint64_t ram_bytes;
    struct board b;
};

/* debug.c, exit.c */
uint32_t debug_in(struct devices *d, struct cpu *c, uint16_t port, unsigned size);
void debug_out(struct devices *d, struct cpu *c, uint16_t port, unsigned size, uint32_t value);
void exit_out(struct devices *d, struct cpu *c, uint16_t port, unsigned size, uint32_t value);
uint32_t zero_in(struct devices *d, struct cpu *c, uint16_t port, unsigned size);
/* port92.c */
uint32_t port92_in(struct devices *d, struct cpu *c, uint16_t port, unsigned size);
void port92_out(struct devices *d, struct cpu *c, uint16_t port, unsigned size, uint32_t value);

#endif
