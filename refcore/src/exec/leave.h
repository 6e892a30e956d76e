/* SPDX-License-Identifier: BSD-2-Clause */
/* LEAVE - High Level Procedure Exit.  SDM Vol. 2A, LEAVE, "Operation": rSP := rBP by the stack's width;
 * rBP := Pop() by the operand size. */
HANDLER(LEAVE) {
    unsigned size = OPERAND_BYTES;
    uint64_t mask = stack_mask(c), sp = c->r[R_BP] & mask;
    uint64_t bp = stack_read(c, o, sp, size);
    set_sp(c, sp + size);
    reg_write(c, R_BP, bp, size);
    NEXT;
}
ENTRY(LEAVE);
