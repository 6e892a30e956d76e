/* SPDX-License-Identifier: BSD-2-Clause */
/* XLAT/XLATB - Table Look-up Translation.  SDM Vol. 2D, XLAT/XLATB, "Operation": AL := (DS:rBX +
 * ZeroExtend(AL)). */
HANDLER(XLAT) {
    uint64_t offset = c->r[R_BX] + (uint8_t)c->r[R_AX];
    unsigned address = o->bits & OP_ADDRESS_MASK;
    if (address != OP_ADDRESS_64)
        offset = address == OP_ADDRESS_16 ? (uint16_t)offset : (uint32_t)offset;
    reg_write(c, R_AX, mem_read8(c, o, o->seg, offset), 1);
    NEXT;
}
ENTRY(XLAT);
