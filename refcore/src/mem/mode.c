/* SPDX-License-Identifier: BSD-2-Clause */
/* mode.c - what is derived from control registers and segments: mode word, privilege TLB, available
 * extensions, generation. */
#include "mode.h"
#include "../cpu/ablation.h"
#include "../cpu/reset.h"

void segment_derive(struct segment *s) {
    s->readable = s->writable = s->flat = false;
    s->first = 1;
    s->last = 0;
    if (s->null || !(s->rights & AR_P))
        return;
    s->readable = true;
    /* SDM Vol. 3A, "Code- and Data-Segment Descriptor Types", "Limit Checking" */
    if (!(s->rights & AR_S) || (s->rights & AR_CODE)) {
        if ((s->rights & AR_S) && !(s->rights & AR_WRITE_READ))
            s->readable = false;
    } else {
        s->writable = s->rights & AR_WRITE_READ;
        if (s->rights & AR_DOWN_CONFORMING) {
            uint32_t top = s->rights & AR_DB ? UINT32_MAX : 0xffff;
            if (s->limit < top) {
                s->first = s->limit + 1;
                s->last = top;
            }
            return;
        }
    }
    s->first = 0;
    s->last = s->limit;
    s->flat = s->base == 0 && s->limit == UINT32_MAX;
}

/* In real mode a segment has a base and a limit, and its type is not looked at. SDM Vol. 3A, "Real-Address
 * Mode Operation". */
static void derive_real(struct segment *s) {
    s->flat = false;
    if (s->null)
        return;
    s->readable = s->writable = true;
    s->first = 0;
    s->last = s->limit;
}

/* Without branches: levels and modes alternate where privilege is crossed, which no predictor foresees. */
static inline uint32_t mode_word(const struct cpu *c) {
    uint32_t lma = (uint32_t)(c->efer / EFER_LMA) & 1, pe = (uint32_t)c->cr0 & 1;
    uint32_t code64 = lma & c->seg[SEG_CS].rights / AR_L;
    uint32_t code32 = c->seg[SEG_CS].rights / AR_DB & ~code64 & 1;
    uint32_t stack32 = c->seg[SEG_SS].rights / AR_DB & 1;
    uint32_t vm = (uint32_t)(c->rflags / FLAG_VM) & pe;
    return code64 * MODE_CODE_64 | code32 * MODE_CODE_32 | stack32 * MODE_STACK_32 | pe * MODE_PE |
           vm * MODE_VM | lma * MODE_LMA | mode_flat(c, code32);
}

/* All that unavailable() looks at. */
static inline uint64_t facilities(const struct cpu *c) {
    return (c->cr0 & (CR0_EM | CR0_TS | CR0_MP)) | (c->mode & (MODE_PE | MODE_VM)) << 8 |
           (c->cr4 & (CR4_OSFXSR | CR4_OSXSAVE)) << 8 | (c->xcr0 & 6) << 32 | UINT64_C(1) << 63;
}

static uint32_t unavailable(const struct cpu *c) {
    bool em = c->cr0 & CR0_EM, ts = c->cr0 & CR0_TS;
    uint32_t no = 0;
    if (em || ts)
        no |= NO_X87 | NO_MMX;
    if (em || ts || !(c->cr4 & CR4_OSFXSR))
        no |= NO_SSE;
    if (ts || !(c->cr4 & CR4_OSXSAVE) || (c->xcr0 & 6) != 6 || (c->mode & (MODE_PE | MODE_VM)) != MODE_PE)
        no |= NO_AVX;
    if (ts && (c->cr0 & CR0_MP))
        no |= NO_WAIT;
    return no;
}

/* On the way into and out of protected mode. */
static COLD void derive_all(struct cpu *c) {
    for (unsigned i = SEG_ES; i <= SEG_GS; i++) {
        if (c->mode & MODE_PE)
            segment_derive(&c->seg[i]);
        else
            derive_real(&c->seg[i]);
    }
}

void mode_step_changed(struct cpu *c) {
    c->step = stepping(c);
    c->generation = (c->generation & ~GENERATION_STEPPING(1)) | GENERATION_STEPPING(c->step);
}

/* While alignment or data breakpoints may have to be looked for. */
COLD void mode_class_watched(struct cpu *c, uint32_t class) {
    bool alignment = c->cpl == 3 && (c->cr0 & CR0_AM) && (c->rflags & FLAG_AC);
    class_changed(c, alignment || ((c->dr7 & 0xff) && watch_active(c)) ? TLB_NONE : class);
}

void mode_transferred(struct cpu *c) {
    uint32_t rights = c->seg[SEG_CS].rights, lma = c->mode / MODE_LMA & 1;
    uint32_t code64 = lma & rights / AR_L, code32 = rights / AR_DB & ~code64 & 1;
    uint32_t stack32 = c->seg[SEG_SS].rights / AR_DB & 1;
    if (UNLIKELY((c->mode & MODE_VM) || (c->rflags & FLAG_VM))) {
        mode_changed(c);
        return;
    }
    c->mode = (c->mode & (MODE_PE | MODE_LMA)) | code64 * MODE_CODE_64 | code32 * MODE_CODE_32 |
              stack32 * MODE_STACK_32 | mode_flat(c, code32);
    if (code64)
        c->seg[SEG_CS].base = 0; /* as in mode_changed() */
    privilege_changed(c);
}

void mode_changed(struct cpu *c) {
    uint32_t old = c->mode;
    c->mode = mode_word(c);
    /* SDM Vol. 3A, "Segmentation in IA-32e Mode": 64-bit code has a base of 0, whatever its descriptor
     * says. Nothing shows the descriptor's: compatibility code comes with a descriptor of its own, and
     * CR0.PG cannot be cleared in 64-bit mode. */
    if ((c->mode & MODE_CODE) == MODE_CODE_64)
        c->seg[SEG_CS].base = 0;
    /* a load in real mode derives what it loads as protected mode would: all there is writable data */
    if (UNLIKELY((c->mode ^ old) & MODE_PE))
        derive_all(c);
    uint64_t seen = facilities(c);
    if (UNLIKELY(c->facilities != seen)) {
        c->facilities = seen;
        c->unavailable = unavailable(c);
    }
    privilege_changed(c);
}

void mode_replaced(struct cpu *c) {
    c->mode = mode_word(c);
    derive_all(c);
    mode_changed(c);
}
