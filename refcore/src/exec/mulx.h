/* SPDX-License-Identifier: BSD-2-Clause */
/* MULX - Unsigned Multiply Without Affecting Flags.  SDM Vol. 2B, MULX, "Operation": where both
 * destinations are one register, it gets the upper half. */
HANDLER(MULX) {
    unsigned size = OPERAND_BYTES;
    uint64_t a = reg_read(c, R_DX, size), src = rm_read(c, o, size);
    unsigned __int128 product = (unsigned __int128)a * src;
    reg_write(c, o->vvvv, (uint64_t)product, size);
    reg_write(c, o->reg, (uint64_t)(product >> (size * 8)), size);
    NEXT;
}
ENTRY(MULX);
