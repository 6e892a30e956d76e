/* SPDX-License-Identifier: BSD-2-Clause */
/* deliver_real.c - SDM Vol. 2A, INT n/INTO/INT3/INT1, "Operation", REAL-ADDRESS-MODE. No error codes are
 * pushed. */
#include "deliver.h"

void deliver_real(struct cpu *c, const struct event *e, uint64_t rip, uint64_t image) {
    if (e->vector * 4U + 3 > c->idtr.limit)
        raise_fault_error(c, VECTOR_GP, 0);
    struct stack s = stack_current(c);
    stack_check_room(c, &s, 3, 2);
    uint32_t pointer = (uint32_t)table_read(c, c->idtr.base, e->vector * 4U, 4);
    stack_push(c, &s, image, 2);
    stack_push(c, &s, c->seg[SEG_CS].selector, 2);
    stack_push(c, &s, rip, 2);
    c->rflags &= ~(uint64_t)(FLAG_IF | FLAG_TF | FLAG_AC | FLAG_RF);
    stack_commit(c, &s);
    seg_load_real(c, SEG_CS, (uint16_t)(pointer >> 16));
    c->rip = pointer & 0xffff;
    mode_transferred(c);
}
