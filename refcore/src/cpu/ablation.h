/* SPDX-License-Identifier: BSD-2-Clause */
/* ablation.h - what makes the core fast, switched off one by one to see what it is worth: `make ablation`.
 * REFCORE_ABLATE is a sum of the values below; a core that people use has none of them. */
#ifndef REFCORE_ABLATION_H
#define REFCORE_ABLATION_H

#ifndef REFCORE_ABLATE
#define REFCORE_ABLATE 0
#endif

enum {
    ABLATE_CACHE = 1,     /* every instruction is decoded each time */
    ABLATE_BLOCKS = 2,    /* blocks are of one instruction */
    ABLATE_LINKS = 4,     /* a block does not know its successors */
    ABLATE_JUMPS = 8,     /* nor does the table by linear address: each block is found by its physical one */
    ABLATE_RESUME = 16,   /* events and mode changes go through the run loop */
    ABLATE_TLB = 32,      /* handlers find no host pointer by themselves: each access is checked in full */
    ABLATE_SPACES = 64,   /* each load of CR3 empties the TLBs */
    ABLATE_CHECKED = 128, /* each segment of a gate or return is checked and unpacked anew */
    ABLATE_FLAT = 256,    /* base and limit of flat 32-bit segments are looked at by each access */
};
#define ABLATED(what) ((REFCORE_ABLATE & ABLATE_##what) != 0)

#endif
