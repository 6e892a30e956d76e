/* SPDX-License-Identifier: BSD-2-Clause */
/* run.c - a window: KVM_RUN until something ends it. */
#include "kvm.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

/* Processor time of one window. What KVM emulates takes some microseconds an instruction. */
#define WINDOW_NS UINT64_C(400000000)

enum { GO_ON = 0 }; /* no end yet; ringdiff_end begins with 1 */

static uint64_t processor_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

static enum ringdiff_end end_with(struct model *m, enum ringdiff_end end, const char *why) {
    snprintf(m->reason, sizeof m->reason, "%s", why);
    return end;
}

/* ---- ports and memory ---- */

static int serve_io(const struct model *m) {
    const struct kvm_run *run = m->vm.run;
    uint8_t *data = (uint8_t *)m->vm.run + run->io.data_offset;
    for (uint32_t i = 0; i < run->io.count; i++, data += run->io.size) {
        uint32_t value = 0;
        if (run->io.direction == KVM_EXIT_IO_IN) {
            value = m->machine->in(m->machine->context, run->io.port, run->io.size);
            memcpy(data, &value, run->io.size);
        } else {
            memcpy(&value, data, run->io.size);
            m->machine->out(m->machine->context, run->io.port, run->io.size, value);
        }
    }
    return GO_ON;
}

/* The pages of the capture ranges are memory; elsewhere there is nothing: reads float high, writes are lost. */
static int serve_memory(const struct model *m) {
    struct kvm_run *run = m->vm.run;
    const uint64_t at = run->mmio.phys_addr;
    if (at + run->mmio.len > m->vm.ram_size) {
        if (!run->mmio.is_write)
            memset(run->mmio.data, 0xff, sizeof run->mmio.data);
    } else if (run->mmio.is_write)
        memcpy(m->vm.ram + at, run->mmio.data, run->mmio.len);
    else
        memcpy(run->mmio.data, m->vm.ram + at, run->mmio.len);
    return GO_ON;
}

/* ---- interrupts ---- */

/* Goes in with the next KVM_RUN, as an interrupt that has been acknowledged. */
static void acknowledge(struct model *m) {
    struct kvm_run *run = m->vm.run;
    run->s.regs.events.exception.pending = run->s.regs.events.exception.injected = 0;
    run->s.regs.events.interrupt.injected = 1;
    run->s.regs.events.interrupt.nr = (uint8_t)m->interrupt;
    run->s.regs.events.interrupt.soft = 0;
    run->kvm_dirty_regs |= KVM_SYNC_X86_EVENTS;
    run->request_interrupt_window = 0;
    m->interrupt = -1;
}

/* The interrupt that is pending is taken, if the guest lets it. */
static bool interrupt(struct model *m) {
    const struct kvm_sync_regs *now = &m->vm.run->s.regs;
    if (m->interrupt < 0 || !(now->regs.rflags & FLAG_IF) || now->events.interrupt.shadow)
        return false;
    acknowledge(m);
    return true;
}

static void interrupt_at_launch(struct model *m, int vector) {
    m->interrupt = vector;
    m->vm.run->request_interrupt_window = vector >= 0;
    interrupt(m); /* the state is there already */
}

/* ---- what KVM cannot run ---- */

static enum ringdiff_end unemulated(struct model *m, const struct ending *ending) {
    const char *missing = classes_missing(m->classes, &m->vm, ending);
    if (!missing)
        return end_with(m, RINGDIFF_ERROR, ending->text);
    snprintf(m->reason, sizeof m->reason, "unemulated: %s", missing);
    return RINGDIFF_LACKS;
}

/* Where emulation fails KVM exits at CPL 0, and raises #UD elsewhere (handle_emulation_failure() in the kernel's x86.c): a handler
 * of the kit is entered at CPL 0. */
static int failure(struct model *m) {
    struct kvm_sync_regs *now = &m->vm.run->s.regs;
    struct ending ending;
    memset(&ending, 0, sizeof ending);
    guest_failure(&m->vm, &ending);
    if (m->vm.run->exit_reason == KVM_EXIT_FAIL_ENTRY)
        return end_with(m, RINGDIFF_LACKS, ending.text);
    if (m->vm.run->exit_reason != KVM_EXIT_INTERNAL_ERROR || ending.suberror != KVM_INTERNAL_ERROR_EMULATION)
        return end_with(m, RINGDIFF_ERROR, ending.text);
    if (captures_have(&m->captures, &now->sregs, now->regs.rip))
        return interrupt(m) ? GO_ON : RINGDIFF_CAPTURE;
    if (!assist_is_undefined(&ending))
        return unemulated(m, &ending);
    assist_raise_undefined(&now->events);
    m->vm.run->kvm_dirty_regs = KVM_SYNC_X86_EVENTS;
    return GO_ON;
}

/* A capture range that real mode reaches: the instruction is the HLT. */
static int halted(struct model *m) {
    struct kvm_sync_regs *now = &m->vm.run->s.regs;
    const bool captured = captures_have(&m->captures, &now->sregs, now->regs.rip - 1);
    if (captured)
        now->regs.rip--;
    if (!interrupt(m))
        return captured ? RINGDIFF_CAPTURE : RINGDIFF_HALTED;
    m->vm.run->kvm_dirty_regs |= KVM_SYNC_X86_REGS;
    return GO_ON;
}

static int take_exit(struct model *m) {
    switch (m->vm.run->exit_reason) {
    case KVM_EXIT_IO:
        return serve_io(m);
    case KVM_EXIT_MMIO:
        return serve_memory(m);
    case KVM_EXIT_IRQ_WINDOW_OPEN:
        interrupt(m);
        return GO_ON;
    case KVM_EXIT_SET_TPR:
    case KVM_EXIT_INTR:
        return GO_ON;
    case KVM_EXIT_HLT:
        return halted(m);
    case KVM_EXIT_SHUTDOWN:
        return RINGDIFF_SHUTDOWN;
    default:
        return failure(m);
    }
}

static int run(struct model *m) {
    uint64_t until = 0; /* of processor time; set when a tick has been seen */
    for (;;) {
        int end = GO_ON;
        if (ioctl(m->vm.vcpu, KVM_RUN, 0) == 0)
            end = take_exit(m);
        else if (errno == EINVAL && inject_refused(&m->vm))
            end = (int)end_with(m, RINGDIFF_LACKS, inject_refused(&m->vm));
        else if (errno != EINTR && errno != EAGAIN) {
            snprintf(m->reason, sizeof m->reason, "KVM_RUN: %s", strerror(errno));
            end = RINGDIFF_ERROR;
        } else if (!until)
            until = processor_ns() + WINDOW_NS;
        else if (processor_ns() > until)
            end = RINGDIFF_LIMIT;
        if (end != GO_ON)
            return end;
    }
}

enum ringdiff_end run_window(struct model *m, const struct ringdiff_run_limits *limits) {
    interrupt_at_launch(m, limits->interrupt);
    return (enum ringdiff_end)run(m);
}
