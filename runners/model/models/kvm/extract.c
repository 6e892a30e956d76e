/* SPDX-License-Identifier: BSD-2-Clause */
/* extract.c - what a window has left in KVM. */
#include "kvm.h"

#include <string.h>
#include <sys/ioctl.h>

static struct ringdiff_segment segment(const struct kvm_segment *k) {
    const unsigned rights = k->type | (unsigned)k->s << 4 | (unsigned)k->dpl << 5 |
                            (unsigned)k->present << 7 | (unsigned)k->avl << 12 | (unsigned)k->l << 13 |
                            (unsigned)k->db << 14 | (unsigned)k->g << 15;
    return (struct ringdiff_segment){.selector = k->selector,
                                     .rights = (uint16_t)rights,
                                     .limit = k->limit,
                                     .base = k->base,
                                     .null = k->unusable || !k->present};
}

/* The flags there are. KVM's emulator may load the reserved ones; a frame that KVM has pushed shows them. */
#define FLAGS UINT64_C(0x3f7fd5)

static void take_registers(const struct kvm_regs *r, struct ringdiff_state *s) {
    const uint64_t gpr[16] = {r->rax, r->rcx, r->rdx, r->rbx, r->rsp, r->rbp, r->rsi, r->rdi,
                              r->r8,  r->r9,  r->r10, r->r11, r->r12, r->r13, r->r14, r->r15};
    memcpy(s->gpr, gpr, sizeof gpr);
    s->rip = r->rip;
    s->rflags = (r->rflags & FLAGS) | 2;
}

static void take_system(const struct kvm_sregs *r, struct ringdiff_state *s) {
    s->segment[SEG_ES] = segment(&r->es);
    s->segment[SEG_CS] = segment(&r->cs);
    s->segment[SEG_SS] = segment(&r->ss);
    s->segment[SEG_DS] = segment(&r->ds);
    s->segment[SEG_FS] = segment(&r->fs);
    s->segment[SEG_GS] = segment(&r->gs);
    s->segment[SEG_LDTR] = segment(&r->ldt);
    s->segment[SEG_TR] = segment(&r->tr);
    s->gdtr_base = r->gdt.base, s->gdtr_limit = r->gdt.limit;
    s->idtr_base = r->idt.base, s->idtr_limit = r->idt.limit;
    s->cr0 = r->cr0, s->cr2 = r->cr2, s->cr3 = r->cr3, s->cr4 = r->cr4, s->cr8 = r->cr8;
    s->efer = r->efer;
    s->apic_base = r->apic_base;
    s->cpl = r->ss.dpl;
    if (!(r->cr0 & CR0_PE))
        s->cpl = 0;
    else if (s->rflags & FLAG_VM)
        s->cpl = 3;
}

/* Outside of long mode there are no high halves, and no R8 to R15. */
static void drop_high_halves(struct ringdiff_state *s) {
    s->rip = (uint32_t)s->rip;
    for (unsigned i = 0; i < 16; i++)
        s->gpr[i] = i < 8 ? (uint32_t)s->gpr[i] : 0;
}

/* KVM keeps the 64-bit form of FXSAVE, which has neither FCS nor FDS. Where no x87 instruction has run they are as they were. */
static const char *take_fpu(const struct holding *h, const struct vm *vm, const struct ringdiff_state *launch,
                            struct ringdiff_state *s) {
    enum { FX_ST = 32, FX_XMM = 160, HEADER = 512, YMM = 576, MXCSR = 24, HAS_YMM = 1 << 2 };
    static struct kvm_xsave area;
    const uint8_t *at = (const uint8_t *)&area;
    if (ioctl(vm->vcpu, KVM_GET_XSAVE, &area) < 0)
        return "KVM does not tell the x87, SSE and AVX state";
    memcpy(&s->fcw, at, 2);
    memcpy(&s->fsw, at + 2, 2);
    s->ftw = at[4];
    memcpy(&s->fop, at + 6, 2);
    memcpy(&s->fip, at + 8, 8);
    memcpy(&s->fdp, at + 16, 8);
    memcpy(&s->mxcsr, at + MXCSR, 4);
    for (unsigned i = 0; i < 8; i++) {
        memcpy(&s->st[i].significand, at + FX_ST + 16 * i, 8);
        memcpy(&s->st[i].sign_exponent, at + FX_ST + 16 * i + 8, 2);
    }
    for (unsigned i = 0; i < 16; i++) {
        memcpy(s->ymm[i], at + FX_XMM + 16 * i, 16);
        memcpy(s->ymm[i] + 16, at + YMM + 16 * i, 16);
    }
    if (h->pkru)
        memcpy(&s->pkru, at + xsave_pkru(), 4);
    const bool same = s->fip == launch->fip && s->fdp == launch->fdp && s->fop == launch->fop;
    s->fcs = same ? launch->fcs : 0;
    s->fds = same ? launch->fds : 0;
    return 0;
}

static const char *take_msrs(const struct holding *h, const struct vm *vm, struct ringdiff_state *s) {
    union msr_list msrs;
    memset(&msrs, 0, sizeof msrs);
    for (unsigned i = 0; i < MSRS; i++) {
        if (h->has[i])
            msrs.all.entries[msrs.all.nmsrs++].index = msr_index[i];
    }
    if (ioctl(vm->vcpu, KVM_GET_MSRS, &msrs) != (int)msrs.all.nmsrs)
        return "KVM does not tell an MSR";
    for (unsigned i = 0, n = 0; i < MSRS; i++) {
        const uint64_t value = h->has[i] ? msrs.all.entries[n++].data : 0;
        if (msr_field(s, i))
            *msr_field(s, i) = value;
        else
            s->debugctl = (uint32_t)value;
    }
    return 0;
}

static const char *take_rest(const struct holding *h, const struct vm *vm, struct ringdiff_state *s) {
    struct kvm_debugregs debug;
    struct kvm_xcrs xcrs;
    struct kvm_sregs2 more;
    if (ioctl(vm->vcpu, KVM_GET_DEBUGREGS, &debug) < 0)
        return "KVM does not tell the debug registers";
    memcpy(s->dr, debug.db, sizeof s->dr);
    s->dr6 = debug.dr6, s->dr7 = debug.dr7;
    if (s->cr4 & CR4_OSXSAVE) { /* XSETBV is undefined without it */
        if (ioctl(vm->vcpu, KVM_GET_XCRS, &xcrs) < 0 || xcrs.nr_xcrs == 0)
            return "KVM does not tell XCR0";
        s->xcr0 = xcrs.xcrs[0].value;
    }
    if (s->cr0 & CR0_PG && s->cr4 & CR4_PAE && !(s->efer & EFER_LMA) && h->sregs2) {
        if (ioctl(vm->vcpu, KVM_GET_SREGS2, &more) < 0)
            return "KVM does not tell the PDPTEs";
        memcpy(s->pdpte, more.pdptrs, sizeof s->pdpte);
    }
    return 0;
}

const char *extract(struct holding *h, const struct vm *vm, const struct ringdiff_state *launch,
                    struct ringdiff_state *s) {
    const struct kvm_sync_regs *sync = &vm->run->s.regs;
    memset(s, 0, sizeof *s);
    s->xcr0 = launch->xcr0;
    take_registers(&sync->regs, s);
    take_system(&sync->sregs, s);
    s->shadow = (uint8_t)((sync->events.interrupt.shadow & KVM_X86_SHADOW_INT_STI ? 1 : 0) |
                          (sync->events.interrupt.shadow & KVM_X86_SHADOW_INT_MOV_SS ? 2 : 0));
    if (!(s->efer & EFER_LMA))
        drop_high_halves(s);
    const char *why = take_fpu(h, vm, launch, s);
    if (!why)
        why = take_msrs(h, vm, s);
    if (!why)
        why = take_rest(h, vm, s);
    if (!why) {
        h->state = *s;
        h->known = true;
    }
    return why;
}
