/* SPDX-License-Identifier: BSD-2-Clause */
/* convert.h - the model ABI's state as the reference core has it, and back. */
#ifndef RINGDIFF_CONVERT_H
#define RINGDIFF_CONVERT_H

#include "refcore.h"
#include "ringdiff_model.h"

#include <string.h>

static inline void state_from_core(struct refcore *m, struct ringdiff_state *to) {
    struct refcore_state s;
    struct refcore_msrs r;
    refcore_get_state(m, &s);
    refcore_get_msrs(m, &r);
    memset(to, 0, sizeof *to);
    memcpy(to->gpr, s.gpr, sizeof to->gpr);
    to->rip = s.rip;
    to->rflags = s.rflags;
    for (unsigned i = 0; i < 8; i++) {
        to->segment[i].selector = s.segment[i].selector;
        to->segment[i].rights = s.segment[i].rights;
        to->segment[i].limit = s.segment[i].limit;
        to->segment[i].base = s.segment[i].base;
        to->segment[i].null = s.segment[i].null;
        memcpy(&to->st[i].significand, &s.st[i].significand, sizeof to->st[i].significand);
        to->st[i].sign_exponent = s.st[i].sign_exponent;
    }
    to->gdtr_base = s.gdtr_base, to->gdtr_limit = s.gdtr_limit;
    to->idtr_base = s.idtr_base, to->idtr_limit = s.idtr_limit;
    to->cpl = s.cpl;
    to->cr0 = s.cr0, to->cr2 = s.cr2, to->cr3 = s.cr3, to->cr4 = s.cr4, to->cr8 = s.cr8, to->xcr0 = s.xcr0;
    memcpy(to->pdpte, s.pdpte, sizeof to->pdpte);
    memcpy(to->dr, s.dr, sizeof to->dr);
    to->dr6 = s.dr6, to->dr7 = s.dr7;
    to->efer = s.efer;
    to->star = r.star, to->lstar = r.lstar, to->cstar = r.cstar, to->fmask = r.fmask;
    to->kernel_gs_base = r.kernel_gs_base, to->tsc_aux = r.tsc_aux, to->pat = r.pat;
    to->apic_base = r.apic_base;
    to->sysenter_cs = r.sysenter_cs, to->sysenter_esp = r.sysenter_esp, to->sysenter_eip = r.sysenter_eip;
    to->debugctl = (uint32_t)r.debugctl;
    to->pkru = s.pkru, to->mxcsr = s.mxcsr;
    to->fcw = s.fcw, to->fsw = s.fsw, to->fop = s.fop, to->fcs = s.fcs, to->fds = s.fds, to->ftw = s.ftw;
    to->fip = s.fip, to->fdp = s.fdp;
    memcpy(to->ymm, s.ymm, sizeof to->ymm);
}

/* false: refcore_set_state() refuses it. */
static inline bool state_to_core(struct refcore *m, const struct ringdiff_state *from) {
    struct refcore_state s;
    memset(&s, 0, sizeof s);
    memcpy(s.gpr, from->gpr, sizeof s.gpr);
    s.rip = from->rip;
    s.rflags = from->rflags;
    for (unsigned i = 0; i < 8; i++) {
        s.segment[i].selector = from->segment[i].selector;
        s.segment[i].rights = from->segment[i].rights;
        s.segment[i].limit = from->segment[i].limit;
        s.segment[i].base = from->segment[i].base;
        s.segment[i].null = from->segment[i].null != 0;
        s.st[i].significand = from->st[i].significand;
        s.st[i].sign_exponent = from->st[i].sign_exponent;
    }
    s.gdtr_base = from->gdtr_base, s.gdtr_limit = from->gdtr_limit;
    s.idtr_base = from->idtr_base, s.idtr_limit = from->idtr_limit;
    s.cpl = from->cpl;
    s.cr0 = from->cr0, s.cr2 = from->cr2, s.cr3 = from->cr3, s.cr4 = from->cr4, s.cr8 = from->cr8;
    s.xcr0 = from->xcr0;
    memcpy(s.pdpte, from->pdpte, sizeof s.pdpte);
    memcpy(s.dr, from->dr, sizeof s.dr);
    s.dr6 = from->dr6, s.dr7 = from->dr7;
    s.efer = from->efer;
    s.pkru = from->pkru, s.mxcsr = from->mxcsr;
    s.fcw = from->fcw, s.fsw = from->fsw, s.fop = from->fop, s.fcs = from->fcs, s.fds = from->fds;
    s.ftw = from->ftw;
    s.fip = from->fip, s.fdp = from->fdp;
    memcpy(s.ymm, from->ymm, sizeof s.ymm);
    if (!refcore_set_state(m, &s))
        return false;
    const struct refcore_msrs r = {.star = from->star,
                                   .lstar = from->lstar,
                                   .cstar = from->cstar,
                                   .fmask = from->fmask,
                                   .kernel_gs_base = from->kernel_gs_base,
                                   .tsc_aux = from->tsc_aux,
                                   .pat = from->pat,
                                   .apic_base = from->apic_base,
                                   .sysenter_cs = from->sysenter_cs,
                                   .sysenter_esp = from->sysenter_esp,
                                   .sysenter_eip = from->sysenter_eip,
                                   .debugctl = from->debugctl};
    refcore_set_msrs(m, &r);
    return true;
}

/* An event as the core reports it: its state has the instruction's RIP, the model ABI's the one that is pushed. */
static inline void event_from_core(const struct refcore_event *e, struct ringdiff_state *state,
                                   struct ringdiff_event *to) {
    memset(to, 0, sizeof *to);
    to->kind = e->kind;
    to->vector = e->vector;
    to->has_error = e->has_error;
    to->error = e->has_error ? e->error : 0;
    if (e->kind == REFCORE_SOFTWARE || e->kind == REFCORE_INT3_INTO || e->kind == REFCORE_ICEBP) {
        to->length = (uint8_t)(e->next_rip - state->rip) & 15;
        state->rip = e->next_rip;
    }
    if (e->vector == 1 && (e->kind == REFCORE_FAULT || e->kind == REFCORE_TRAP))
        to->dr6 = (uint32_t)(state->dr6 & 0xe00f);
    if (e->vector == 14 && e->kind == REFCORE_FAULT)
        to->cr2 = state->cr2;
}

#endif
