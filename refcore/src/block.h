/* SPDX-License-Identifier: BSD-2-Clause */
/* block.h - decoded blocks and the run loop. */
#ifndef REFCORE_BLOCK_H
#define REFCORE_BLOCK_H

#include "decode/decode.h"
#include "exec/exec.h"

/* false: not enough memory. */
bool blocks_create(struct cpu *c);
void blocks_destroy(struct cpu *c);
/* Forgets every decoded block. Only between calls of blocks_run(). */
void blocks_flush(struct cpu *c);

enum run_end { RUN_END_LIMIT, RUN_END_HALT, RUN_END_SHUTDOWN, RUN_END_STOP };
/* Runs until `limit` more instructions have retired (a REP string instruction counts one for each 4096
 * iterations or part), the processor halts with nothing that could wake it, shuts down, or a device asks to
 * stop (run_state = RUN_STOP). */
enum run_end blocks_run(struct cpu *c, uint64_t limit);

/* Executes the one instruction at c->rip (REP: up to 4096 iterations) without looking for events before or
 * after it. false: it raised c->raised, which is not delivered; c->rip is the instruction's. For comparisons
 * at the event boundary. */
bool blocks_step(struct cpu *c);

/* Called before each instruction while set; the run is then one instruction at a time. */
void blocks_set_hook(struct cpu *c, void (*before)(void *context, struct cpu *c, const struct insn *i),
                     void *context);

#endif
