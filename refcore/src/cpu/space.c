/* SPDX-License-Identifier: BSD-2-Clause */
/* space.c - the software TLBs of several address spaces: which is in use, and when what it holds goes.
 *
 * A MOV to CR3 drops translations (SDM Vol. 3A, "Operations that Invalidate TLBs and Paging-Structure
 * Caches"), so that what is used after it comes from the page tables as they are then. A translation whose
 * page tables have not been written since it was made would come out the same: it may stay. So the spaces
 * of the CR3 values used last are kept, mem/tlb.c watches the pages that hold their tables, and a space is
 * emptied when its CR3 is loaded again after one of them was written. A change of paging mode or
 * protection bits is another space. All else that a translation depends on - PKRU, A20, memory itself -
 * drops all spaces. */
#include "ablation.h"
#include "reset.h"

#include <string.h>

static void tlb_empty(struct tlb *t) {
    for (unsigned i = 0; i < TLB_SIZE; i++)
        t->entry[i] = (struct tlb_entry){TLB_NO_TAG, TLB_NO_TAG, TLB_NO_TAG, 0};
    t->fills = 0;
}

static void space_empty(struct address_space *s) {
    for (unsigned class = 0; class < TLB_CLASSES; class ++) {
        struct tlb *t = &s->tlbs[class];
        if (!s->made || t->fills > TLB_JOURNAL) {
            tlb_empty(t);
            continue;
        }
        for (unsigned i = 0; i < t->fills; i++) {
            struct tlb_entry *e = &t->entry[t->filled[i]];
            e->read = e->write = e->execute = TLB_NO_TAG;
        }
        t->fills = 0;
    }
    if (!s->made)
        tlb_empty(&s->tlbs[TLB_NONE]);
    s->made = true;
    s->large_first = UINT64_MAX;
    s->large_last = 0;
}

void cpu_translations_changed(struct cpu *c) {
    struct address_space *s = &c->spaces[c->space];
    s->epoch = c->epochs += GENERATION_STEP;
    c->generation = (c->generation & (GENERATION_STEP - 1)) | s->epoch;
}

void cpu_drop_translations(struct cpu *c) {
    for (unsigned n = 0; n < ADDRESS_SPACES; n++) {
        if (c->spaces[n].made || n == c->space)
            space_empty(&c->spaces[n]);
        c->spaces[n].kept = false;
    }
    c->tables_written = 0;
    c->tlbs = c->spaces[c->space].tlbs;
    cpu_translations_changed(c);
}

/* The bits of CR0, CR4 and EFER that translations depend on. */
static uint64_t control(const struct cpu *c) {
    const uint32_t cr4 = CR4_PSE | CR4_PAE | CR4_PGE | CR4_PCIDE | CR4_SMEP | CR4_SMAP | CR4_PKE | CR4_LA57;
    return (c->cr0 & (CR0_PG | CR0_WP)) | (c->efer & (EFER_NXE | EFER_LMA)) | (c->cr4 & cr4) << 32;
}

/* The space kept for CR3 (and, in PAE paging, for the PDPTE registers loaded with it), or else one to be
 * used for it. */
static unsigned space_for(struct cpu *c) {
    for (unsigned n = 0; n < ADDRESS_SPACES; n++) {
        const struct address_space *s = &c->spaces[n];
        if (s->kept && s->cr3 == c->cr3 && s->control == control(c) &&
            memcmp(s->pdpte, c->pdpte, sizeof s->pdpte) == 0)
            return n;
    }
    unsigned n = c->space;
    if (c->spaces[n].kept)
        n = (n + 1) % ADDRESS_SPACES;
    c->spaces[n].kept = false;
    return n;
}

void cpu_address_space(struct cpu *c) {
    unsigned n = space_for(c);
    struct address_space *s = &c->spaces[n];
    c->space = (uint8_t)n;
    if (ABLATED(SPACES) || !s->kept || (c->tables_written >> n & 1)) {
        space_empty(s);
        s->epoch = c->epochs += GENERATION_STEP;
        c->tables_written &= (uint8_t) ~(1U << n);
        s->kept = true;
        s->cr3 = c->cr3;
        s->control = control(c);
        memcpy(s->pdpte, c->pdpte, sizeof s->pdpte);
    }
    c->tlbs = s->tlbs;
    c->tlb = &c->tlbs[GENERATION_CLASS(c->generation)];
    c->generation = (c->generation & (GENERATION_STEP - 1)) | s->epoch;
}
