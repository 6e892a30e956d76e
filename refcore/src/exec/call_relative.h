/* SPDX-License-Identifier: BSD-2-Clause */
/* CALL - Call Procedure, near, relative.  SDM Vol. 2A, CALL, "Operation": the target is checked before the
 * push. */
#define NEAR_BODY(name, size)                                                                                \
    uint64_t next = near_next(c, o, size);                                                                   \
    uint64_t target = next + o->imm;                                                                         \
    if (UNLIKELY(c->profile->choice.call_pushes_first && !near_valid(c, near_truncate(target, size), size))) \
        mem_probe_write(c, o, SEG_SS, (c->r[R_SP] - size) & stack_mask(c), size);                            \
    NEAR_TARGET(target, size);                                                                               \
    push_value(c, o, next, size);                                                                            \
    c->rip = target;                                                                                         \
    TAIL_CALL(block_link_taken);
NEAR_HANDLERS(CALL_RELATIVE)
#undef NEAR_BODY
static HANDLER_RESULT call_relative_8_hit(struct cpu *c, const struct op *o) {
    uint64_t next = near_next(c, o, 8), target = next + o->imm, sp = c->r[R_SP] - 8;
    NEAR_TARGET(target, 8);
    STACK_AT(sp, write, CALL_RELATIVE_8);
    host_write64(at, next);
    c->r[R_SP] = sp;
    c->rip = target;
    TAIL_CALL(block_link_taken);
}
ALL_SHAPES(CALL_RELATIVE, CALL_RELATIVE_2, CALL_RELATIVE_4, call_relative_8_hit);
