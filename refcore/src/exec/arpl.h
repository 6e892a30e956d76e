/* SPDX-License-Identifier: BSD-2-Clause */
/* ARPL - Adjust RPL Field of Segment Selector.  SDM Vol. 2A, ARPL, "Operation". The destination is
 * written, and checked for that, only if it changes (silicon). */
HANDLER(ARPL) {
    bool memory = o->bits & OP_MEMORY;
    uint16_t dest = memory ? mem_read16(c, o, o->seg, EA) : (uint16_t)c->r[o->rm];
    uint16_t src = (uint16_t)c->r[o->reg];
    bool adjusted = (dest & 3) < (src & 3);
    if (adjusted) {
        dest = (uint16_t)((dest & 0xfffc) | (src & 3));
        if (memory)
            mem_write16(c, o, o->seg, EA, dest);
        else
            reg_write(c, o->rm, dest, 2);
    }
    set_zf(c, adjusted);
    NEXT;
}
ENTRY(ARPL);
