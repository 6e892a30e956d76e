/* SPDX-License-Identifier: BSD-2-Clause */
/* POPA/POPAD - Pop All General-Purpose Registers.  SDM Vol. 2B, POPA/POPAD, "Operation": the slot of rSP
 * is skipped, not read. */
HANDLER(POPA) {
    unsigned size = OPERAND_BYTES;
    uint64_t mask = stack_mask(c), sp = c->r[R_SP] & mask, value[8];
    for (unsigned i = 0; i < 8; i++) {
        if (i != 7 - R_SP)
            value[7 - i] = stack_read(c, o, (sp + i * size) & mask, size);
    }
    for (unsigned i = 0; i < 8; i++) {
        if (i != R_SP)
            reg_write(c, i, value[i], size);
    }
    set_sp(c, sp + 8 * size);
    NEXT;
}
ENTRY(POPA);
