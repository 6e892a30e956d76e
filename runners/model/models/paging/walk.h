/* SPDX-License-Identifier: BSD-2-Clause */
/* walk.h - a page walk that leaves no traces. */
#ifndef RINGDIFF_MODEL_PAGING_WALK_H
#define RINGDIFF_MODEL_PAGING_WALK_H

#include "ringdiff_model.h"

struct guest_ram {
    const uint8_t *bytes; /* physical 0 .. size - 1 */
    uint64_t size;
};
struct translation {
    bool present; /* all levels are; rights and address are valid only then */
    bool write, user, execute;
    bool unclear; /* reserved bits may be set in what is present, or what they are depends on the processor */
    uint64_t physical;
};
/* Without paging every linear address is its physical one, with all rights. */
struct translation page_walk(const struct guest_ram *r, const struct ringdiff_state *s, uint64_t linear);

#endif
