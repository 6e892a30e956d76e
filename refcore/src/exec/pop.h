/* SPDX-License-Identifier: BSD-2-Clause */
/* POP - Pop a Value From the Stack.  SDM Vol. 2B, POP, "Operation"; "Description": a destination addressed
 * by rSP takes its address after the increment; POP rSP increments before the value is written. */
#define POP_REGISTER(bits)                                                                                   \
    static HANDLER_RESULT pop_register_##bits(struct cpu *c, const struct op *o) {                           \
        uint64_t temp = stack_top(c, o, bits / 8);                                                           \
        stack_release(c, bits / 8, bits / 8);                                                                \
        reg_write(c, o->dest, temp, bits / 8);                                                               \
        NEXT;                                                                                                \
    }
POP_REGISTER(16)
POP_REGISTER(32)
POP_REGISTER(64)
#undef POP_REGISTER
static HANDLER_RESULT pop_register_64_hit(struct cpu *c, const struct op *o) {
    uint64_t sp = c->r[R_SP];
    STACK_AT(sp, read, pop_register_64);
    c->r[R_SP] = sp + 8;
    c->r[o->dest] = host_read64(at);
    NEXT;
}

static HANDLER_RESULT pop_memory(struct cpu *c, const struct op *o) {
    unsigned size = OPERAND_BYTES;
    uint64_t temp = stack_top(c, o, size), sp = c->r[R_SP];
    stack_release(c, size, size);
    uint64_t offset = EA, released = c->r[R_SP];
    c->r[R_SP] = sp; /* stays where it was if the store faults */
    store_size(c, o, offset, temp, size);
    c->r[R_SP] = released;
    NEXT;
}
const struct entry entry_POP = {.run = {
                                    [SHAPE_RR] = {0, pop_register_16, pop_register_32, pop_register_64_hit},
                                    [SHAPE_MR_FLAT] = {0, pop_memory, pop_memory, pop_memory},
                                    [SHAPE_MR] = {0, pop_memory, pop_memory, pop_memory},
                                }};
