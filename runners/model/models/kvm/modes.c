/* SPDX-License-Identifier: BSD-2-Clause */
/* modes.c - modes that this KVM cannot be in. kvm_pvm takes such a state and then drops CR0.PG or RFLAGS.VM without a word. */
#include "kvm.h"

#include <string.h>
#include <sys/ioctl.h>

static bool keeps_vm(const struct vm *vm) {
    struct kvm_sregs was, sregs;
    struct kvm_regs regs = {.rflags = FLAG_VM | 2};
    if (ioctl(vm->vcpu, KVM_GET_SREGS, &was) < 0)
        return false;
    sregs = was;
    sregs.cr0 |= CR0_PE;
    struct kvm_segment *const all[] = {&sregs.es, &sregs.cs, &sregs.ss, &sregs.ds, &sregs.fs, &sregs.gs};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        *all[i] = (struct kvm_segment){.limit = 0xffff, .type = 3, .s = 1, .dpl = 3, .present = 1};
    const bool kept = ioctl(vm->vcpu, KVM_SET_SREGS, &sregs) == 0 &&
                      ioctl(vm->vcpu, KVM_SET_REGS, &regs) == 0 &&
                      ioctl(vm->vcpu, KVM_GET_REGS, &regs) == 0 && regs.rflags & FLAG_VM;
    regs = (struct kvm_regs){.rflags = 2};
    return ioctl(vm->vcpu, KVM_SET_REGS, &regs) == 0 && ioctl(vm->vcpu, KVM_SET_SREGS, &was) == 0 && kept;
}

uint32_t modes_lacking(struct classes *classes, const struct vm *vm) {
    return (classes_lack_paging(classes, false) ? RINGDIFF_PM32_P32 : 0U) |
           (classes_lack_paging(classes, true) ? RINGDIFF_PM32_PAE : 0U) |
           (keeps_vm(vm) ? 0U : RINGDIFF_VM86);
}

const char *modes_refuse(uint32_t lacking, const struct ringdiff_state *s) {
    const bool paging = s->cr0 & CR0_PG && !(s->efer & EFER_LMA);
    if (paging && !(s->cr4 & CR4_PAE) && lacking & RINGDIFF_PM32_P32)
        return "unemulated: 32-bit paging";
    if (paging && s->cr4 & CR4_PAE && lacking & RINGDIFF_PM32_PAE)
        return "unemulated: PAE paging in protected mode";
    if (s->rflags & FLAG_VM && lacking & RINGDIFF_VM86)
        return "unemulated: virtual-8086 mode";
    return 0;
}
