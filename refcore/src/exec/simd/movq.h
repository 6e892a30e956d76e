/* SPDX-License-Identifier: BSD-2-Clause */
/* MOVQ - Move Quadword.  SDM Vol. 2B, MOVQ, "Operation". */
BOTH(MOVQ, {
    union vector result = {.q = {o->bits & OP_MEMORY ? mem_read64(c, o, o->seg, EA) : c->v[o->rm].q[0]}};
    WRITE128(o->reg, &result);
})
BOTH(MOVQ_STORE, {
    if (o->bits & OP_MEMORY) {
        mem_write64(c, o, o->seg, EA, c->v[o->reg].q[0]);
    } else {
        union vector result = {.q = {c->v[o->reg].q[0]}};
        WRITE128(o->rm, &result);
    }
})
HANDLER(MOVQ_MMX) {
    GUARD_MMX;
    uint64_t value = o->bits & OP_MEMORY ? mem_read64(c, o, o->seg, EA) : mmx_read(c, o->rm);
    mmx_transition(c);
    mmx_write(c, o->reg, value);
    NEXT;
}
ENTRY(MOVQ_MMX);
HANDLER(MOVQ_MMX_STORE) {
    GUARD_MMX;
    uint64_t value = mmx_read(c, o->reg);
    if (o->bits & OP_MEMORY)
        mem_write64(c, o, o->seg, EA, value);
    mmx_transition(c);
    if (!(o->bits & OP_MEMORY))
        mmx_write(c, o->rm, value);
    NEXT;
}
ENTRY(MOVQ_MMX_STORE);
