/* SPDX-License-Identifier: BSD-2-Clause */
/* NOP - No Operation, and PAUSE, at opcode 90.  SDM Vol. 2B, NOP, "Description": the one-byte form is XCHG
 * (E)AX, (E)AX without its effect on the upper half of RAX; with REX.B it is XCHG, after F3 as well. */
HANDLER(NOP_90) {
    if (o->reg != R_AX) {
        unsigned size = OPERAND_BYTES;
        uint64_t temp = reg_read(c, R_AX, size);
        reg_write(c, R_AX, reg_read(c, o->reg, size), size);
        reg_write(c, o->reg, temp, size);
    }
    NEXT;
}
ENTRY(NOP_90);
