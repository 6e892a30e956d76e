/* SPDX-License-Identifier: BSD-2-Clause */
/* deliver_real.c - SDM Vol. 2A, INT n/INTO/INT3/INT1, "Operation", REAL-ADDRESS-MODE. No error codes are
 * pushed. */
#include "../seg/frame.h"
#include "deliver.h"

void deliver_real(struct cpu *c, struct event e, uint64_t rip, uint64_t image) {
    if (e.vector * 4U + 3 > c->idtr.limit)
        raise_fault_error(c, VECTOR_GP, 0);
    struct stack s = stack_current(c);
    void *frame = frame_room(c, &s, 3, 2);
    uint32_t pointer = (uint32_t)table_read(c, c->idtr.base, e.vector * 4U, 4);
    frame_push(c, &s, frame, (uint64_t[]){image, c->seg[SEG_CS].selector, rip}, 3, 2);
    uint64_t flags_before = c->rflags;
    c->rflags &= ~(uint64_t)(FLAG_IF | FLAG_TF | FLAG_AC | FLAG_RF);
    stack_commit(c, &s);
    seg_load_real(c, SEG_CS, (uint16_t)(pointer >> 16));
    c->rip = pointer & 0xffff;
    real_transferred(c, flags_before);
}
