/* SPDX-License-Identifier: BSD-2-Clause */
/* machine.h - what a machine consists of: for machine.c and embed.c. */
#ifndef REFCORE_MACHINE_H
#define REFCORE_MACHINE_H

#include "block.h"
#include "dev/devices.h"
#include "refcore.h"

struct refcore {
    struct cpu cpu;
    struct physical physical;
    struct devices *devices;
    struct refcore_hooks hooks;
    struct refcore_snapshot *baseline; /* what dirty_page counts from; NULL: no snapshot yet */
    bool stop;
    struct bus board_bus; /* of refcore_set_board() */
    struct refcore_board board;
    int interrupt; /* vector that waits; -1: none */
};

#endif
