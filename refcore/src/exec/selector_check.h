/* SPDX-License-Identifier: BSD-2-Clause */
/* selector_check.h - LAR, LSL, VERR, VERW: a descriptor looked at without a fault. */
#ifndef REFCORE_EXEC_SELECTOR_CHECK_H
#define REFCORE_EXEC_SELECTOR_CHECK_H

#include "../seg/table.h"

#include "privileged.h"

static inline void set_zf(struct cpu *c, bool zf) {
    flags_set_status(c, (flags_status(c) & ~(uint64_t)FLAG_ZF) | (zf ? FLAG_ZF : 0));
}
/* Reads the descriptor; false where it is null or beyond the limit, or CPL or RPL may not see it. Conforming
 * code is seen by all. */
static inline bool selector_visible(struct cpu *c, uint16_t selector, struct descriptor *d) {
    if (selector_null(selector) || !descriptor_try(c, selector, d))
        return false;
    return (d_code(*d) && d_conforming(*d)) || (c->cpl <= d_dpl(*d) && selector_rpl(selector) <= d_dpl(*d));
}
/* Whether a system descriptor's type is in a set of 16 bits. */
static inline bool type_in(struct descriptor d, unsigned set) {
    return set >> d_type(d) & 1;
}

#endif
