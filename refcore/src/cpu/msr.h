/* SPDX-License-Identifier: BSD-2-Clause */
/* msr.h - model-specific registers. SDM Vol. 4; APM Vol. 2, Appendix A. */
#ifndef REFCORE_CPU_MSR_H
#define REFCORE_CPU_MSR_H

#include "profile.h"

/* false: #GP(0), nothing changed. Privilege is the caller's to check; after msr_write() the caller calls
 * mode_changed() (EFER, FS and GS bases). */
bool msr_read(struct cpu *c, uint32_t index, uint64_t *value);
/* Where its place is kept: those that are saved and restored together do not meet. */
static inline unsigned msr_slot(uint32_t index) {
    return (index ^ index >> 5) % MSR_PLACES;
}
/* NULL, or where an MSR lies whose reading is nothing else: one that was read before. */
static inline const void *msr_place(const struct cpu *c, uint32_t index) {
    const struct msr_place *known = &c->msr_places[msr_slot(index)];
    return LIKELY(known->index == index && known->offset) ? (const char *)c + known->offset : 0;
}
bool msr_write(struct cpu *c, uint32_t index, uint64_t value);
void msr_reset(struct cpu *c);
/* The time-stamp counter: one tick an instruction. After cpu_sync(). */
static inline uint64_t cpu_tsc(const struct cpu *c) {
    return instructions(c) + c->tsc_offset;
}
/* Canonical for the widest addresses this processor has, whatever CR4.LA57 says: what WRMSR, WRFSBASE, LGDT
 * and LIDT ask for (SDM Vol. 3A, "Canonicality Checking on Writes to Registers"). */
static inline bool canonical_for_register(const struct cpu *c, uint64_t address) {
    unsigned shift = 64 - c->profile->linear_bits;
    return (uint64_t)((int64_t)(address << shift) >> shift) == address;
}

#endif
