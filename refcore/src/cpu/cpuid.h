/* SPDX-License-Identifier: BSD-2-Clause */
/* cpuid.h - what CPUID answers, and the layout of XSAVE areas, which it describes. */
#ifndef REFCORE_CPU_CPUID_H
#define REFCORE_CPU_CPUID_H

#include "profile.h"

/* to[0..3]: EAX, EBX, ECX, EDX. */
void cpuid(const struct cpu *c, uint32_t leaf, uint32_t subleaf, uint32_t to[4]);

enum { XSTATE_X87 = 0, XSTATE_SSE = 1, XSTATE_AVX = 2, XSTATE_PKRU = 9 };
/* Offset in the standard format and size of an extended component (2 and up); 0 where the profile has none.
 */
unsigned xsave_offset(const struct profile *p, unsigned component);
unsigned xsave_size(const struct profile *p, unsigned component);
/* XINUSE: the components that are not in their initial configuration. SDM Vol. 1, "Processor Tracking of
 * XSAVE-Managed State" */
uint64_t cpu_xinuse(const struct cpu *c);

#endif
