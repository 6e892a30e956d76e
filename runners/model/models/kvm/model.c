/* SPDX-License-Identifier: BSD-2-Clause */
/* model.c - the model `kvm`: a window in a virtual machine of /dev/kvm, entered by injection of its state. No boot, no kit: what
 * the machine runs is the window and what the window leads to. */
#include "kvm.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char *no_model; /* why ringdiff_create() answered NULL */

/* Of the runner's parts; only what cannot be (no memory, KVM's own calls failing) comes here. */
void leave(int code, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    fflush(stderr);
    _exit(code);
}

static struct ringdiff_info info = {
    .abi = RINGDIFF_MODEL_ABI,
    .modes = RINGDIFF_ALL_MODES,
    .can = RINGDIFF_CAN_ALL,
    .cpls = 15,
    .detail = "the kernel's KVM, by injection of state",
};

const struct ringdiff_info *ringdiff_info(void) {
    if (!info.name) {
        info.name = host_family();
        info.version = host_version();
    }
    return &info;
}

/* ---- creation ---- */

static const char *lacks(int kvm) {
    const int wanted = KVM_SYNC_X86_REGS | KVM_SYNC_X86_SREGS | KVM_SYNC_X86_EVENTS;
    if ((ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_SYNC_REGS) & wanted) != wanted)
        return "this KVM does not take system registers and events with KVM_RUN";
    return ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_XCRS) <= 0 ? "this KVM lacks XCR0" : 0;
}

static const char *start(struct model *m, enum vendor vendor) {
    const struct ringdiff_machine *machine = m->machine;
    const char *reason = host_refuses(vendor);
    if (reason)
        return reason;
    m->kvm = kvm_open(&reason);
    if (m->kvm < 0)
        return reason;
    reason = lacks(m->kvm);
    if (reason)
        return reason;
    if (!vm_create_around(&m->vm, m->kvm, machine->ram, machine->ram_size, vendor, &reason))
        return reason;
    shadow_open(&m->shadow, &m->vm);
    holding_probe(&m->holding, &m->vm);
    watch_start();
    m->classes = classes_new(m->kvm, vendor);
    m->lacking = modes_lacking(m->classes, &m->vm);
    info.modes &= ~m->lacking;
    return 0;
}

void *ringdiff_create(const struct ringdiff_machine *machine) {
    struct model *m = calloc(1, sizeof *m);
    if (!m) {
        no_model = "no memory";
        return 0;
    }
    m->machine = machine;
    m->kvm = m->vm.vcpu = m->vm.machine = m->shadow.stats = -1;
    no_model = start(m, strncmp(machine->profile, "intel", 5) == 0 ? VENDOR_INTEL : VENDOR_AMD);
    if (!no_model)
        return m;
    vm_destroy(&m->vm);
    if (m->kvm >= 0)
        close(m->kvm);
    free(m);
    return 0;
}

void ringdiff_destroy(void *model) {
    struct model *m = model;
    watch_stop();
    classes_free(m->classes);
    vm_destroy(&m->vm);
    captures_free(&m->captures);
    shadow_close(&m->shadow);
    close(m->kvm);
    free(m);
}

const char *ringdiff_reason(void *model) {
    const struct model *m = model;
    return m ? m->reason : no_model;
}

/* ---- state and memory ---- */

static bool refuse(struct model *m, const char *reason) {
    if (reason)
        snprintf(m->reason, sizeof m->reason, "%s", reason);
    return !reason;
}

void ringdiff_memory_changed(void *model, uint64_t address, uint64_t size) {
    struct model *m = model;
    (void)address, (void)size; /* page tables may lie anywhere; code is not kept */
    m->shadow.stale = true;
}

bool ringdiff_set_state(void *model, const struct ringdiff_state *state) {
    struct model *m = model;
    m->launch = *state;
    if (!refuse(m, modes_refuse(m->lacking, state)))
        return false;
    return refuse(m, inject(&m->holding, &m->vm, state));
}

void ringdiff_get_state(void *model, struct ringdiff_state *state) {
    struct model *m = model;
    const char *why = extract(&m->holding, &m->vm, &m->launch, state);
    if (why)
        leave(EXIT_EMULATOR, "%s", why);
}

enum ringdiff_end ringdiff_run(void *model, const struct ringdiff_run_limits *limits,
                               struct ringdiff_event *event) {
    struct model *m = model;
    (void)event; /* KVM delivers them */
    const char *why = captures_set(&m->captures, &m->vm, limits->capture, limits->captures);
    if (!why)
        why = shadow_refresh(&m->shadow, &m->vm, &m->launch);
    if (!why)
        return run_window(m, limits);
    refuse(m, why);
    return RINGDIFF_ERROR;
}
