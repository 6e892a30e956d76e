/* SPDX-License-Identifier: BSD-2-Clause */
/* reset.h - reset and INIT, and what lies outside the processor but changes its translations: A20. */
#ifndef REFCORE_CPU_RESET_H
#define REFCORE_CPU_RESET_H

#include "state.h"

/* cpu.generation: low bits from mode_changed(), the rest counts flushes. */
#define GENERATION_STEP         (UINT64_C(1) << 13)
/* cpu.step among them */
#define GENERATION_STEPPING(on) ((uint64_t)(on) << 12)
/* the privilege class among them */
#define GENERATION_CLASS(value) ((value) >> 9 & 7)

/* Power-up or RESET (SDM Vol. 3A, "Processor State After Reset"). Keeps what the machine has hung in: bus,
 * physical, blocks, escape, code_written, a20_mask (if zero: all ones). The caller calls mode_changed()
 * afterwards. */
void cpu_reset(struct cpu *c, const struct profile *p);
/* INIT: as RESET, but x87, SSE, MSRs, MTRRs, time-stamp counter, XCR0 and CR0.CD/NW keep their values.
 * mode_changed() afterwards. */
void cpu_init_signal(struct cpu *c);
/* Empties the software TLBs of all address spaces and changes cpu.generation. */
void cpu_drop_translations(struct cpu *c);
/* CR3 (and the PDPTE registers) were loaded, or paging or protection bits of CR0, CR4, EFER have changed:
 * what was translated under the same before is used again where no page table has been written since. */
void cpu_address_space(struct cpu *c);
/* A new cpu.generation: translations of the space in use have gone. */
void cpu_translations_changed(struct cpu *c);
/* The A20 gate: disabled masks physical address bit 20. */
void cpu_a20(struct cpu *c, bool enabled);

#endif
