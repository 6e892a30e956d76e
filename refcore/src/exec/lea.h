/* SPDX-License-Identifier: BSD-2-Clause */
/* LEA - Load Effective Address.  SDM Vol. 2A, LEA, "Operation": the address size wraps, then the operand
 * size truncates. */
static HANDLER_RESULT lea_16(struct cpu *c, const struct op *o) {
    reg_write(c, o->dest, EA, 2);
    NEXT;
}
static HANDLER_RESULT lea_32(struct cpu *c, const struct op *o) {
    c->r[o->dest] = (uint32_t)EA;
    NEXT;
}
static HANDLER_RESULT lea_64(struct cpu *c, const struct op *o) {
    c->r[o->dest] = EA;
    NEXT;
}
/* flat addresses: 64-bit ones do not wrap, 32-bit ones wrap by the operand size */
static HANDLER_RESULT lea_flat_32(struct cpu *c, const struct op *o) {
    c->r[o->dest] = (uint32_t)(c->r[o->base] + (c->r[o->index] << o->scale) + (uint64_t)(int64_t)o->disp);
    NEXT;
}
static HANDLER_RESULT lea_flat_64(struct cpu *c, const struct op *o) {
    c->r[o->dest] = c->r[o->base] + (c->r[o->index] << o->scale) + (uint64_t)(int64_t)o->disp;
    NEXT;
}
const struct entry entry_LEA = {.run = {
                                    [SHAPE_RM_FLAT] = {0, lea_16, lea_flat_32, lea_flat_64},
                                    [SHAPE_RM] = {0, lea_16, lea_32, lea_64},
                                }};
