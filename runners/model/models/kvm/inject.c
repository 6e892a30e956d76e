/* SPDX-License-Identifier: BSD-2-Clause */
/* inject.c - a state into KVM (the kernel's Documentation/virt/kvm/api.rst). Registers, system registers and pending events go
 * in with KVM_RUN; of the rest only what KVM does not have already. */
#include "kvm.h"

#include <cpuid.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

/* SDM Vol. 4, "Architectural MSRs" */
const uint32_t msr_index[MSRS] = {0xc0000081, 0xc0000082, 0xc0000083, 0xc0000084, 0xc0000102, 0xc0000103,
                                  0x277,      0x174,      0x175,      0x176,      0x1d9};
static const char *const msr_name[MSRS] = {"STAR",           "LSTAR",        "CSTAR",   "FMASK",
                                           "KERNEL_GS_BASE", "TSC_AUX",      "PAT",     "SYSENTER_CS",
                                           "SYSENTER_ESP",   "SYSENTER_EIP", "DEBUGCTL"};
enum { DEBUGCTL = MSRS - 1 };

/* DEBUGCTL, of 32 bits in the state, is not among them. */
uint64_t *msr_field(struct ringdiff_state *s, unsigned which) {
    uint64_t *const field[DEBUGCTL] = {&s->star,           &s->lstar,       &s->cstar, &s->fmask,
                                       &s->kernel_gs_base, &s->tsc_aux,     &s->pat,   &s->sysenter_cs,
                                       &s->sysenter_esp,   &s->sysenter_eip};
    return which < DEBUGCTL ? field[which] : 0;
}

static uint64_t msr_value(const struct ringdiff_state *s, unsigned which) {
    struct ringdiff_state copy; /* only to be pointed into */
    if (which == DEBUGCTL)
        return s->debugctl;
    memcpy(&copy, s, sizeof copy);
    return *msr_field(&copy, which);
}

unsigned xsave_pkru(void) {
    unsigned eax, ebx, ecx, edx;
    enum { LEAF = 0xd, PKRU = 9, SIZE = 4 };
    if (!__get_cpuid_count(LEAF, PKRU, &eax, &ebx, &ecx, &edx) || eax < SIZE)
        return 0;
    return ebx <= sizeof(struct kvm_xsave) - SIZE ? ebx : 0;
}

/* The host's XSAVE state components. */
static uint64_t components(void) {
    unsigned eax = 0, ebx, ecx, edx;
    enum { LEAF = 0xd };
    return __get_cpuid_count(LEAF, 0, &eax, &ebx, &ecx, &edx) ? eax : 3;
}

void holding_probe(struct holding *h, const struct vm *vm) {
    union msr_list one;
    memset(h, 0, sizeof *h);
    for (unsigned i = 0; i < MSRS; i++) {
        memset(&one, 0, sizeof one);
        one.all.nmsrs = 1;
        one.all.entries[0].index = msr_index[i];
        h->has[i] = ioctl(vm->vcpu, KVM_GET_MSRS, &one) == 1;
    }
    h->sregs2 = ioctl(vm->kvm, KVM_CHECK_EXTENSION, KVM_CAP_SREGS2) > 0;
    h->pkru = xsave_pkru() != 0;
    h->components = (components() & 7) | (h->pkru ? 1 << 9 : 0);
}

/* ---- what goes in by calls of its own ---- */

/* Whether the parts between two fields are what KVM has. */
#define SAME(h, s, first, behind)                                                                            \
    ((h)->known &&                                                                                           \
     memcmp((const uint8_t *)&(h)->state + offsetof(struct ringdiff_state, first),                           \
            (const uint8_t *)(s) + offsetof(struct ringdiff_state, first),                                   \
            offsetof(struct ringdiff_state, behind) - offsetof(struct ringdiff_state, first)) == 0)

/* SDM Vol. 1, "XSAVE Area" and "FXSAVE Legacy Region" */
static const char *inject_fpu(const struct holding *h, const struct vm *vm, const struct ringdiff_state *s) {
    enum { FX_ST = 32, FX_XMM = 160, HEADER = 512, YMM = 576, MXCSR = 24 };
    static struct kvm_xsave area;
    uint8_t *at = (uint8_t *)&area;
    if (SAME(h, s, pkru, fcs) && SAME(h, s, ftw, zero2) && h->state.fip == s->fip && h->state.fdp == s->fdp &&
        memcmp(h->state.st, s->st, sizeof s->st) == 0 && memcmp(h->state.ymm, s->ymm, sizeof s->ymm) == 0)
        return 0;
    memset(&area, 0, sizeof area);
    memcpy(at, &s->fcw, 2);
    memcpy(at + 2, &s->fsw, 2);
    at[4] = s->ftw;
    memcpy(at + 6, &s->fop, 2);
    memcpy(at + 8, &s->fip, 8);
    memcpy(at + 16, &s->fdp, 8);
    memcpy(at + MXCSR, &s->mxcsr, 4);
    for (unsigned i = 0; i < 8; i++) {
        memcpy(at + FX_ST + 16 * i, &s->st[i].significand, 8);
        memcpy(at + FX_ST + 16 * i + 8, &s->st[i].sign_exponent, 2);
    }
    for (unsigned i = 0; i < 16; i++) {
        memcpy(at + FX_XMM + 16 * i, s->ymm[i], 16);
        memcpy(at + YMM + 16 * i, s->ymm[i] + 16, 16);
    }
    if (h->pkru)
        memcpy(at + xsave_pkru(), &s->pkru, 4);
    memcpy(at + HEADER, &h->components, 8);
    return ioctl(vm->vcpu, KVM_SET_XSAVE, &area) < 0 ? "KVM refuses the x87, SSE and AVX state" : 0;
}

static const char *inject_xcr0(const struct holding *h, const struct vm *vm, const struct ringdiff_state *s) {
    struct kvm_xcrs xcrs = {.nr_xcrs = 1, .xcrs = {{.value = s->xcr0 ? s->xcr0 : 1}}};
    if (h->known && h->state.xcr0 == s->xcr0)
        return 0;
    return ioctl(vm->vcpu, KVM_SET_XCRS, &xcrs) < 0 ? "KVM refuses XCR0" : 0;
}

static const char *inject_debug(const struct holding *h, const struct vm *vm,
                                const struct ringdiff_state *s) {
    struct kvm_debugregs debug = {.dr6 = s->dr6, .dr7 = s->dr7};
    if (SAME(h, s, dr, efer))
        return 0;
    memcpy(debug.db, s->dr, sizeof debug.db);
    return ioctl(vm->vcpu, KVM_SET_DEBUGREGS, &debug) < 0 ? "KVM refuses the debug registers" : 0;
}

static const char *inject_msrs(const struct holding *h, const struct vm *vm, const struct ringdiff_state *s) {
    static char reason[80];
    union msr_list msrs;
    unsigned which[MSRS + 1] = {0};
    memset(&msrs, 0, sizeof msrs);
    for (unsigned i = 0; i < MSRS; i++) {
        const uint64_t value = msr_value(s, i);
        if (h->has[i] ? h->known && msr_value(&h->state, i) == value : value == 0)
            continue;
        which[msrs.all.nmsrs] = i;
        msrs.all.entries[msrs.all.nmsrs++] = (struct kvm_msr_entry){.index = msr_index[i], .data = value};
    }
    if (msrs.all.nmsrs == 0)
        return 0;
    const int done = ioctl(vm->vcpu, KVM_SET_MSRS, &msrs);
    if (done == (int)msrs.all.nmsrs)
        return 0;
    snprintf(reason, sizeof reason, "KVM refuses the MSR %s", msr_name[which[done < 0 ? 0 : done]]);
    return reason;
}

/* ---- what goes in with KVM_RUN ---- */

static struct kvm_segment segment(const struct ringdiff_segment *s) {
    const uint16_t rights = s->rights;
    return (struct kvm_segment){.base = s->base,
                                .limit = s->limit,
                                .selector = s->selector,
                                .type = rights & 15,
                                .s = rights >> 4 & 1,
                                .dpl = rights >> 5 & 3,
                                .present = rights >> 7 & 1,
                                .avl = rights >> 12 & 1,
                                .l = rights >> 13 & 1,
                                .db = rights >> 14 & 1,
                                .g = rights >> 15 & 1,
                                .unusable = s->null};
}

static void set_registers(struct kvm_regs *r, const struct ringdiff_state *s) {
    *r = (struct kvm_regs){.rax = s->gpr[0],
                           .rcx = s->gpr[1],
                           .rdx = s->gpr[2],
                           .rbx = s->gpr[3],
                           .rsp = s->gpr[4],
                           .rbp = s->gpr[5],
                           .rsi = s->gpr[6],
                           .rdi = s->gpr[7],
                           .r8 = s->gpr[8],
                           .r9 = s->gpr[9],
                           .r10 = s->gpr[10],
                           .r11 = s->gpr[11],
                           .r12 = s->gpr[12],
                           .r13 = s->gpr[13],
                           .r14 = s->gpr[14],
                           .r15 = s->gpr[15],
                           .rip = s->rip,
                           .rflags = s->rflags};
}

/* The CPL of KVM is SS.DPL (in the kernel's svm.c, vmx.c). */
static void set_system(struct kvm_sregs *r, const struct ringdiff_state *s) {
    *r = (struct kvm_sregs){.es = segment(&s->segment[SEG_ES]),
                            .cs = segment(&s->segment[SEG_CS]),
                            .ss = segment(&s->segment[SEG_SS]),
                            .ds = segment(&s->segment[SEG_DS]),
                            .fs = segment(&s->segment[SEG_FS]),
                            .gs = segment(&s->segment[SEG_GS]),
                            .ldt = segment(&s->segment[SEG_LDTR]),
                            .tr = segment(&s->segment[SEG_TR]),
                            .gdt = {.base = s->gdtr_base, .limit = s->gdtr_limit},
                            .idt = {.base = s->idtr_base, .limit = s->idtr_limit},
                            .cr0 = s->cr0,
                            .cr2 = s->cr2,
                            .cr3 = s->cr3,
                            .cr4 = s->cr4,
                            .cr8 = s->cr8,
                            .efer = s->efer,
                            .apic_base = s->apic_base};
    r->ss.dpl = s->cpl & 3;
}

static void set_events(struct kvm_vcpu_events *e, const struct ringdiff_state *s) {
    memset(e, 0, sizeof *e);
    e->flags = KVM_VCPUEVENT_VALID_SHADOW | KVM_VCPUEVENT_VALID_NMI_PENDING;
    e->interrupt.shadow = (uint8_t)((s->shadow & 1 ? KVM_X86_SHADOW_INT_STI : 0) |
                                    (s->shadow & 2 ? KVM_X86_SHADOW_INT_MOV_SS : 0));
}

/* PAE paging: the four entries are those loaded with CR3, whatever memory has now. */
static const char *inject_pdptes(const struct holding *h, const struct vm *vm,
                                 const struct ringdiff_state *s) {
    const struct kvm_sregs *from = &vm->run->s.regs.sregs;
    struct kvm_sregs2 all = {.es = from->es,
                             .cs = from->cs,
                             .ss = from->ss,
                             .ds = from->ds,
                             .fs = from->fs,
                             .gs = from->gs,
                             .ldt = from->ldt,
                             .tr = from->tr,
                             .gdt = from->gdt,
                             .idt = from->idt,
                             .cr0 = from->cr0,
                             .cr2 = from->cr2,
                             .cr3 = from->cr3,
                             .cr4 = from->cr4,
                             .cr8 = from->cr8,
                             .efer = from->efer,
                             .apic_base = from->apic_base,
                             .flags = KVM_SREGS2_FLAGS_PDPTRS_VALID};
    if (!h->sregs2)
        return "this KVM takes no PDPTEs";
    memcpy(all.pdptrs, s->pdpte, sizeof all.pdptrs);
    return ioctl(vm->vcpu, KVM_SET_SREGS2, &all) < 0 ? "KVM refuses the system registers" : 0;
}

const char *inject(struct holding *h, const struct vm *vm, const struct ringdiff_state *s) {
    const bool pae = s->cr0 & CR0_PG && s->cr4 & CR4_PAE && !(s->efer & EFER_LMA);
    const char *why = inject_fpu(h, vm, s);
    if (!why)
        why = inject_xcr0(h, vm, s);
    if (!why)
        why = inject_debug(h, vm, s);
    if (!why)
        why = inject_msrs(h, vm, s);
    h->known = false;
    set_registers(&vm->run->s.regs.regs, s);
    set_system(&vm->run->s.regs.sregs, s);
    vm->run->cr8 = s->cr8; /* without a local APIC in the kernel KVM_RUN takes it from here */
    set_events(&vm->run->s.regs.events, s);
    vm->run->kvm_valid_regs = KVM_SYNC_X86_VALID_FIELDS;
    vm->run->kvm_dirty_regs = KVM_SYNC_X86_VALID_FIELDS;
    if (!why && pae) {
        why = inject_pdptes(h, vm, s);
        vm->run->kvm_dirty_regs = KVM_SYNC_X86_REGS | KVM_SYNC_X86_EVENTS;
    }
    return why;
}

/* KVM clears the bit of what it has taken. */
const char *inject_refused(const struct vm *vm) {
    const uint64_t left = vm->run->kvm_dirty_regs;
    if (left & KVM_SYNC_X86_REGS)
        return "KVM refuses the general registers";
    if (left & KVM_SYNC_X86_SREGS)
        return "KVM refuses the system registers: segments, control registers or EFER";
    return left & KVM_SYNC_X86_EVENTS ? "KVM refuses the interrupt shadow" : 0;
}
