/* SPDX-License-Identifier: BSD-2-Clause */
/* state.c - what a model says of its state: is it possible, and what counts of it. */
#include "host.h"

#include <string.h>

enum { PE = 1 << 0, CR0_NW = 1 << 29, CR0_CD = 1 << 30, CR4_PAE = 1 << 5, VM = 1 << 17 };
enum { LME = 1 << 8, LMA = 1 << 10 };
enum { SS = 2, FS = 4, GS = 5, LDTR = 6 }; /* in ringdiff_state.segment */
#define PG        0x80000000U
#define RESERVED  UINT64_C(0xffffffffffc0802a) /* bits of RFLAGS: 3, 5, 15, 22 and up are 0, bit 1 is 1 */
#define ALWAYS    UINT64_C(2)
#define HIGH_HALF UINT64_C(0xffffffff00000000)

static bool long_active(const struct ringdiff_state *s) {
    return s->efer & LMA;
}

const char *state_impossible(const struct ringdiff_state *s, unsigned home) {
    if (s->cpl > 3)
        return "cpl is above 3";
    if ((s->rflags & RESERVED) != ALWAYS)
        return "reserved bits of rflags are wrong";
    if (s->cr0 & HIGH_HALF || (s->cr0 & PG && !(s->cr0 & PE)) || (s->cr0 & CR0_NW && !(s->cr0 & CR0_CD)))
        return "cr0 has bits that cannot be together";
    if (long_active(s) != (s->efer & LME && s->cr0 & PG))
        return "efer.lma is not lme and paging";
    if (long_active(s) && !(s->cr4 & CR4_PAE))
        return "long mode without cr4.pae";
    if (s->dr6 & HIGH_HALF || s->dr7 & HIGH_HALF)
        return "dr6 or dr7 has high bits";
    for (unsigned i = 0; i < 8; i++) {
        if (s->segment[i].rights & 0x0f00 || s->segment[i].null > 1)
            return "a segment's rights have bits of the limit";
    }
    for (unsigned i = 0; home == 32 && i < 16; i++) {
        if (s->gpr[i] & HIGH_HALF)
            return "a general register has high bits outside of 64-bit mode";
    }
    if (home == 32 && s->rip & HIGH_HALF)
        return "rip has high bits outside of 64-bit mode";
    return 0;
}

const char *event_impossible(const struct ringdiff_event *e, const struct ringdiff_state *s) {
    enum { WITH_ERROR = 1 << 8 | 1 << 10 | 1 << 11 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 17 | 1 << 21 };
    if (e->kind < RINGDIFF_FAULT || e->kind > RINGDIFF_EXTERNAL)
        return "it has no known kind";
    if (e->has_error > 1 || e->length > 15)
        return "has_error or length is out of range";
    if (e->kind == RINGDIFF_TRAP && e->vector != 1)
        return "a trap that is not #DB";
    if (e->kind != RINGDIFF_FAULT)
        return 0;
    if (e->vector > 31 || e->vector == 2)
        return "a fault with a vector that is no exception's";
    bool real = !(s->cr0 & PE);
    if (!real && e->has_error != (WITH_ERROR >> e->vector & 1))
        return "an error code with a vector that has none, or none with one that has";
    if (e->has_error && e->error > 0xffff)
        return "an error code of more than 16 bits";
    return 0;
}

/* Descriptor of a selector that the tables in memory have, as a segment register would hold it. Tables lie where linear and
 * physical addresses are the same. */
static bool look_up(const struct ringdiff_state *s, struct ringdiff_segment *to, struct refcore *core) {
    const struct ringdiff_segment *ldt = &s->segment[6];
    uint32_t at = to->selector & 0xfff8U, descriptor[2];
    uint64_t base = to->selector & 4 ? ldt->base : s->gdtr_base;
    uint64_t limit = to->selector & 4 ? ldt->limit : s->gdtr_limit;
    if (at + 7 > limit || base >> 31)
        return false;
    refcore_read_memory(core, base + at, descriptor, sizeof descriptor);
    uint32_t high = descriptor[1];
    to->rights = (uint16_t)(high >> 8 & 0xf0ff);
    to->base = descriptor[0] >> 16 | (high & 0xff) << 16 | (high & 0xff000000);
    to->limit = (descriptor[0] & 0xffff) | (high & 0xf0000);
    if (high & 1 << 23)
        to->limit = to->limit << 12 | 0xfff;
    to->null = 0;
    return true;
}

static void complete_segment(struct ringdiff_state *s, unsigned i, const struct ringdiff_state *launch,
                             struct refcore *core) {
    enum { RIGHTS_VM86 = 0xf3, RIGHTS_SS64 = 0xc093 };
    struct ringdiff_segment *to = &s->segment[i];
    const struct ringdiff_segment *was = &launch->segment[i];
    const uint16_t selector = to->selector;
    const uint64_t base = to->base;
    bool same_mode = ((s->cr0 ^ launch->cr0) & PE) == 0 && ((s->rflags ^ launch->rflags) & VM) == 0;
    *to = *was;
    to->selector = selector;
    if (selector != was->selector || !same_mode) {
        if (!(s->cr0 & PE)) {
            to->base = (uint64_t)selector << 4;
        } else if (s->rflags & VM && i < LDTR) {
            to->rights = RIGHTS_VM86;
            to->limit = 0xffff;
            to->base = (uint64_t)selector << 4;
            to->null = 0;
        } else if ((selector & ~3U) == 0) {
            to->null = 1;
            if (i == SS && long_active(s))
                to->rights = (uint16_t)(RIGHTS_SS64 | s->cpl << 5);
        } else if (!look_up(s, to, core)) {
            *to = *was;
            to->selector = selector;
        }
    }
    if (long_active(s) && (i == FS || i == GS))
        to->base = base;
}

void state_complete(struct ringdiff_state *s, const struct ringdiff_state *launch,
                    const struct ringdiff_state *reference, uint64_t can, struct refcore *core) {
    if (!(can & RINGDIFF_CAN_X87)) {
        s->fcw = launch->fcw, s->fsw = launch->fsw, s->fop = launch->fop, s->fcs = launch->fcs;
        s->fds = launch->fds, s->ftw = launch->ftw, s->fip = launch->fip, s->fdp = launch->fdp;
        memcpy(s->st, launch->st, sizeof s->st);
    }
    for (unsigned i = 0; i < 16; i++) {
        if (!(can & RINGDIFF_CAN_SSE))
            memcpy(s->ymm[i], launch->ymm[i], 16);
        if (!(can & RINGDIFF_CAN_AVX))
            memcpy(s->ymm[i] + 16, launch->ymm[i] + 16, 16);
    }
    if (!(can & RINGDIFF_CAN_SSE))
        s->mxcsr = launch->mxcsr;
    if (!(can & RINGDIFF_CAN_AVX))
        s->xcr0 = launch->xcr0;
    if (!(can & RINGDIFF_CAN_MSR)) {
        s->star = launch->star, s->lstar = launch->lstar, s->cstar = launch->cstar, s->fmask = launch->fmask;
        s->kernel_gs_base = launch->kernel_gs_base, s->tsc_aux = launch->tsc_aux, s->pat = launch->pat;
        s->apic_base = launch->apic_base, s->debugctl = launch->debugctl;
        s->sysenter_cs = launch->sysenter_cs, s->sysenter_esp = launch->sysenter_esp;
        s->sysenter_eip = launch->sysenter_eip;
    }
    if (can & RINGDIFF_CAN_HIDDEN)
        return;
    for (unsigned i = 8; i-- > 0;) { /* LDTR before those that may lie in its table */
        const uint64_t base = s->segment[i].base;
        if (s->segment[i].selector != reference->segment[i].selector) {
            complete_segment(s, i, launch, core);
            continue;
        }
        s->segment[i] = reference->segment[i];
        if (long_active(s) && (i == FS || i == GS))
            s->segment[i].base = base; /* these a model has to show in any case */
    }
}
