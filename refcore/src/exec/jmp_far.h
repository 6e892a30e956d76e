/* SPDX-License-Identifier: BSD-2-Clause */
/* JMP - Jump, far.  SDM Vol. 2A, JMP, "Operation"; seg/far_jump.c. */
HANDLER(JMP_FAR) {
    SYNC;
    far_jump(c, (uint16_t)(o->imm >> 32), (uint32_t)o->imm, OPERAND_BYTES);
    RESUME;
}
ENTRY(JMP_FAR);

HANDLER(JMP_FAR_MEMORY) {
    unsigned size = far_size(c, o);
    struct far_pointer p = far_pointer_read(c, o, size);
    SYNC;
    far_jump(c, p.selector, p.offset, size);
    RESUME;
}
ENTRY(JMP_FAR_MEMORY);
