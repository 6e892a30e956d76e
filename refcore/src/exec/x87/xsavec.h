/* SPDX-License-Identifier: BSD-2-Clause */
/* XSAVEC, XSAVES - Save Processor Extended States With Compaction (Supervisor).  SDM Vol. 2D, XSAVEC, XSAVES, "Operation". SSE counts as in
 * use when MXCSR differs from its initial value. */
static void xsave_compacted(struct cpu *c, const struct op *o, uint64_t enabled) {
    uint64_t offset = aligned_region(c, o, EXTENDED, 64, ACCESS_WRITE);
    uint64_t components = requested(c, enabled);
    uint64_t used = cpu_xinuse(c) | (c->mxcsr != 0x1f80 ? STATE_SSE : 0);
    uint64_t state = used & components;
    uint64_t map = components | XCOMP_COMPACTED;
    uint8_t header[64] = {0};
    memcpy(header, &state, 8);
    memcpy(header + 8, &map, 8);
    xsave_write(c, o, offset, components, state, map, (state & STATE_SSE) != 0, header, 16);
}
HANDLER(XSAVEC) {
    xsave_available(c, o);
    xsave_compacted(c, o, c->xcr0);
    NEXT;
}
ENTRY(XSAVEC);
HANDLER(XSAVES) {
    xsaves_available(c, o);
    xsave_compacted(c, o, c->xcr0 | c->xss);
    NEXT;
}
ENTRY(XSAVES);
