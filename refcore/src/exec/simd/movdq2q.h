/* SPDX-License-Identifier: BSD-2-Clause */
/* MOVDQ2Q - Move Quadword from XMM to MMX Technology Register; MOVQ2DQ - ... from MMX Technology to XMM
 * Register. SDM Vol. 2B: both are MMX instructions to the x87 state, and need what SSE2 needs. */
HANDLER(MOVDQ2Q) {
    GUARD_SSE;
    GUARD_X87;
    mmx_transition(c);
    mmx_write(c, o->reg, c->v[o->rm].q[0]);
    NEXT;
}
ENTRY(MOVDQ2Q);
HANDLER(MOVQ2DQ) {
    GUARD_SSE;
    GUARD_X87;
    mmx_transition(c);
    union vector result = {.q = {mmx_read(c, o->rm)}};
    write_sse(c, o->reg, &result, 16);
    NEXT;
}
ENTRY(MOVQ2DQ);
