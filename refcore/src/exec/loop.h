/* SPDX-License-Identifier: BSD-2-Clause */
/* LOOP/LOOPcc - Loop According to ECX Counter.  SDM Vol. 2A, LOOP/LOOPcc, "Operation": the address size
 * selects CX, ECX or RCX as the count, which keeps its value where the target faults. */
#define NEAR_BODY(name, size)                                                                                \
    uint64_t next = near_next(c, o, size), target = next;                                                    \
    unsigned count_size = address_bytes(o);                                                                  \
    uint64_t count = reg_read(c, R_CX, count_size) - 1;                                                      \
    bool branch = reg_read(c, R_CX, count_size) != 1 && CONDITION_OF_##name;                                 \
    if (branch) {                                                                                            \
        target = next + o->imm;                                                                              \
        NEAR_TARGET(target, size);                                                                           \
    }                                                                                                        \
    reg_write(c, R_CX, count, count_size);                                                                   \
    c->rip = target;                                                                                         \
    if (branch)                                                                                              \
        TAIL_CALL(block_link_taken);                                                                         \
    TAIL_CALL(block_link_fall);
/* AMD: F2h makes either LOOPNE, F3h LOOPE (measured; in no manual). */
static inline bool loop_equal(const struct cpu *c, const struct op *o, bool equal) {
    if (c->profile->choice.loop_condition_by_rep && o->bits & (OP_REP | OP_REPNE))
        return (o->bits & OP_REP) != 0;
    return equal;
}
#define CONDITION_OF_LOOP true
NEAR_SIZES(LOOP);
#define CONDITION_OF_LOOPE (flag_zf(c) == loop_equal(c, o, true))
NEAR_SIZES(LOOPE);
#define CONDITION_OF_LOOPNE (flag_zf(c) == loop_equal(c, o, false))
NEAR_SIZES(LOOPNE);
#undef NEAR_BODY
