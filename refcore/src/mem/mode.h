/* SPDX-License-Identifier: BSD-2-Clause */
/* mode.h - the part of a change of mode that every transfer between levels has: privilege TLB, step,
 * generation. */
#ifndef REFCORE_MEM_MODE_H
#define REFCORE_MEM_MODE_H

#include "../cpu/ablation.h"
#include "../cpu/reset.h"
#include "mem.h"

/* While alignment or data breakpoints may have to be looked for. (mode.c) */
COLD void mode_class_watched(struct cpu *c, uint32_t class);

static inline bool stepping(const struct cpu *c) {
    return (c->rflags & (FLAG_TF | FLAG_RF)) | (c->dr7 & 0xff) | c->shadow | c->pending_debug;
}

static inline void class_changed(struct cpu *c, uint32_t class) {
    c->tlb = &c->tlbs[ABLATED(TLB) ? TLB_NONE : class];
    c->flat_mask = UINT32_MAX | (0 - (uint64_t)(c->mode / MODE_CODE_64 & 1));
    c->step = stepping(c);
    c->generation = (c->generation & ~(GENERATION_STEP - 1)) | c->mode | (uint64_t)(c->cpl & 3U) << 7 |
                    (uint64_t) class << 9 | GENERATION_STEPPING(c->step);
}

/* Privilege TLB, step and generation, from all that they depend on; ends every change of mode. */
static inline void privilege_changed(struct cpu *c) {
    uint32_t user = c->cpl == 3, ac = (uint32_t)(c->rflags / FLAG_AC) & 1;
    uint32_t open = (uint32_t)(~c->cr4 / CR4_SMAP & 1) | ac;
    uint32_t class = (1 - user) * (TLB_SUPERVISOR + open); /* privilege_of() without branches */
    if (UNLIKELY((c->dr7 & 0xff) | (user & ac)))
        mode_class_watched(c, class);
    else
        class_changed(c, class);
}
_Static_assert(TLB_USER == 0 && TLB_SUPERVISOR == 1 && TLB_SUPERVISOR_AC == 2, "classes are computed with");

/* As mode_changed(), after a transfer to 64-bit code with SS.B = 1 within IA-32e mode. */
static inline void mode_entered_64(struct cpu *c) {
    c->mode = MODE_PE | MODE_LMA | MODE_CODE_64 | MODE_STACK_32;
    privilege_changed(c);
}

#endif
