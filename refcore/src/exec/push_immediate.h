/* SPDX-License-Identifier: BSD-2-Clause */
/* PUSH imm.  SDM Vol. 2B, PUSH, "Operation": the immediate is sign-extended to the operand size. */
static HANDLER_RESULT push_immediate_16(struct cpu *c, const struct op *o) {
    push_value(c, o, o->imm, 2);
    NEXT;
}
static HANDLER_RESULT push_immediate_32(struct cpu *c, const struct op *o) {
    push_value(c, o, o->imm, 4);
    NEXT;
}
static HANDLER_RESULT push_immediate_64(struct cpu *c, const struct op *o) {
    push_value(c, o, o->imm, 8);
    NEXT;
}
ALL_SHAPES(PUSH_IMMEDIATE, push_immediate_16, push_immediate_32, push_immediate_64);
