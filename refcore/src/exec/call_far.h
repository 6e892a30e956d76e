/* SPDX-License-Identifier: BSD-2-Clause */
/* CALL - Call Procedure, far.  SDM Vol. 2A, CALL, "Operation"; seg/far_call.c. */
HANDLER(CALL_FAR) {
    SYNC;
    far_call(c, (uint16_t)(o->imm >> 32), (uint32_t)o->imm, OPERAND_BYTES);
    RESUME;
}
ENTRY(CALL_FAR);

HANDLER(CALL_FAR_MEMORY) {
    unsigned size = far_size(c, o);
    struct far_pointer p = far_pointer_read(c, o, size);
    SYNC;
    far_call(c, p.selector, p.offset, size);
    RESUME;
}
ENTRY(CALL_FAR_MEMORY);
