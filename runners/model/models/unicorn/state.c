/* SPDX-License-Identifier: BSD-2-Clause */
#include "engine.h"

#include <string.h>

enum { ES, CS, SS, DS, FS, GS, LDTR, TR, GDTR, IDTR };
/* QEMU's hflags: what generated code is specialised on (target/i386/cpu.h, HF_...) */
enum {
    HF_CPL = 3,
    HF_INHIBIT_IRQ = 1 << 3,
    HF_CS32 = 1 << 4,
    HF_SS32 = 1 << 5,
    HF_ADDSEG = 1 << 6,
    HF_PE = 1 << 7,
    HF_TF = 1 << 8,
    HF_MP_EM_TS = 7 << 9,
    HF_IOPL = 3 << 12,
    HF_LMA = 1 << 14,
    HF_CS64 = 1 << 15,
    HF_RF = 1 << 16,
    HF_VM = 1 << 17,
    HF_AC = 1 << 18,
    HF_SVME = 1 << 20,
    HF_OSFXSR = 1 << 22,
    HF_SMAP = 1 << 23,
    HF_OWN = 0x05ffffff & ~(1 << 2 | 1 << 19 | 1 << 21), /* what is computed here */
};
enum { RESULT_FLAGS = 0x8d5, FLAG_DF = 0x400, RIGHTS_DB = 0x4000, RIGHTS_L = 0x2000 };
enum { TSS_BUSY = 2 }; /* QEMU keeps it out of its TR, and aborts where it finds it there */

static void put(uint8_t *to, uint64_t value, size_t size) {
    memcpy(to, &value, size);
}
static uint64_t get(const uint8_t *from, size_t size) {
    uint64_t value = 0;
    memcpy(&value, from, size);
    return value;
}

static uint32_t hflags_of(const struct ringdiff_state *s) {
    const struct ringdiff_segment *g = s->segment;
    const bool lma = s->efer >> 10 & 1, pe = s->cr0 & 1, vm = s->rflags >> 17 & 1;
    uint32_t h = s->cpl & HF_CPL;
    if (lma && g[CS].rights & RIGHTS_L && !vm)
        h |= HF_CS32 | HF_SS32 | HF_CS64;
    else {
        h |= g[CS].rights & RIGHTS_DB ? HF_CS32 : 0;
        h |= g[SS].rights & RIGHTS_DB ? HF_SS32 : 0;
        if (!pe || vm || !(h & HF_CS32) || g[DS].base | g[ES].base | g[SS].base)
            h |= HF_ADDSEG;
    }
    h |= pe ? HF_PE : 0;
    h |= lma ? HF_LMA : 0;
    h |= (uint32_t)(s->cr0 << 8) & HF_MP_EM_TS;
    h |= (uint32_t)s->rflags & (HF_TF | HF_IOPL | HF_VM);
    h |= s->cr4 >> 9 & 1 ? HF_OSFXSR : 0;
    h |= s->cr4 >> 21 & 1 ? HF_SMAP : 0;
    h |= s->efer >> 12 & 1 ? HF_SVME : 0;
    h |= s->shadow ? HF_INHIBIT_IRQ : 0;
    return h;
}

static void put_segment(uint8_t *to, unsigned selector, uint64_t base, uint32_t limit, uint32_t flags) {
    put(to + SEGMENT_SELECTOR, selector, 4);
    put(to + SEGMENT_BASE, base, 8);
    put(to + SEGMENT_LIMIT, limit, 4);
    put(to + SEGMENT_FLAGS, flags, 4);
}

void state_put(const struct layout *at, uint8_t *c, const struct ringdiff_state *s) {
    const uint64_t flags = s->rflags | 2;
    memcpy(c + at->gpr, s->gpr, sizeof s->gpr);
    put(c + at->rip, s->rip, 8);
    put(c + at->rflags, flags,
        8); /* uc_emu_start() takes the result flags from here, API calls from cc_src */
    put(c + at->cc_src, flags & RESULT_FLAGS, 8);
    put(c + at->cc_op, at->cc_op_eflags, 4);
    put(c + at->df, flags & FLAG_DF ? UINT32_MAX : 1, 4);
    put(c + at->hflags, (get(c + at->hflags, 4) & ~(uint64_t)HF_OWN) | hflags_of(s), 4);
    for (unsigned i = ES; i <= TR; i++) {
        const struct ringdiff_segment *g = &s->segment[i];
        const uint32_t flags_of = (uint32_t)(i == TR ? g->rights & ~TSS_BUSY : g->rights) << 8;
        uint8_t *to = c + at->segment + i * at->segment_size;
        if (g->null) /* what a load of a null selector leaves in QEMU; bases of FS and GS live on in long mode */
            put_segment(to, g->selector, i == FS || i == GS ? g->base : 0, 0, 0);
        else
            put_segment(to, g->selector, g->base, g->limit, flags_of);
    }
    put_segment(c + at->segment + GDTR * at->segment_size, 0, s->gdtr_base, s->gdtr_limit, 0);
    put_segment(c + at->segment + IDTR * at->segment_size, 0, s->idtr_base, s->idtr_limit, 0);
    const uint64_t cr[5] = {s->cr0, 0, s->cr2, s->cr3, s->cr4};
    memcpy(c + at->cr, cr, sizeof cr);
    put(c + at->efer, s->efer, 8);
    memcpy(c + at->dr, s->dr, sizeof s->dr);
    put(c + at->dr + 6 * 8, s->dr6, 8);
    put(c + at->dr + 7 * 8, s->dr7, 8);
    put(c + at->old_exception, UINT32_MAX, 4);
    for (unsigned i = 0; i < 16; i++)
        memcpy(c + at->xmm + i * at->xmm_stride, s->ymm[i], 16);
}

/* All but RFLAGS, x87 and MXCSR: those are read through the API. */
void state_get(const struct layout *at, const uint8_t *c, struct ringdiff_state *s) {
    const uint32_t h = (uint32_t)get(c + at->hflags, 4);
    memcpy(s->gpr, c + at->gpr, sizeof s->gpr);
    s->rip = get(c + at->rip, 8);
    s->cpl = h & HF_CPL;
    s->shadow = h & HF_INHIBIT_IRQ ? 1 : 0;
    for (unsigned i = ES; i <= TR; i++) {
        const uint8_t *from = c + at->segment + i * at->segment_size;
        struct ringdiff_segment *g = &s->segment[i];
        g->selector = (uint16_t)get(from + SEGMENT_SELECTOR, 4);
        g->base = get(from + SEGMENT_BASE, 8);
        g->limit = (uint32_t)get(from + SEGMENT_LIMIT, 4);
        g->rights = get(from + SEGMENT_FLAGS, 4) >> 8 & 0xf0ff;
        g->null = !(g->rights & 0x80);
        if (i == TR && !g->null)
            g->rights |= TSS_BUSY;
    }
    const uint8_t *gdtr = c + at->segment + GDTR * at->segment_size, *idtr = gdtr + at->segment_size;
    s->gdtr_base = get(gdtr + SEGMENT_BASE, 8);
    s->gdtr_limit = (uint16_t)get(gdtr + SEGMENT_LIMIT, 4);
    s->idtr_base = get(idtr + SEGMENT_BASE, 8);
    s->idtr_limit = (uint16_t)get(idtr + SEGMENT_LIMIT, 4);
    s->cr0 = get(c + at->cr, 8);
    s->cr2 = get(c + at->cr + 16, 8);
    s->cr3 = get(c + at->cr + 24, 8);
    s->cr4 = get(c + at->cr + 32, 8);
    s->efer = get(c + at->efer, 8);
    memcpy(s->dr, c + at->dr, sizeof s->dr);
    s->dr6 = get(c + at->dr + 6 * 8, 8);
    s->dr7 = get(c + at->dr + 7 * 8, 8);
    for (unsigned i = 0; i < 16; i++)
        memcpy(s->ymm[i], c + at->xmm + i * at->xmm_stride, 16);
}

/* ---- MSRs ---- */

bool state_same_msrs(const struct ringdiff_state *a, const struct ringdiff_state *b) {
    return a->star == b->star && a->lstar == b->lstar && a->cstar == b->cstar && a->fmask == b->fmask &&
           a->kernel_gs_base == b->kernel_gs_base && a->sysenter_cs == b->sysenter_cs &&
           a->sysenter_esp == b->sysenter_esp && a->sysenter_eip == b->sysenter_eip;
}

bool state_put_msrs(const struct library *l, uc_engine *uc, const struct ringdiff_state *s) {
    const uc_x86_msr msrs[] = {{0xc0000081, s->star},           {0xc0000082, s->lstar},
                               {0xc0000083, s->cstar},          {0xc0000084, s->fmask},
                               {0xc0000102, s->kernel_gs_base}, {0x174, s->sysenter_cs},
                               {0x175, s->sysenter_esp},        {0x176, s->sysenter_eip}};
    for (unsigned i = 0; i < sizeof msrs / sizeof *msrs; i++) {
        uc_x86_msr now = {msrs[i].rid, 0};
        l->reg_write(uc, UC_X86_REG_MSR, &msrs[i]);
        l->reg_read(uc, UC_X86_REG_MSR, &now);
        if (now.value != msrs[i].value)
            return false;
    }
    return true;
}

/* ---- x87, MXCSR ---- */

bool state_same_x87(const struct ringdiff_state *a, const struct ringdiff_state *b) {
    return a->mxcsr == b->mxcsr && a->fcw == b->fcw && a->fsw == b->fsw && a->ftw == b->ftw &&
           a->fop == b->fop && a->fcs == b->fcs && a->fds == b->fds && a->fip == b->fip && a->fdp == b->fdp &&
           memcmp(a->st, b->st, sizeof a->st) == 0;
}

void state_put_x87(const struct library *l, uc_engine *uc, const struct ringdiff_state *s) {
    uint16_t tags = 0;
    for (unsigned i = 0; i < 8; i++)
        tags |= s->ftw >> i & 1 ? 0 : (uint16_t)(3 << 2 * i);
    l->reg_write(uc, UC_X86_REG_FPSW, &s->fsw);
    l->reg_write(uc, UC_X86_REG_FPCW, &s->fcw);
    for (int i = 0; i < 8; i++)
        l->reg_write(uc, UC_X86_REG_ST0 + i, &s->st[i]);
    l->reg_write(uc, UC_X86_REG_FPTAG, &tags);
    l->reg_write(uc, UC_X86_REG_FOP, &s->fop);
    l->reg_write(uc, UC_X86_REG_FCS, &s->fcs);
    l->reg_write(uc, UC_X86_REG_FDS, &s->fds);
    l->reg_write(uc, UC_X86_REG_FIP, &s->fip);
    l->reg_write(uc, UC_X86_REG_FDP, &s->fdp);
    l->reg_write(uc, UC_X86_REG_MXCSR, &s->mxcsr);
}

void state_get_x87(const struct library *l, uc_engine *uc, struct ringdiff_state *s) {
    uint16_t tags = 0;
    l->reg_read(uc, UC_X86_REG_FPSW, &s->fsw);
    l->reg_read(uc, UC_X86_REG_FPCW, &s->fcw);
    for (int i = 0; i < 8; i++)
        l->reg_read(uc, UC_X86_REG_ST0 + i, &s->st[i]);
    l->reg_read(uc, UC_X86_REG_FPTAG, &tags);
    l->reg_read(uc, UC_X86_REG_FOP, &s->fop);
    l->reg_read(uc, UC_X86_REG_FCS, &s->fcs);
    l->reg_read(uc, UC_X86_REG_FDS, &s->fds);
    l->reg_read(uc, UC_X86_REG_FIP, &s->fip);
    l->reg_read(uc, UC_X86_REG_FDP, &s->fdp);
    l->reg_read(uc, UC_X86_REG_MXCSR, &s->mxcsr);
    s->ftw = 0;
    for (unsigned i = 0; i < 8; i++)
        s->ftw |= (tags >> 2 * i & 3) == 3 ? 0 : (uint8_t)(1 << i);
}
