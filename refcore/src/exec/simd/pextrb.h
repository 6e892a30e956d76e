/* SPDX-License-Identifier: BSD-2-Clause */
/* PEXTRB/PEXTRD/PEXTRQ - Extract Byte/Dword/Qword.  SDM Vol. 2B, "Operation": a register is written with zero
 * extension. */
BOTH(PEXTRB, {
    uint8_t value = c->v[o->reg].b[IMM8 & 15];
    if (o->bits & OP_MEMORY)
        mem_write8(c, o, o->seg, EA, value);
    else
        c->r[o->rm] = value;
})
BOTH(PEXTRD, {
    if (W64)
        rm_write(c, o, c->v[o->reg].q[IMM8 & 1], 8);
    else
        rm_write(c, o, c->v[o->reg].d[IMM8 & 3], 4);
})
