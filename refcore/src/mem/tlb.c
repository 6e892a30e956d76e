/* SPDX-License-Identifier: BSD-2-Clause */
/* tlb.c - the software TLB. SDM Vol. 3A, "Translation Lookaside Buffers (TLBs)": it may hold less than a
 * processor's, never more; so global pages and other PCIDs are dropped with the rest. */
#include "../cpu/reset.h"
#include "place.h"

static inline uint64_t *tag_of(struct tlb_entry *e, enum access access) {
    return access == ACCESS_READ ? &e->read : access == ACCESS_WRITE ? &e->write : &e->execute;
}

/* A write tag never stands without the read tag of the same page, so it need not be looked at. */
static void fill(struct cpu *c, uint64_t linear, enum access access, enum tlb_class privilege, uint8_t *page,
                 uint64_t watched) {
    struct tlb *t = &c->tlbs[privilege];
    struct tlb_entry *e = tlb_slot(t, linear);
    uint64_t tag = linear & ~PAGE_OFFSET;
    uint64_t add = (uint64_t)(uintptr_t)page - tag;
    bool same = e->add == add && (e->read == tag || e->execute == tag);
    if (!same) {
        if (e->read == TLB_NO_TAG && e->execute == TLB_NO_TAG && t->fills <= TLB_JOURNAL) {
            if (t->fills < TLB_JOURNAL)
                t->filled[t->fills] = (uint16_t)(e - t->entry);
            t->fills++;
        }
        e->read = e->write = e->execute = TLB_NO_TAG;
        e->add = add;
    }
    *tag_of(e, access) = tag | watched;
    if (access == ACCESS_WRITE)
        e->read = tag; /* what lets data be written lets it be read */
}

/* A write that the TLB knows but for its page's being watched: as translate(). It may be so no more. */
static uint8_t *translate_watched(struct cpu *c, struct tlb_entry *e, uint64_t linear, uint64_t *address) {
    struct physical *p = c->physical;
    uint8_t *host = (uint8_t *)(uintptr_t)(e->add + linear);
    *address = (uint64_t)(host - p->ram);
    size_t page = (size_t)(*address / PAGE_BYTES);
    if (p->code_page[page])
        return 0;
    if (p->dirty_page)
        p->dirty_page[page] = 1;
    e->write &= ~TLB_WATCHED;
    return host;
}

uint8_t *translate(struct cpu *c, uint64_t linear, enum access access, enum tlb_class privilege,
                   uint64_t *address) {
    struct physical *p = c->physical;
    struct tlb_entry *e = tlb_slot(&c->tlbs[privilege], linear);
    if (*tag_of(e, access) == (linear & ~PAGE_OFFSET)) {
        uint8_t *host = (uint8_t *)(uintptr_t)(e->add + linear);
        uintptr_t in_ram = (uintptr_t)host - (uintptr_t)p->ram;
        *address = in_ram < p->ram_size ? in_ram : p->rom_base + ((uintptr_t)host - (uintptr_t)p->rom);
        return host;
    }
    if (access == ACCESS_WRITE && e->write == ((linear & ~PAGE_OFFSET) | TLB_WATCHED))
        return translate_watched(c, e, linear, address);
    struct place at = place_of(p, walk(c, linear, access, privilege) & c->a20_mask);
    *address = at.address;
    if (!at.host || (at.rom && access == ACCESS_WRITE))
        return 0;
    uint8_t *page = at.host - (at.address & PAGE_OFFSET);
    if (access == ACCESS_WRITE && p->code_page[at.page]) {
        fill(c, linear, access, privilege, page, TLB_WATCHED);
        return 0;
    }
    if (access == ACCESS_WRITE && p->dirty_page)
        p->dirty_page[at.page] = 1;
    fill(c, linear, access, privilege, page, 0);
    return at.host;
}

void tlb_flush(struct cpu *c, bool all) {
    if (all)
        cpu_drop_translations(c);
    else
        cpu_address_space(c);
}

void tlb_flush_page(struct cpu *c, uint64_t linear) {
    /* SDM Vol. 3A, "Operations that Invalidate TLBs and Paging-Structure Caches": INVLPG drops all of a page,
     * however large; here the parts of a large one may lie in any slots. */
    const struct address_space *s = &c->spaces[c->space];
    if (linear >= s->large_first && linear <= s->large_last) {
        c->tables_written |= (uint8_t)(1U << c->space);
        cpu_address_space(c);
        return;
    }
    for (unsigned class = 0; class < TLB_CLASSES; class ++) {
        struct tlb_entry *e = tlb_slot(&c->tlbs[class], linear);
        uint64_t tag = linear & ~PAGE_OFFSET;
        if (e->read == tag || e->execute == tag)
            e->read = e->write = e->execute = TLB_NO_TAG; /* the journal may name the slot twice: harmless */
    }
    cpu_translations_changed(c);
}

/* A page with a reason to be watched has no write tags but watched ones: when a write is walked does not depend on it. */
static void watch_page(struct cpu *c, size_t page, const uint8_t *host, uint8_t why) {
    uint8_t *flags = &c->physical->code_page[page], before = *flags;
    *flags |= why;
    if (before)
        return;
    for (unsigned n = 0; n < ADDRESS_SPACES * TLB_CLASSES; n++) {
        struct address_space *s = &c->spaces[n / TLB_CLASSES];
        struct tlb *t = &s->tlbs[n % TLB_CLASSES];
        for (unsigned i = 0; s->made && t->fills && i < TLB_SIZE; i++) {
            struct tlb_entry *e = &t->entry[i];
            if (e->write != TLB_NO_TAG && e->add + e->write == (uint64_t)(uintptr_t)host)
                e->write |= TLB_WATCHED;
        }
    }
}

void tlb_protect_code(struct cpu *c, uint64_t physical_page_address) {
    struct place at = place_of(c->physical, physical_page_address & c->a20_mask & ~PAGE_OFFSET);
    watch_page(c, at.page, at.host, PAGE_CODE);
}

void tlb_watch_table(struct cpu *c, size_t page) {
    watch_page(c, page, c->physical->ram + page * PAGE_BYTES, (uint8_t)(PAGE_TABLE << c->space));
}

static COLD void forget_tables(struct cpu *c) {
    struct physical *p = c->physical;
    for (uint64_t page = 0; page < p->ram_size / PAGE_BYTES; page++)
        p->code_page[page] &= PAGE_CODE;
    c->tables_written = (1 << ADDRESS_SPACES) - 1;
    c->table_writes = 0;
}

void watched_page_written(struct cpu *c, size_t page, uint64_t address, size_t size) {
    uint8_t why = c->physical->code_page[page];
    if (why & ~PAGE_CODE) {
        c->tables_written |= (uint8_t)(why / PAGE_TABLE);
        if (++c->table_writes == TABLE_WRITES)
            forget_tables(c);
    }
    if (why & PAGE_CODE)
        c->code_written(c, address, size);
}

void code_watch_set(struct cpu *c, void (*written)(struct cpu *c, uint64_t address, size_t size)) {
    c->code_written = written;
}
