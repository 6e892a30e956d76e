/* SPDX-License-Identifier: BSD-2-Clause */
/* BZHI - Zero High Bits Starting with Specified Bit Position.  SDM Vol. 2A, BZHI, "Operation": CF tells
 * that the position is beyond the operand. */
HANDLER(BZHI) {
    unsigned size = OPERAND_BYTES, position = (uint8_t)c->r[o->vvvv];
    uint64_t result = rm_read(c, o, size);
    bool beyond = position >= size * 8;
    if (!beyond)
        result &= (UINT64_C(1) << position) - 1;
    reg_write(c, o->reg, result, size);
    flags_bmi(c, result, size, beyond);
    NEXT;
}
ENTRY(BZHI);
