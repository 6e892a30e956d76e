/* SPDX-License-Identifier: BSD-2-Clause */
/* pages.c - the host's mappings are used as a TLB: the first access to a page faults, the guest's tables are walked (SDM 3A 4.3 to
 * 4.5), and if they allow the access the page of guest RAM is mapped with their rights and the instruction restarted. */
#include "native.h"

#include <string.h>
#include <sys/mman.h>

enum { PAGE = 4096 };
static int rights_of(const struct translation *t) {
    if (!t->present || !t->user || t->unclear)
        return 0;
    return PROT_READ | (t->write ? PROT_WRITE : 0) | (t->execute ? PROT_EXEC : 0);
}

void pages_refresh(struct pages *p, const struct ringdiff_state *s) {
    for (unsigned i = 0; i < p->count;) {
        struct page *page = &p->page[i];
        const struct translation t = page_walk(&p->ram, s, page->linear);
        if (rights_of(&t) == page->rights && t.physical == page->physical) {
            i++;
            continue;
        }
        munmap((void *)(uintptr_t)page->linear, PAGE);
        *page = p->page[--p->count];
    }
}

void pages_unmap(struct pages *p) {
    while (p->count)
        munmap((void *)(uintptr_t)p->page[--p->count].linear, PAGE);
}

const char *pages_map(struct pages *p, uint64_t linear, const struct translation *t) {
    const struct page page = {linear & ~(uint64_t)(PAGE - 1), t->physical, rights_of(t)};
    if (t->physical + PAGE > p->ram.size)
        return "the guest's tables lead to memory that is not RAM";
    if (p->count == PAGES)
        pages_unmap(p);
    void *at = mmap((void *)(uintptr_t)page.linear, PAGE, page.rights, MAP_SHARED | MAP_FIXED_NOREPLACE,
                    p->file, (off_t)page.physical);
    if (at != (void *)(uintptr_t)page.linear) {
        if (at != MAP_FAILED)
            munmap(at, PAGE);
        return "a page of the guest cannot be mapped here at its linear address";
    }
    p->page[p->count++] = page;
    return 0;
}
