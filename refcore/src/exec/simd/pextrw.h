/* SPDX-License-Identifier: BSD-2-Clause */
/* PEXTRW - Extract Word.  SDM Vol. 2B, PEXTRW, "Operation". 0F C5 names the general register in ModRM.reg,
 * 0F3A 15 in ModRM.rm. */
HANDLER(PEXTRW_MMX) {
    GUARD_MMX;
    mmx_transition(c);
    c->r[o->reg] = mmx_read(c, o->rm) >> (16 * (IMM8 & 3)) & 0xffff;
    NEXT;
}
ENTRY(PEXTRW_MMX);
BOTH(PEXTRW, { c->r[o->reg] = c->v[o->rm].w[IMM8 & 7]; })
BOTH(PEXTRW_STORE, {
    uint16_t value = c->v[o->reg].w[IMM8 & 7];
    if (o->bits & OP_MEMORY)
        mem_write16(c, o, o->seg, EA, value);
    else
        c->r[o->rm] = value;
})
