/* SPDX-License-Identifier: BSD-2-Clause */
/* The XSAVE header and the extended components. SDM Vol. 1, "Managing State Using the XSAVE Feature Set". */
enum {
    HEADER = 512,
    HEADER_XCOMP = 520,
    EXTENDED = 576,
    STATE_X87 = 1,
    STATE_SSE = 2,
    STATE_AVX = 4,
};
#define STATE_PKRU      (UINT64_C(1) << 9)
#define XCOMP_COMPACTED (UINT64_C(1) << 63)

/* CR4.OSXSAVE clear: #UD; CR0.TS: #NM; misaligned: #GP(0) */
static void xsave_available(struct cpu *c, const struct op *o) {
    if (!(c->cr4 & CR4_OSXSAVE))
        UD;
    if (c->cr0 & CR0_TS)
        RAISE(VECTOR_NM);
}
/* XSAVES and XRSTORS: CPL 0 only */
static void xsaves_available(struct cpu *c, const struct op *o) {
    if (!(c->cr4 & CR4_OSXSAVE))
        UD;
    if (c->cpl != 0)
        GP0;
    if (c->cr0 & CR0_TS)
        RAISE(VECTOR_NM);
}
static uint64_t requested(const struct cpu *c, uint64_t enabled) {
    return ((uint64_t)(uint32_t)c->r[R_DX] << 32 | (uint32_t)c->r[R_AX]) & enabled;
}
/* where component i lies, by format; `map` is XCOMP_BV */
static unsigned component_offset(const struct cpu *c, unsigned i, uint64_t map) {
    if (!(map & XCOMP_COMPACTED))
        return xsave_offset(c->profile, i);
    unsigned at = EXTENDED;
    for (unsigned k = 2; k < i; k++)
        at += map >> k & 1 ? xsave_size(c->profile, k) : 0;
    return at;
}
static unsigned region_end(const struct cpu *c, uint64_t components, uint64_t map) {
    unsigned end = EXTENDED;
    for (unsigned i = 2; i < 63; i++) {
        if (components >> i & 1) {
            unsigned last = component_offset(c, i, map) + xsave_size(c->profile, i);
            end = last > end ? last : end;
        }
    }
    return end;
}
static void component_image(const struct cpu *c, unsigned i, uint8_t *to) {
    if (i == 2) {
        for (unsigned n = 0; n < xmm_count(c); n++)
            memcpy(to + 16 * n, &c->v[n].q[2], 16);
    } else {
        memset(to, 0, 8);
        memcpy(to, &c->pkru, 4);
    }
}
static unsigned component_bytes(const struct cpu *c, unsigned i) {
    return i == 2 ? 16 * xmm_count(c) : xsave_size(c->profile, i);
}
/* from NULL: the initial configuration */
static void component_load(struct cpu *c, unsigned i, const uint8_t *from) {
    if (i == 2) {
        for (unsigned n = 0; n < xmm_count(c); n++) {
            if (from)
                memcpy(&c->v[n].q[2], from + 16 * n, 16);
            else
                memset(&c->v[n].q[2], 0, 16);
        }
    } else {
        uint32_t value = 0;
        if (from)
            memcpy(&value, from, 4);
        if (value != c->pkru) {
            c->pkru = value;
            tlb_flush(c, true);
        }
    }
}

/* Writes `write` of the components `saved`, in the format `map` says; then the header. */
static void xsave_write(struct cpu *c, const struct op *o, uint64_t offset, uint64_t saved, uint64_t write,
                        uint64_t map, bool mxcsr, const uint8_t *header, unsigned header_bytes) {
    uint8_t image[256];
    mem_probe_write(c, o, o->seg, offset, region_end(c, saved, map));
    if (write & STATE_X87) {
        x87_region(c, o, image);
        mem_write_bytes(c, o, o->seg, offset, image, 24, 0);
        st_region(c, image);
        mem_write_bytes(c, o, o->seg, offset + REGION_ST, image, 128, 0);
    }
    if (mxcsr) {
        memcpy(image, &c->mxcsr, 4);
        memcpy(image + 4, &c->profile->mxcsr_mask, 4);
        mem_write_bytes(c, o, o->seg, offset + REGION_MXCSR, image, 8, 0);
    }
    if (write & STATE_SSE) {
        xmm_region(c, image);
        mem_write_bytes(c, o, o->seg, offset + REGION_XMM, image, 16 * xmm_count(c), 0);
    }
    for (unsigned i = 2; i < 63; i++) {
        if (write >> i & 1) {
            component_image(c, i, image);
            mem_write_bytes(c, o, o->seg, offset + component_offset(c, i, map), image, component_bytes(c, i),
                            0);
        }
    }
    mem_write_bytes(c, o, o->seg, offset + HEADER, header, header_bytes, 0);
}
