/* SPDX-License-Identifier: BSD-2-Clause */
/* ENTER - Make Stack Frame for Procedure Parameters.  SDM Vol. 2A, ENTER, "Operation"; "Protected Mode
 * Exceptions": #PF also if a write at the final rSP would fault, though nothing is written there. */
HANDLER(ENTER) {
    unsigned size = OPERAND_BYTES;
    unsigned alloc_size = (uint16_t)o->imm, nesting_level = (unsigned)(o->imm >> 16) & 31;
    uint64_t mask = stack_mask(c), sp = (c->r[R_SP] - size) & mask, bp = c->r[R_BP] & mask;
    stack_write(c, o, sp, c->r[R_BP], size);
    uint64_t frame_temp = (c->r[R_SP] & ~mask) | sp;
    if (nesting_level > 0) {
        for (unsigned i = 1; i < nesting_level; i++) {
            bp = (bp - size) & mask;
            uint64_t display = stack_read(c, o, bp, size);
            sp = (sp - size) & mask;
            stack_write(c, o, sp, display, size);
        }
        sp = (sp - size) & mask;
        stack_write(c, o, sp, frame_temp, size);
    }
    sp = (sp - alloc_size) & mask;
    mem_probe_write(c, o, SEG_SS, sp, size);
    reg_write(c, R_BP, frame_temp, size);
    set_sp(c, sp);
    NEXT;
}
ENTRY(ENTER);
