/* SPDX-License-Identifier: BSD-2-Clause */
/* checked.h - descriptors whose checks have been passed before.
 *
 * What the checks of a gate's or a return's segment come to depends on the descriptor's bytes, the
 * selector, the CPL, the mode and the level that is entered, on nothing else. So each check that was
 * passed is kept with all of these, and with the segment that it left; the same bytes, read again, asked
 * the same, need not be checked or unpacked again. Checks that fail are never kept, nor are descriptors
 * whose accessed flag is still to be written. */
#ifndef REFCORE_SEG_CHECKED_H
#define REFCORE_SEG_CHECKED_H

#include "../cpu/ablation.h"
#include "table.h"

enum check { CHECK_GATE_CODE, CHECK_RETURN_CODE, CHECK_RETURN_STACK };

/* All that a check depends on besides the bytes. level: of the return, where it is not the selector's. */
static inline uint64_t checked_key(const struct cpu *c, enum check check, uint16_t selector, unsigned level) {
    return UINT64_C(1) << 63 | (uint64_t)c->mode << 32 | (uint64_t)(level << 24 | c->cpl << 22) |
           (uint64_t)check << 16 | selector;
}

static inline struct checked_segment *checked_slot(struct cpu *c, enum check check, uint16_t selector) {
    return &c->checked[check % 4 * (CHECKED_SEGMENTS / 4) +
                       (selector >> 3 ^ c->cpl) % (CHECKED_SEGMENTS / 4)];
}

/* The segment that the same check left of the same descriptor, if that lies in the GDT, within its limit,
 * in a page that the TLB knows; else NULL: to be read and checked. It has its accessed flag, and is not to
 * be written. */
static inline struct segment *checked_before(struct cpu *c, enum check check, uint16_t selector,
                                             unsigned level) {
    struct checked_segment *slot = checked_slot(c, check, selector);
    uint64_t linear = table_linear(c, c->gdtr.base, selector & 0xfff8U), bytes;
    const struct tlb_entry *e = tlb_slot(&c->tlbs[TLB_SUPERVISOR], linear + 7);
    if (ABLATED(CHECKED) ||
        UNLIKELY(slot->key != checked_key(c, check, selector, level) || (selector | 7U) > c->gdtr.limit ||
                 (selector & SELECTOR_TI) || e->read != (linear & ~UINT64_C(0xfff))))
        return 0;
    memcpy(&bytes, (const void *)(uintptr_t)(e->add + linear), 8);
    return LIKELY(slot->bytes == bytes) ? &slot->segment : 0;
}

static inline void checked_keep(struct cpu *c, enum check check, uint16_t selector, unsigned level,
                                struct descriptor d, const struct segment *s) {
    if (s->rights & AR_ACCESSED)
        *checked_slot(c, check, selector) =
            (struct checked_segment){.key = checked_key(c, check, selector, level),
                                     .bytes = (uint64_t)d.high << 32 | d.low,
                                     .segment = *s};
}

#endif
