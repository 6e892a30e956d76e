/* SPDX-License-Identifier: BSD-2-Clause */
/* ANDN - Logical AND NOT.  SDM Vol. 2A, ANDN, "Operation". */
HANDLER(ANDN) {
    unsigned size = OPERAND_BYTES;
    uint64_t result = ~reg_read(c, o->vvvv, size) & rm_read(c, o, size);
    reg_write(c, o->reg, result, size);
    flags_bmi(c, result, size, false);
    NEXT;
}
ENTRY(ANDN);
