/* SPDX-License-Identifier: BSD-2-Clause */
/* RORX - Rotate Right Logical Without Affecting Flags.  SDM Vol. 2B, RORX, "Operation". */
HANDLER(RORX) {
    unsigned size = OPERAND_BYTES, bits = size * 8, count = (unsigned)o->imm & (bits - 1);
    uint64_t src = rm_read(c, o, size);
    reg_write(c, o->reg, src >> count | src << (bits - count) % bits, size);
    NEXT;
}
ENTRY(RORX);
