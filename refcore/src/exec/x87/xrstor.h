/* SPDX-License-Identifier: BSD-2-Clause */
/* XRSTOR, XRSTORS - Restore Processor Extended States (Supervisor).  SDM Vol. 2D, XRSTOR, XRSTORS, "Operation"; Vol. 1, "Operation of
 * XRSTOR". The header is checked before anything is loaded; components of RFBM absent from XSTATE_BV take their initial configuration. */
static void xrstor(struct cpu *c, const struct op *o, uint64_t enabled, bool supervisor) {
    uint8_t header[64], image[256], region[REGION_SIZE];
    uint64_t state, map, zero = 0;
    uint64_t offset = aligned_region(c, o, EXTENDED, 64, ACCESS_READ);
    uint64_t components = requested(c, enabled);
    mem_read_bytes(c, o, o->seg, offset + HEADER, header, 64, 0);
    memcpy(&state, header, 8);
    memcpy(&map, header + 8, 8);
    bool compacted = map & XCOMP_COMPACTED;
    for (unsigned i = 16; i < (compacted ? 64 : 24); i++)
        zero |= header[i];
    if (zero)
        GP0;
    if (compacted ? !cpu_has(c, FEATURE_XSAVEC) || (map & ~XCOMP_COMPACTED & ~enabled) || (state & ~map)
                  : supervisor || map != 0 || (state & ~c->xcr0))
        GP0;
    mem_read_bytes(c, o, o->seg, offset, region, REGION_SIZE, 0);
    uint32_t mxcsr;
    memcpy(&mxcsr, region + REGION_MXCSR, 4);
    bool load_mxcsr =
        compacted ? (components & state & STATE_SSE) != 0 : (components & (STATE_SSE | STATE_AVX)) != 0;
    if (load_mxcsr && (mxcsr & ~c->profile->mxcsr_mask))
        GP0;
    /* every byte is read before a register changes */
    uint8_t extended[2][256];
    for (unsigned i = 2; i < 63; i++) {
        if (components >> i & state >> i & 1 && xsave_size(c->profile, i)) {
            mem_read_bytes(c, o, o->seg, offset + component_offset(c, i, map), image, component_bytes(c, i),
                           0);
            memcpy(extended[i == 2 ? 0 : 1], image, sizeof image);
        }
    }
    if (components & STATE_X87) {
        static const uint8_t initial_st[128];
        uint8_t initial[24] = {0x7f, 0x03};
        bool stored = state & STATE_X87;
        x87_region_load(c, o, stored ? region : initial);
        st_region_load(c, stored ? region + REGION_ST : initial_st);
    }
    if (components & STATE_SSE) {
        static const uint8_t initial_xmm[256];
        xmm_region_load(c, state & STATE_SSE ? region + REGION_XMM : initial_xmm);
        if (compacted && !(state & STATE_SSE))
            c->mxcsr = 0x1f80;
    }
    if (load_mxcsr)
        c->mxcsr = mxcsr;
    for (unsigned i = 2; i < 63; i++) {
        if (components >> i & 1 && xsave_size(c->profile, i))
            component_load(c, i, state >> i & 1 ? extended[i == 2 ? 0 : 1] : 0);
    }
}
HANDLER(XRSTOR) {
    xsave_available(c, o);
    xrstor(c, o, c->xcr0, false);
    NEXT;
}
ENTRY(XRSTOR);
HANDLER(XRSTORS) {
    xsaves_available(c, o);
    xrstor(c, o, c->xcr0 | c->xss, true);
    NEXT;
}
ENTRY(XRSTORS);
