/* SPDX-License-Identifier: BSD-2-Clause */
/* PUSH r.  SDM Vol. 2B, PUSH, "Operation". The operand, rSP among them, is read before rSP moves. */
#define PUSH_REGISTER(bits)                                                                                  \
    static HANDLER_RESULT push_register_##bits(struct cpu *c, const struct op *o) {                          \
        push_value(c, o, c->r[o->dest], bits / 8);                                                           \
        NEXT;                                                                                                \
    }
PUSH_REGISTER(16)
PUSH_REGISTER(32)
PUSH_REGISTER(64)
#undef PUSH_REGISTER
static HANDLER_RESULT push_register_64_hit(struct cpu *c, const struct op *o) {
    uint64_t sp = c->r[R_SP] - 8;
    STACK_AT(sp, write, push_register_64);
    host_write64(at, c->r[o->dest]);
    c->r[R_SP] = sp;
    NEXT;
}
ALL_SHAPES(PUSH_REGISTER, push_register_16, push_register_32, push_register_64_hit);
