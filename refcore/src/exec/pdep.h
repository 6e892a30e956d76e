/* SPDX-License-Identifier: BSD-2-Clause */
/* PDEP - Parallel Bits Deposit.  SDM Vol. 2B, PDEP, "Operation". */
HANDLER(PDEP) {
    unsigned size = OPERAND_BYTES;
    uint64_t mask = rm_read(c, o, size), src = c->r[o->vvvv], result = 0;
    for (; mask != 0; mask &= mask - 1, src >>= 1) {
        if (src & 1)
            result |= mask & (0 - mask);
    }
    reg_write(c, o->reg, result, size);
    NEXT;
}
ENTRY(PDEP);
