/* SPDX-License-Identifier: BSD-2-Clause */
/* POPA/POPAD - Pop All General-Purpose Registers.  SDM Vol. 2B, POPA/POPAD, "Operation": the slot of rSP
 * is read (silicon: it can fault) and ignored. Registers before a slot that faults are loaded, and rSP stays (silicon). */
HANDLER(POPA) {
    unsigned size = OPERAND_BYTES;
    uint64_t mask = stack_mask(c), sp = c->r[R_SP] & mask;
    for (unsigned i = 0; i < 8; i++) {
        uint64_t value = stack_read(c, o, (sp + i * size) & mask, size);
        if (i != 7 - R_SP)
            reg_write(c, 7 - i, value, size);
    }
    set_sp(c, sp + 8 * size);
    NEXT;
}
ENTRY(POPA);
