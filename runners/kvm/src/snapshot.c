/* snapshot.c - the whole guest at one moment, and back to it.
   SPDX-License-Identifier: BSD-2-Clause */
#include "runner.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#define PAGE    4096u
#define MSR_TSC 0x10u /* goes on */

static void ask(const struct vm *vm, unsigned long request, void *argument, const char *what) {
    if (ioctl(vm->vcpu, request, argument) < 0)
        leave(EXIT_EMULATOR, "KVM does not tell or take %s: %s", what, strerror(errno));
}

static void *memory(size_t size) {
    void *block = calloc(1, size);
    if (!block)
        leave(EXIT_EMULATOR, "no memory for a snapshot");
    return block;
}

/* What KVM lists and then refuses is left out: KVM_GET_MSRS tells at which one it stopped. */
static struct kvm_msrs *read_msrs(const struct vm *vm) {
    uint32_t listed = vm->msrs->nmsrs;
    struct kvm_msrs *msrs = memory(sizeof *msrs + listed * sizeof msrs->entries[0]);
    struct kvm_msrs *one = memory(sizeof *one + sizeof one->entries[0]);

    for (uint32_t n = 0; n < listed; n++) {
        one->nmsrs = 1;
        one->entries[0] = (struct kvm_msr_entry){.index = vm->msrs->indices[n]};
        if (one->entries[0].index == MSR_TSC || ioctl(vm->vcpu, KVM_GET_MSRS, one) != 1)
            continue;
        if (ioctl(vm->vcpu, KVM_SET_MSRS, one) != 1)
            continue; /* cannot be put back: read-only */
        msrs->entries[msrs->nmsrs++] = one->entries[0];
    }
    free(one);
    return msrs;
}

static size_t xsave_size(const struct vm *vm) {
    return vm->xsave_size > (int)sizeof(struct kvm_xsave) ? (size_t)vm->xsave_size : sizeof(struct kvm_xsave);
}

/* Interrupt controllers and timer: told or taken. */
static void chips(struct snapshot *snapshot, const struct vm *vm, bool set) {
    static const uint32_t ids[] = {KVM_IRQCHIP_PIC_MASTER, KVM_IRQCHIP_PIC_SLAVE, KVM_IRQCHIP_IOAPIC};
    struct kvm_irqchip *const where[] = {&snapshot->pic[0], &snapshot->pic[1], &snapshot->ioapic};
    int failed = 0;

    for (size_t n = 0; n < 3; n++) {
        where[n]->chip_id = ids[n];
        failed |= ioctl(vm->machine, set ? KVM_SET_IRQCHIP : KVM_GET_IRQCHIP, where[n]) < 0;
    }
    failed |= ioctl(vm->machine, set ? KVM_SET_PIT2 : KVM_GET_PIT2, &snapshot->pit) < 0;
    failed |= ioctl(vm->vcpu, set ? KVM_SET_LAPIC : KVM_GET_LAPIC, &snapshot->lapic) < 0;
    if (failed)
        leave(EXIT_EMULATOR, "KVM does not tell or take its interrupt controllers: %s", strerror(errno));
}

void snapshot_take(struct snapshot *snapshot, struct vm *vm, const struct board *board, size_t ram_size) {
    snapshot_free(snapshot);
    ask(vm, KVM_GET_REGS, &snapshot->regs, "registers");
    ask(vm, KVM_GET_SREGS, &snapshot->sregs, "system registers");
    snapshot->xsave = memory(xsave_size(vm));
    if (vm->xsave_size > 0)
        ask(vm, KVM_GET_XSAVE2, snapshot->xsave, "XSAVE state");
    else
        ask(vm, KVM_GET_XSAVE, snapshot->xsave, "XSAVE state");
    ask(vm, KVM_GET_XCRS, &snapshot->xcrs, "XCRs");
    ask(vm, KVM_GET_VCPU_EVENTS, &snapshot->events, "pending events");
    ask(vm, KVM_GET_DEBUGREGS, &snapshot->debug, "debug registers");
    ask(vm, KVM_GET_MP_STATE, &snapshot->mp, "the activity state");
    snapshot->msrs = read_msrs(vm);
    if (vm->chips)
        chips(snapshot, vm, false);
    snapshot->ram_size = ram_size;
    snapshot->ram = malloc(ram_size);
    if (!snapshot->ram)
        leave(EXIT_EMULATOR, "no memory for a snapshot");
    snapshot->written = memory(vm->ram_size / PAGE / 8 + 8);
    vm_log_writes(vm);
    memcpy(snapshot->ram, vm->ram, ram_size);
    snapshot->board = *board;
    snapshot->taken = true;
}

void snapshot_restore(struct snapshot *snapshot, struct vm *vm, struct board *board) {
    vm_written(vm, snapshot->written);
    for (size_t page = 0; page < snapshot->ram_size / PAGE; page++)
        if (snapshot->written[page / 64] >> page % 64 & 1)
            memcpy(vm->ram + page * PAGE, snapshot->ram + page * PAGE, PAGE);
    vm_forget_translations(vm);
    *board = snapshot->board;
    vm->run->immediate_exit = 0;
    ask(vm, KVM_SET_MP_STATE, &snapshot->mp, "the activity state");
    ask(vm, KVM_SET_SREGS, &snapshot->sregs, "system registers");
    ask(vm, KVM_SET_XCRS, &snapshot->xcrs, "XCRs");
    ask(vm, KVM_SET_XSAVE, snapshot->xsave, "XSAVE state");
    if (ioctl(vm->vcpu, KVM_SET_MSRS, snapshot->msrs) != (int)snapshot->msrs->nmsrs)
        leave(EXIT_EMULATOR, "KVM does not take back its MSRs");
    ask(vm, KVM_SET_DEBUGREGS, &snapshot->debug, "debug registers");
    if (vm->chips)
        chips(snapshot, vm, true);
    ask(vm, KVM_SET_REGS, &snapshot->regs, "registers");
    ask(vm, KVM_SET_VCPU_EVENTS, &snapshot->events, "pending events");
    /* CR8 lives in the run structure where the APIC is not KVM's */
    vm->run->cr8 = snapshot->sregs.cr8;
}

void snapshot_free(struct snapshot *snapshot) {
    free(snapshot->ram);
    free(snapshot->written);
    free(snapshot->xsave);
    free(snapshot->msrs);
    memset(snapshot, 0, sizeof *snapshot);
}
