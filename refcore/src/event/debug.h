/* SPDX-License-Identifier: BSD-2-Clause */
/* debug.h - what boundary.c uses of debug.c. */
#ifndef REFCORE_EVENT_DEBUG_H
#define REFCORE_EVENT_DEBUG_H

#include "event.h"

/* DR6 bits of the enabled instruction breakpoints that lie on the current instruction; 0 while RF is set. */
unsigned debug_instruction_match(const struct cpu *c);
/* Updates DR6 with `bits` and delivers #DB at the current rip. */
void debug_exception(struct cpu *c, uint64_t bits);

#endif
