/* SPDX-License-Identifier: BSD-2-Clause */
/* JMP - Jump, near, relative.  SDM Vol. 2A, JMP, "Operation". */
#define NEAR_BODY(name, size)                                                                                \
    uint64_t target = near_next(c, o, size) + o->imm;                                                        \
    NEAR_TARGET(target, size);                                                                               \
    c->rip = target;                                                                                         \
    TAIL_CALL(block_link_taken);
NEAR_SIZES(JMP_RELATIVE);
#undef NEAR_BODY
