/* SPDX-License-Identifier: BSD-2-Clause */
/* MOVNTSS, MOVNTSD - Move Non-Temporal Scalar Value.  APM Vol. 4, "MOVNTSS", "MOVNTSD". */
HANDLER(MOVNTSS) {
    GUARD_SSE;
    mem_write32(c, o, o->seg, EA, c->v[o->reg].d[0]);
    NEXT;
}
ENTRY(MOVNTSS);
HANDLER(MOVNTSD) {
    GUARD_SSE;
    mem_write64(c, o, o->seg, EA, c->v[o->reg].q[0]);
    NEXT;
}
ENTRY(MOVNTSD);
