/* SPDX-License-Identifier: BSD-2-Clause */
/* JCXZ/JECXZ/JRCXZ - Jump if rCX Is Zero.  SDM Vol. 2A, Jcc, "Operation": the address size selects CX, ECX
 * or RCX. */
static inline unsigned address_bytes(const struct op *o) {
    return 2U << (o->bits & OP_ADDRESS_MASK);
}

#define NEAR_BODY(name, size)                                                                                \
    uint64_t next = near_next(c, o, size);                                                                   \
    if (reg_read(c, R_CX, address_bytes(o)) == 0) {                                                          \
        next += o->imm;                                                                                      \
        NEAR_TARGET(next, size);                                                                             \
        c->rip = next;                                                                                       \
        TAIL_CALL(block_link_taken);                                                                         \
    }                                                                                                        \
    c->rip = next;                                                                                           \
    TAIL_CALL(block_link_fall);
NEAR_SIZES(JCXZ);
#undef NEAR_BODY
