/* SPDX-License-Identifier: BSD-2-Clause */
/* RET - Return From Procedure, near.  SDM Vol. 2B, RET, "Operation": the popped target is checked before
 * rSP moves. */
#define NEAR_BODY(name, size)                                                                                \
    uint64_t target = stack_top(c, o, size);                                                                 \
    NEAR_TARGET(target, size);                                                                               \
    c->rip = target;                                                                                         \
    stack_release(c, size, size);                                                                            \
    TAIL_CALL(block_indirect);
NEAR_HANDLERS(RET)
#undef NEAR_BODY
static HANDLER_RESULT ret_8_hit(struct cpu *c, const struct op *o) {
    uint64_t sp = c->r[R_SP];
    STACK_AT(sp, read, RET_8);
    uint64_t target = host_read64(at);
    NEAR_TARGET(target, 8);
    c->r[R_SP] = sp + 8;
    c->rip = target;
    TAIL_CALL(block_indirect);
}
ALL_SHAPES(RET, RET_2, RET_4, ret_8_hit);

/* RET imm16 */
#define NEAR_BODY(name, size)                                                                                \
    uint64_t target = stack_top(c, o, size);                                                                 \
    NEAR_TARGET(target, size);                                                                               \
    c->rip = target;                                                                                         \
    stack_release(c, size, size + (unsigned)(uint16_t)o->imm);                                               \
    TAIL_CALL(block_indirect);
NEAR_SIZES(RET_RELEASE);
#undef NEAR_BODY
