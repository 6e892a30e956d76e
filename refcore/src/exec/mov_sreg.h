/* SPDX-License-Identifier: BSD-2-Clause */
/* MOV - Move from and to Segment Registers.  SDM Vol. 2B, MOV, "Operation"; seg/load.c. The opcode's rows
 * leave out CS as a destination and register numbers 6 and 7: #UD. REX.R is ignored. */
HANDLER(MOV_FROM_SREG) {
    uint64_t selector = c->seg[o->reg & 7].selector;
    rm_write(c, o, selector, o->bits & OP_MEMORY ? 2 : OPERAND_BYTES);
    NEXT;
}
ENTRY(MOV_FROM_SREG);

HANDLER(MOV_TO_SREG) {
    uint16_t selector = (uint16_t)rm_read(c, o, 2);
    SYNC;
    seg_load(c, o->reg & 7, selector);
    SEGMENT_NEXT;
}
ENTRY(MOV_TO_SREG);

/* SDM Vol. 3A, "Masking Exceptions and Interrupts When Switching Stacks" */
HANDLER(MOV_TO_SS) {
    uint16_t selector = (uint16_t)rm_read(c, o, 2);
    SYNC;
    seg_load(c, SEG_SS, selector);
    shadow_mov_ss(c, o);
    mode_step_changed(c);
    RESUME_NEXT;
}
ENTRY(MOV_TO_SS);
