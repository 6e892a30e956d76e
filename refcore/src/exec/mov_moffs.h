/* SPDX-License-Identifier: BSD-2-Clause */
/* MOV - Move, to and from AL/rAX with a direct offset.  SDM Vol. 2B, MOV, "Description" (moffs operands). */
static inline uint64_t moffs(const struct op *o) {
    unsigned address = o->bits & OP_ADDRESS_MASK;
    return address == OP_ADDRESS_16 ? (uint16_t)o->imm : address == OP_ADDRESS_32 ? (uint32_t)o->imm : o->imm;
}

HANDLER(MOV_FROM_MOFFS) {
    unsigned size = OPERAND_BYTES;
    reg_write(c, R_AX, load_size(c, o, moffs(o), size), size);
    NEXT;
}
ENTRY(MOV_FROM_MOFFS);

HANDLER(MOV_TO_MOFFS) {
    unsigned size = OPERAND_BYTES;
    store_size(c, o, moffs(o), reg_read(c, R_AX, size), size);
    NEXT;
}
ENTRY(MOV_TO_MOFFS);
