/* SPDX-License-Identifier: BSD-2-Clause */
/* walk.c - linear to physical addresses. SDM Vol. 3A, chapter "Paging"; APM Vol. 2, chapter "Page Translation
 * and Protection". */
#include "../cpu/profile.h"
#include "place.h"

enum {
    ENTRY_P = 1 << 0,
    ENTRY_W = 1 << 1,
    ENTRY_U = 1 << 2,
    ENTRY_A = 1 << 5,
    ENTRY_D = 1 << 6,
    ENTRY_PS = 1 << 7,
};
#define ENTRY_NX (UINT64_C(1) << 63)
/* page-fault error code: SDM Vol. 3A, "Page-Fault Exceptions" */
enum { ERROR_P = 1, ERROR_W = 2, ERROR_U = 4, ERROR_RSVD = 8, ERROR_ID = 16, ERROR_PK = 32 };

/* bits high..low set, inclusive */
static inline uint64_t bits(unsigned high, unsigned low) {
    return high < low ? 0 : (~UINT64_C(0) >> (63 - high)) & (~UINT64_C(0) << low);
}

/* One translation on its way down. */
struct walker {
    struct cpu *c;
    uint64_t linear;
    enum access access;
    enum tlb_class privilege;
    bool user, writable, no_execute; /* of all entries so far, combined */
};

static bool nx_enabled(const struct cpu *c) {
    return (c->cr4 & CR4_PAE) && (c->efer & EFER_NXE);
}

/* "Page-Fault Exceptions": W/R and U/S describe the access, not the entries; I/D is reported only where
 * something can forbid a fetch (SMEP, or NX with PAE structures). */
_Noreturn static COLD void fault(const struct walker *w, uint32_t error) {
    if (w->access == ACCESS_WRITE)
        error |= ERROR_W;
    if (w->privilege == TLB_USER)
        error |= ERROR_U;
    if (w->access == ACCESS_EXECUTE && ((w->c->cr4 & CR4_SMEP) || nx_enabled(w->c)))
        error |= ERROR_ID;
    raise_page_fault(w->c, w->linear, error);
}

/* SDM Vol. 3A, "Protection Keys for User-Mode Pages": data accesses to user pages, in 4- and 5-level paging
 * only. */
static bool key_denies(const struct walker *w, uint64_t leaf) {
    const struct cpu *c = w->c;
    if (LIKELY(!(c->cr4 & CR4_PKE)) || !in_long_mode(c) || w->access == ACCESS_EXECUTE || !w->user)
        return false;
    unsigned rights = c->pkru >> (2 * (leaf >> 59 & 15)) & 3; /* bit 0: AD, bit 1: WD */
    if (rights & 1)
        return true;
    return (rights & 2) && w->access == ACCESS_WRITE && (w->privilege == TLB_USER || (c->cr0 & CR0_WP));
}

/* SDM Vol. 3A, "Determination of Access Rights". */
static void check_rights(const struct walker *w, uint64_t leaf) {
    const struct cpu *c = w->c;
    bool denied;
    if (w->privilege == TLB_USER) {
        /* 1. User-mode accesses: only user-mode addresses; writes where every R/W is 1; fetches where every
         * XD is 0. */
        denied = !w->user || (w->access == ACCESS_WRITE && !w->writable) ||
                 (w->access == ACCESS_EXECUTE && w->no_execute);
    } else if (w->access == ACCESS_EXECUTE) {
        /* 2. Supervisor-mode fetches: from user-mode addresses unless CR4.SMEP; where every XD is 0. */
        denied = (w->user && (c->cr4 & CR4_SMEP)) || w->no_execute;
    } else {
        /* 3. Supervisor-mode data: to user-mode addresses unless CR4.SMAP, which an explicit access with
         * EFLAGS.AC passes; writes anywhere if CR0.WP is 0, else where every R/W is 1. */
        denied = (w->user && w->privilege == TLB_SUPERVISOR && (c->cr4 & CR4_SMAP)) ||
                 (w->access == ACCESS_WRITE && (c->cr0 & CR0_WP) && !w->writable);
    }
    bool key = key_denies(w, leaf);
    if (UNLIKELY(denied || key))
        fault(w, ERROR_P | (key ? ERROR_PK : 0U));
}

/* An entry's host address, and its page watched: cpu/space.c. NULL: it does not lie in RAM, and cannot be. */
static COLD const void *entry_in_ram(struct cpu *c, uint64_t at) {
    struct physical *p = c->physical;
    if (at >= p->ram_size || in_low_rom(p, at)) {
        c->tables_written |= (uint8_t)(1U << c->space);
        return 0;
    }
    tlb_watch_table(c, at / PAGE_BYTES);
    return p->ram + at;
}
/* Reads an entry of a page table. What is watched lies in RAM. */
static inline const void *entry_known(const struct cpu *c, uint64_t at) {
    const struct physical *p = c->physical;
    bool watched = at < p->ram_size && (p->code_page[at / PAGE_BYTES] & PAGE_TABLE << c->space);
    return LIKELY(watched) ? p->ram + at : 0;
}
static inline uint64_t entry_read64(struct cpu *c, uint64_t at) {
    const void *host = entry_known(c, at & c->a20_mask);
    if (UNLIKELY(!host))
        host = entry_in_ram(c, at & c->a20_mask);
    return LIKELY(host) ? bytes_load(host, 8) : physical_read64(c, at);
}
static inline uint32_t entry_read32(struct cpu *c, uint64_t at) {
    const void *host = entry_known(c, at & c->a20_mask);
    if (UNLIKELY(!host))
        host = entry_in_ram(c, at & c->a20_mask);
    return LIKELY(host) ? (uint32_t)bytes_load(host, 4) : physical_read32(c, at);
}

/* Accessed and dirty flags do not change what any entry translates to, so that nobody is told but who
 * decoded code there. */
static COLD void entry_write(struct cpu *c, uint64_t at, uint64_t entry, unsigned size) {
    uint8_t tables = c->tables_written;
    uint16_t writes = c->table_writes;
    c->table_writes = 0;
    physical_write(c, at, &entry, size);
    c->tables_written = tables;
    c->table_writes = writes;
}

/* SDM Vol. 3A, "Accessed and Dirty Flags": every entry used gets A, the one that maps the page gets D before
 * a write. */
static inline void set_flags(struct cpu *c, uint64_t at, uint64_t entry, uint64_t flags, unsigned size) {
    if ((entry & flags) == flags)
        return;
    entry |= flags;
    entry_write(c, at, entry, size);
}

static inline uint64_t leaf_flags(const struct walker *w) {
    return w->access == ACCESS_WRITE ? ENTRY_A | ENTRY_D : ENTRY_A;
}

/* A page of more than 4 KiB is used: INVLPG has to drop all of it. */
static inline void note_large(struct cpu *c, uint64_t linear, uint64_t inside) {
    struct address_space *s = &c->spaces[c->space];
    if (s->large_first > (linear & ~inside))
        s->large_first = linear & ~inside;
    if (s->large_last < (linear | inside))
        s->large_last = linear | inside;
}

/* SDM Vol. 3A, "32-Bit Paging". */
static uint64_t walk_32(struct walker *w) {
    struct cpu *c = w->c;
    /* 1. The PDE is at CR3[31:12] | linear[31:22] * 4. */
    uint64_t pde_at = (c->cr3 & 0xfffff000U) | (w->linear >> 22 & 0x3ff) << 2;
    uint32_t pde = entry_read32(c, pde_at);
    if (!(pde & ENTRY_P))
        fault(w, 0);
    w->user = pde & ENTRY_U;
    w->writable = pde & ENTRY_W;
    /* 2. CR4.PSE = 1 and PDE.PS = 1: the PDE maps 4 MiB; its bits 20:13 are address bits 39:32 as far as
     * PSE-36 and MAXPHYADDR reach, the rest up to bit 21 is reserved. */
    if ((pde & ENTRY_PS) && (c->cr4 & CR4_PSE)) {
        unsigned width = c->profile->physical_bits < 40 ? c->profile->physical_bits : 40;
        if (!cpu_has(c, FEATURE_PSE36))
            width = 32;
        uint64_t reserved = bits(21, width - 19);
        if (!cpu_has(c, FEATURE_PAT))
            reserved |= UINT64_C(1) << 12;
        if (pde & reserved)
            fault(w, ERROR_P | ERROR_RSVD);
        check_rights(w, pde);
        set_flags(c, pde_at, pde, leaf_flags(w), 4);
        note_large(c, w->linear, 0x3fffff);
        return (pde & 0xffc00000U) | (uint64_t)(pde >> 13 & 0xff) << 32 | (w->linear & 0x3fffff);
    }
    set_flags(c, pde_at, pde, ENTRY_A, 4);
    /* 3. The PTE is at PDE[31:12] | linear[21:12] * 4. Bit 7 is reserved where there is no PAT; reserved bits
     * are only looked at with PSE or PAE (SDM Vol. 3A, "Interrupt 14-Page-Fault Exception (#PF)", RSVD). */
    uint64_t pte_at = (pde & 0xfffff000U) | (w->linear >> 12 & 0x3ff) << 2;
    uint32_t pte = entry_read32(c, pte_at);
    if (!(pte & ENTRY_P))
        fault(w, 0);
    if ((pte & ENTRY_PS) && (c->cr4 & CR4_PSE) && !cpu_has(c, FEATURE_PAT))
        fault(w, ERROR_P | ERROR_RSVD);
    w->user = w->user && (pte & ENTRY_U);
    w->writable = w->writable && (pte & ENTRY_W);
    check_rights(w, pte);
    set_flags(c, pte_at, pte, leaf_flags(w), 4);
    return (pte & 0xfffff000U) | (w->linear & PAGE_OFFSET);
}

/* Address bits beyond MAXPHYADDR are reserved, in PAE entries up to bit 62 (bits 62:52 are ignored or a
 * protection key in IA-32e mode); bit 63 is reserved while IA32_EFER.NXE is 0. */
static COLD void work_out_rules(struct cpu *c, uint64_t key) {
    struct walk_rules *r = &c->walk_rules;
    uint64_t always = bits(in_long_mode(c) ? 51 : 62, c->profile->physical_bits);
    if (!(c->efer & EFER_NXE))
        always |= ENTRY_NX;
    for (unsigned level = 1; level <= 5; level++) {
        unsigned shift = 12 + 9 * (level - 1);
        r->table[level] = r->leaf[level] = always;
        if (level >= 4 || (level == 3 && !cpu_has(c, FEATURE_PAGE1GB)))
            r->table[level] = r->leaf[level] |= ENTRY_PS;
        if (level > 1)
            r->leaf[level] |= bits(shift - 1, 13); /* bit 12 is PAT */
        if (level >= 4 && c->profile->vendor == VENDOR_AMD)
            r->table[level] |= 1 << 8; /* APM Vol. 2, "Long-Mode Page Translation": MBZ in PML4E */
    }
    r->key = key;
    r->profile = c->profile;
}

/* SDM Vol. 3A, "PAE Paging" and "4-Level Paging and 5-Level Paging". `level`: 5 PML5E, 4 PML4E, 3 PDPTE, 2
 * PDE, 1 PTE. */
static uint64_t walk_64(struct walker *w, uint64_t table, unsigned level) {
    struct cpu *c = w->c;
    uint64_t key = (c->efer & (EFER_NXE | EFER_LMA)) | 1;
    if (UNLIKELY(c->walk_rules.key != key || c->walk_rules.profile != c->profile))
        work_out_rules(c, key);
    const struct walk_rules *rules = &c->walk_rules;
    uint64_t address_bits = (c->physical_limit - 1) & ~PAGE_OFFSET;
    uint64_t all =
        ~UINT64_C(0); /* of the entries so far, combined by AND, but for XD, which is kept inverted */
    for (;; level--) {
        unsigned shift = 12 + 9 * (level - 1);
        uint64_t at = table | (w->linear >> shift & 0x1ff) << 3;
        uint64_t entry = entry_read64(c, at);
        if (!(entry & ENTRY_P))
            fault(w, 0);
        bool leaf = level == 1 || ((entry & ENTRY_PS) && level <= 3);
        if (UNLIKELY(entry & (leaf ? rules->leaf : rules->table)[level]))
            fault(w, ERROR_P | ERROR_RSVD);
        all &= entry ^ ENTRY_NX;
        if (leaf) {
            w->user = all & ENTRY_U;
            w->writable = all & ENTRY_W;
            w->no_execute = !(all & ENTRY_NX);
            check_rights(w, entry);
            set_flags(c, at, entry, leaf_flags(w), 8);
            uint64_t inside = (UINT64_C(1) << shift) - 1;
            if (level > 1)
                note_large(c, w->linear, inside);
            return (entry & address_bits & ~inside) | (w->linear & inside);
        }
        set_flags(c, at, entry, ENTRY_A, 8);
        table = entry & address_bits;
    }
}

uint64_t walk(struct cpu *c, uint64_t linear, enum access access, enum tlb_class privilege) {
    if (!(c->cr0 & CR0_PG))
        return (uint32_t)linear;
    struct walker w = {.c = c, .linear = linear, .access = access, .privilege = privilege};
    if (!(c->cr4 & CR4_PAE))
        return walk_32(&w);
    uint64_t address_bits = (c->physical_limit - 1) & ~PAGE_OFFSET;
    if (in_long_mode(c))
        return walk_64(&w, c->cr3 & address_bits, c->cr4 & CR4_LA57 ? 5 : 4);
    /* The PDPTE registers have neither U/S nor R/W nor an accessed flag, and were checked when loaded. */
    uint64_t pdpte = c->pdpte[linear >> 30 & 3];
    if (!(pdpte & ENTRY_P))
        fault(&w, 0);
    return walk_64(&w, pdpte & address_bits, 2);
}

bool pdpte_load(struct cpu *c, uint64_t cr3) {
    uint64_t loaded[4];
    uint64_t reserved = bits(63, c->profile->physical_bits) | bits(8, 5) | bits(2, 1);
    for (unsigned i = 0; i < 4; i++) {
        loaded[i] = physical_read64(c, (cr3 & 0xffffffe0U) + 8 * i);
        if ((loaded[i] & ENTRY_P) && (loaded[i] & reserved))
            return false;
    }
    memcpy(c->pdpte, loaded, sizeof loaded);
    return true;
}
