/* SPDX-License-Identifier: BSD-2-Clause */
/* XSAVE, XSAVEOPT - Save Processor Extended States (Optimized).  SDM Vol. 2D, XSAVE, XSAVEOPT, "Operation": RFBM = EDX:EAX and XCR0;
 * XSTATE_BV keeps its bits outside RFBM and gets XINUSE inside it. XSAVEOPT writes only what is in use; its other optimisation (what was
 * not modified since XRSTOR) is optional and not taken. */
static void xsave_standard(struct cpu *c, const struct op *o, bool optimised) {
    xsave_available(c, o);
    uint64_t offset = aligned_region(c, o, EXTENDED, 64, ACCESS_WRITE);
    uint64_t components = requested(c, c->xcr0);
    uint64_t used = cpu_xinuse(c) & components;
    uint64_t state = mem_read64(c, o, o->seg, offset + HEADER);
    state = (state & ~components) | used;
    uint8_t header[8];
    memcpy(header, &state, 8);
    xsave_write(c, o, offset, components, optimised ? used : components, 0,
                (components & (STATE_SSE | STATE_AVX)) != 0, header, 8);
}
HANDLER(XSAVE) {
    xsave_standard(c, o, false);
    NEXT;
}
ENTRY(XSAVE);
HANDLER(XSAVEOPT) {
    xsave_standard(c, o, true);
    NEXT;
}
ENTRY(XSAVEOPT);
