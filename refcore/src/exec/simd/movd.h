/* SPDX-License-Identifier: BSD-2-Clause */
/* MOVD/MOVQ - Move Doubleword/Move Quadword.  SDM Vol. 2B, MOVD/MOVQ, "Operation". */
BOTH(MOVD, {
    union vector result = {.q = {rm_read(c, o, W64 ? 8 : 4)}};
    WRITE128(o->reg, &result);
})
BOTH(MOVD_STORE, { rm_write(c, o, c->v[o->reg].q[0], W64 ? 8 : 4); })
HANDLER(MOVD_MMX) {
    GUARD_MMX;
    uint64_t value = rm_read(c, o, W64 ? 8 : 4);
    mmx_transition(c);
    mmx_write(c, o->reg, value);
    NEXT;
}
ENTRY(MOVD_MMX);
HANDLER(MOVD_MMX_STORE) {
    GUARD_MMX;
    rm_write(c, o, mmx_read(c, o->reg), W64 ? 8 : 4);
    mmx_transition(c);
    NEXT;
}
ENTRY(MOVD_MMX_STORE);
