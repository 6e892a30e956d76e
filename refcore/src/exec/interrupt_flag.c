/* SPDX-License-Identifier: BSD-2-Clause */
/* interrupt_flag.c - CLI, STI, and the whole flags register. */
#include "stack_access.h"

/* SDM Vol. 3B, "Protected-Mode Virtual Interrupts" and "Virtual Interrupt Handling": below the I/O privilege
 * level CPL 3 has VIF instead, with CR4.VME in virtual-8086 mode and CR4.PVI in protected mode. */
static inline bool virtual_interrupts(const struct cpu *c) {
    return c->cpl == 3 && (c->cr4 & (in_vm86(c) ? CR4_VME : CR4_PVI));
}

#include "cli.h"
#include "popf.h"
#include "pushf.h"
#include "sti.h"
