/* SPDX-License-Identifier: BSD-2-Clause */
/* silicon_native.h - one instruction on the host CPU at CPL 3.
 * rt_sigreturn() enters the state with TF set; the signal that comes back carries the outcome. */
#ifndef REFCORE_TESTS_SILICON_NATIVE_H
#define REFCORE_TESTS_SILICON_NATIVE_H

#include "silicon_state.h"

/* NULL: ready. Otherwise why this host cannot be compared with. Maps the guest's pages and installs
 * handlers. */
const char *native_start(void);
/* The base of FS, which stays the host's. */
uint64_t native_fs_base(void);
/* Makes the environment's segments (LDT entries, GS). NULL, or what failed. */
const char *native_enter_environment(const struct environment *e);
/* The guest's pages, writable, ALL_PAGES of them. */
uint8_t *native_memory(void);
/* Executes one instruction. rflags: TF is set by this function. */
void native_step(const struct environment *e, const struct registers *in, struct registers *out);

#endif
