/* SPDX-License-Identifier: BSD-2-Clause */
/* walk.c - the guest's page tables as a model looks at them (SDM 3A 4.3 to 4.5). */
#include "walk.h"

#include <string.h>

enum { PAGE = 4096 };
#define CR0_PG    (UINT64_C(1) << 31)
#define CR4_PSE   (UINT64_C(1) << 4)
#define CR4_PAE   (UINT64_C(1) << 5)
#define CR4_LA57  (UINT64_C(1) << 12)
#define EFER_LMA  (UINT64_C(1) << 10)
#define EFER_NXE  (UINT64_C(1) << 11)
#define PTE_XD    (UINT64_C(1) << 63)
#define ADDRESS   UINT64_C(0x000ffffffffff000)
#define UNCERTAIN UINT64_C(0x000fff0000000000) /* above 40 bits: reserved, or not, as MAXPHYADDR says */
#define HIGH_BITS UINT64_C(0x7ff0000000000000) /* ignored in IA-32e mode, reserved with PAE paging */
enum { PTE_P = 1, PTE_W = 2, PTE_U = 4, PTE_PS = 0x80, PTE_G = 0x100 };

static uint64_t entry_at(const struct guest_ram *r, uint64_t physical, unsigned size) {
    uint64_t entry = 0;
    if (physical + size <= r->size)
        memcpy(&entry, r->bytes + physical, size);
    return entry;
}

static void merge(struct translation *t, uint64_t entry, bool nxe) {
    t->write &= (entry & PTE_W) != 0;
    t->user &= (entry & PTE_U) != 0;
    t->execute &= !(entry & PTE_XD);
    t->unclear |= (entry & UNCERTAIN) || (!nxe && entry & PTE_XD);
}

static struct translation walk_legacy(const struct guest_ram *r, const struct ringdiff_state *s,
                                      uint64_t linear) {
    struct translation t = {.write = true, .user = true, .execute = true};
    const uint64_t directory = entry_at(r, (s->cr3 & 0xfffff000) + (linear >> 22) * 4, 4);
    if (!(directory & PTE_P))
        return t;
    merge(&t, directory, true);
    if (directory & PTE_PS && s->cr4 & CR4_PSE) {
        t.present = true;
        t.unclear |= (directory & 0x3fe000) != 0; /* PSE-36 */
        t.physical = (directory & 0xffc00000) | (linear & 0x3ff000);
        return t;
    }
    const uint64_t table = entry_at(r, (directory & 0xfffff000) + (linear >> 12 & 0x3ff) * 4, 4);
    merge(&t, table, true);
    t.present = table & PTE_P;
    t.physical = table & 0xfffff000;
    return t;
}

static struct translation walk_8(const struct guest_ram *r, const struct ringdiff_state *s, uint64_t linear) {
    struct translation t = {.write = true, .user = true, .execute = true};
    const bool nxe = s->efer & EFER_NXE;
    uint64_t base = s->cr3 & ADDRESS;
    int level = s->cr4 & CR4_LA57 ? 5 : 4;
    if (!(s->efer & EFER_LMA)) { /* PDPTEs have no rights; those loaded count */
        base = s->pdpte[linear >> 30 & 3];
        if (!(base & PTE_P))
            return t;
        base &= ADDRESS;
        level = 2;
    }
    for (;; level--) {
        const unsigned shift = 12 + 9 * (unsigned)(level - 1);
        const uint64_t entry = entry_at(r, base + (linear >> shift & 0x1ff) * 8, 8);
        if (!(entry & PTE_P))
            return t;
        const bool leaf = level == 1 || entry & PTE_PS;
        merge(&t, entry, nxe);
        t.unclear |= !(s->efer & EFER_LMA) && entry & HIGH_BITS;
        t.unclear |= level > 3 && entry & PTE_G; /* AMD: MBZ; Intel: ignored */
        base = entry & ADDRESS;
        if (leaf) {
            const uint64_t offset = (UINT64_C(1) << shift) - PAGE;
            t.present = true;
            t.unclear |= level > 3 || (level > 1 && (base & offset & ~UINT64_C(0x1000)) != 0);
            t.physical = (base & ~offset) | (linear & offset);
            return t;
        }
    }
}

struct translation page_walk(const struct guest_ram *r, const struct ringdiff_state *s, uint64_t linear) {
    if (!(s->cr0 & CR0_PG))
        return (struct translation){
            .present = true, .write = true, .user = true, .execute = true, .physical = linear & ADDRESS};
    return s->cr4 & CR4_PAE ? walk_8(r, s, linear) : walk_legacy(r, s, linear);
}
