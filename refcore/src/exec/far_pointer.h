/* SPDX-License-Identifier: BSD-2-Clause */
/* far_pointer.h - m16:16, m16:32, m16:64: offset, then selector. SDM Vol. 2A, "Notational Conventions"; far
 * CALL, JMP, LDS. */
#ifndef REFCORE_EXEC_FAR_POINTER_H
#define REFCORE_EXEC_FAR_POINTER_H

#include "exec.h"

struct far_pointer {
    uint64_t offset;
    uint16_t selector;
};
/* The size in bytes of the offset: REX.W counts where the vendor has m16:64. */
static inline unsigned far_size(const struct cpu *c, const struct op *o) {
    unsigned size = OPERAND_BYTES;
    return size == 8 && !c->profile->choice.far_operand_rexw ? 4 : size;
}
static inline struct far_pointer far_pointer_read(struct cpu *c, const struct op *o, unsigned size) {
    static const uint64_t mask[4] = {0xffff, 0xffffffff, ~UINT64_C(0), ~UINT64_C(0)};
    uint64_t at = EA;
    struct far_pointer p;
    p.offset = load_size(c, o, at, size);
    p.selector = mem_read16(c, o, o->seg, (at + size) & mask[o->bits & OP_ADDRESS_MASK]);
    return p;
}

#endif
