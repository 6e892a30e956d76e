/* SPDX-License-Identifier: BSD-2-Clause */
/* checked.h - descriptors whose checks have been passed before.
 *
 * What the checks of a load's or a return's segment come to depends on the descriptor's bytes, the
 * selector, the CPL, the mode and the level that is entered, on nothing else. So each check that was
 * passed is kept with all of these, and with the segment that it left; the same bytes, read again, asked
 * the same, need not be checked or unpacked again. Checks that fail are never kept, nor are descriptors
 * whose accessed flag is still to be written. */
#ifndef REFCORE_SEG_CHECKED_H
#define REFCORE_SEG_CHECKED_H

#include "../cpu/ablation.h"
#include "table.h"

enum check { CHECK_RETURN_CODE, CHECK_RETURN_STACK, CHECK_LOAD, CHECK_LOAD_STACK, CHECKS };

/* All that a check depends on besides the bytes. level: of the return, where it is not the selector's. */
static inline uint64_t checked_key(const struct cpu *c, enum check check, uint16_t selector, unsigned level) {
    return UINT64_C(1) << 63 | (uint64_t)c->mode << 32 | (uint64_t)(level << 24 | c->cpl << 22) |
           (uint64_t)check << 16 | selector;
}

static inline struct checked_segment *checked_slot(struct cpu *c, enum check check, uint16_t selector) {
    const unsigned each = CHECKED_SEGMENTS / CHECKS;
    return &c->checked[check * each + (selector >> 3 ^ c->cpl) % each];
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

/* ---- both segments of an IRETQ in one ---- */

static inline uint64_t return_key(const struct cpu *c, uint16_t cs, uint16_t ss) {
    return UINT64_C(1) << 63 | (uint64_t)(c->mode | c->cpl << 8) << 32 | (uint32_t)cs << 16 | ss;
}
static inline struct checked_return *return_slot(struct cpu *c, uint16_t cs, uint16_t ss) {
    return &c->checked_returns[(cs ^ ss >> 3) % CHECKED_RETURNS];
}

/* As checked_before(), of a return's CS and SS, in IA-32e mode; NULL: one by one. */
static inline const struct checked_return *return_before(struct cpu *c, uint16_t cs, uint16_t ss) {
    const struct checked_return *r = return_slot(c, cs, ss);
    uint64_t base = c->gdtr.base, first = base + r->first, cs_bytes, ss_bytes;
    const struct tlb_entry *e = tlb_slot(&c->tlbs[TLB_SUPERVISOR], base + r->last);
    if (ABLATED(CHECKED) || UNLIKELY(r->key != return_key(c, cs, ss) || r->last > c->gdtr.limit ||
                                     e->read != (first & ~UINT64_C(0xfff))))
        return 0;
    const uint8_t *table = (const uint8_t *)(uintptr_t)(e->add + base);
    memcpy(&cs_bytes, table + (cs & 0xfff8U), 8);
    memcpy(&ss_bytes, table + (ss & 0xfff8U), 8);
    return LIKELY(cs_bytes == r->cs_bytes && ss_bytes == r->ss_bytes) ? r : 0;
}

/* Keeps both, if both are among those that were checked before. level: that is returned to. */
static inline void return_keep(struct cpu *c, uint16_t cs, uint16_t ss, const struct segment *code,
                               const struct segment *stack) {
    const struct checked_segment *cs_slot = checked_slot(c, CHECK_RETURN_CODE, cs);
    const struct checked_segment *ss_slot = checked_slot(c, CHECK_RETURN_STACK, ss);
    if (code == &cs_slot->segment && stack == &ss_slot->segment)
        *return_slot(c, cs, ss) = (struct checked_return){
            .key = return_key(c, cs, ss),
            .cs_bytes = cs_slot->bytes,
            .ss_bytes = ss_slot->bytes,
            .first = (uint16_t)((cs < ss ? cs : ss) & 0xfff8),
            .last = (uint16_t)((cs < ss ? ss : cs) | 7),
            .cs = *code,
            .ss = *stack,
        };
}

#endif
