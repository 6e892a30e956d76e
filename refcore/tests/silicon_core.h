/* SPDX-License-Identifier: BSD-2-Clause */
/* silicon_core.h - one instruction on the reference core, in an address space with the same pages. */
#ifndef REFCORE_TESTS_SILICON_CORE_H
#define REFCORE_TESTS_SILICON_CORE_H

#include "cpu/profile.h"
#include "silicon_state.h"

/* A profile of the host: its vendor, its features. */
const struct profile *core_host_profile(void);
/* false: not enough memory. */
bool core_start(const struct profile *p, const struct environment *e);
uint32_t core_mode(void);
/* The guest's pages, ALL_PAGES of them. */
uint8_t *core_memory(void);
void core_step(const struct environment *e, const struct registers *in, struct registers *out);

#endif
