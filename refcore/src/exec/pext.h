/* SPDX-License-Identifier: BSD-2-Clause */
/* PEXT - Parallel Bits Extract.  SDM Vol. 2B, PEXT, "Operation". */
HANDLER(PEXT) {
    unsigned size = OPERAND_BYTES;
    uint64_t mask = rm_read(c, o, size), src = c->r[o->vvvv], result = 0;
    for (unsigned k = 0; mask != 0; mask &= mask - 1, k++) {
        if (src & mask & (0 - mask))
            result |= UINT64_C(1) << k;
    }
    reg_write(c, o->reg, result, size);
    NEXT;
}
ENTRY(PEXT);
