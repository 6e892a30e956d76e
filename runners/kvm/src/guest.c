/* guest.c - lets the guest run until something ends it.
   SPDX-License-Identifier: BSD-2-Clause */
#include "runner.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#define TICK_NS (10 * 1000 * 1000)

static timer_t ticker;

static void on_tick(int number) {
    (void)number;
}

/* A signal makes KVM_RUN return: without it a guest that loops would never be looked at. */
void watch_start(void) {
    struct sigaction action = {.sa_handler = on_tick,
                               .sa_flags = SA_RESTART}; /* KVM_RUN returns all the same */
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
    struct itimerspec every = {{0, TICK_NS}, {0, TICK_NS}};

    sigaction(SIGALRM, &action, NULL);
    if (timer_create(CLOCK_MONOTONIC, &event, &ticker) < 0 || timer_settime(ticker, 0, &every, NULL) < 0)
        leave(EXIT_EMULATOR, "no timer: %s", strerror(errno));
}

void watch_stop(void) {
    timer_delete(ticker);
}

void watch_hold(bool hold) {
    sigset_t tick;

    sigemptyset(&tick);
    sigaddset(&tick, SIGALRM);
    sigprocmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &tick, NULL);
}

static uint64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void internal_error(const struct vm *vm, struct ending *ending) {
    static const char *const names[] = {"?", "emulation", "simultaneous exceptions", "event delivery",
                                        "unexpected exit reason"};
    const struct kvm_run *run = vm->run;
    size_t used;

    ending->suberror = run->internal.suberror;
    snprintf(ending->text, sizeof ending->text, "KVM_EXIT_INTERNAL_ERROR, suberror %u (%s)",
             run->internal.suberror, names[run->internal.suberror < 5 ? run->internal.suberror : 0]);
    if (run->internal.suberror != KVM_INTERNAL_ERROR_EMULATION || run->emulation_failure.ndata < 3 ||
        !(run->emulation_failure.flags & KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES))
        return;
    ending->insn_size = run->emulation_failure.insn_size;
    if (ending->insn_size > 15)
        ending->insn_size = 15;
    memcpy(ending->insn, run->emulation_failure.insn_bytes, ending->insn_size);
    used = strlen(ending->text);
    for (unsigned n = 0; n < ending->insn_size && used + 16 < sizeof ending->text; n++)
        used += (size_t)snprintf(ending->text + used, sizeof ending->text - used, n ? " %02x" : " at %02x",
                                 ending->insn[n]);
}

void guest_failure(const struct vm *vm, struct ending *ending) {
    const struct kvm_run *run = vm->run;

    ending->end = END_INTERNAL;
    if (run->exit_reason == KVM_EXIT_INTERNAL_ERROR)
        internal_error(vm, ending);
    else if (run->exit_reason == KVM_EXIT_FAIL_ENTRY)
        snprintf(ending->text, sizeof ending->text, "KVM_EXIT_FAIL_ENTRY, hardware reason 0x%llx",
                 (unsigned long long)run->fail_entry.hardware_entry_failure_reason);
    else
        snprintf(ending->text, sizeof ending->text,
                 "KVM exit reason %u, which no guest of this runner should cause", run->exit_reason);
}

/* With the interrupt controllers in KVM a HLT does not come back to us. */
static bool halted(const struct vm *vm) {
    struct kvm_mp_state state;

    return vm->chips && !(vm->run->s.regs.regs.rflags & 1u << 9) &&
           ioctl(vm->vcpu, KVM_GET_MP_STATE, &state) == 0 && state.mp_state == KVM_MP_STATE_HALTED;
}

/* The kit asks for help.  True if the case it runs cannot go on as was asked for. */
static bool serve_kit(struct vm *vm, struct ending *ending) {
    const char *reason = vm->prefix ? prefix_lift(vm) : NULL;

    assist_port(vm);
    if (vm->prefix && !reason)
        reason = prefix_place(vm);
    if (reason) {
        ending->end = END_LACKS;
        snprintf(ending->text, sizeof ending->text, "%s", reason);
    }
    return reason != NULL;
}

/* True once the exit means the end of this run. */
static bool take_exit(struct vm *vm, struct board *board, struct stream *stream, struct ending *ending) {
    struct kvm_run *run = vm->run;

    switch (run->exit_reason) {
    case KVM_EXIT_IO:
        if (run->io.port == RESUME_PORT && run->io.direction == KVM_EXIT_IO_OUT && stream) {
            ending->end = END_RESUME_POINT;
            return true;
        }
        if (stream && assist_is_port(vm))
            return serve_kit(vm, ending);
        if (stream && hidden_port(vm, stream))
            return false;
        board_io(board, run);
        if (board->stopped) {
            ending->end = END_BYE;
            return true;
        }
        return false;
    case KVM_EXIT_MMIO: /* nothing is there: reads float high, writes are lost */
        if (!run->mmio.is_write)
            memset(run->mmio.data, 0xff, sizeof run->mmio.data);
        return false;
    case KVM_EXIT_SET_TPR:
    case KVM_EXIT_INTR:
    case KVM_EXIT_IRQ_WINDOW_OPEN:
        return false;
    case KVM_EXIT_HLT:
        ending->end = END_HANG;
        snprintf(ending->text, sizeof ending->text, "the guest halted, and nothing will wake it");
        return true;
    case KVM_EXIT_SHUTDOWN:
        ending->end = END_SHUTDOWN;
        snprintf(ending->text, sizeof ending->text, "triple fault");
        return true;
    case KVM_EXIT_SYSTEM_EVENT:
        ending->end = END_SHUTDOWN;
        snprintf(ending->text, sizeof ending->text, "system event %u", run->system_event.type);
        return true;
    case KVM_EXIT_INTERNAL_ERROR:
        guest_failure(vm, ending);
        return !(stream && assist_instruction(vm, ending));
    default:
        guest_failure(vm, ending);
        return true;
    }
}

void guest_run(struct vm *vm, struct board *board, struct stream *stream, unsigned stall_ms,
               struct ending *ending) {
    uint64_t last = now_ms();

    memset(ending, 0, sizeof *ending);
    vm->run->kvm_valid_regs = KVM_SYNC_X86_REGS;
    for (;;) {
        int status = ioctl(vm->vcpu, KVM_RUN, 0);
        if (status < 0 && errno != EINTR && errno != EAGAIN) {
            ending->end = END_INTERNAL;
            snprintf(ending->text, sizeof ending->text, "KVM_RUN: %s", strerror(errno));
            break;
        }
        if (status < 0) {
            uint64_t now = now_ms();
            if (stream && stream_follow(stream))
                last = now;
            if (stream && stream_finished(stream)) {
                ending->end = END_BYE;
                break;
            }
            if (halted(vm)) {
                ending->end = END_HANG;
                snprintf(ending->text, sizeof ending->text, "the guest halted, and nothing will wake it");
                break;
            }
            if (now - last > stall_ms) {
                ending->end = END_HANG;
                snprintf(ending->text, sizeof ending->text, "no output for %u ms", stall_ms);
                break;
            }
            continue;
        }
        if (take_exit(vm, board, stream, ending))
            break;
    }
    if (stream)
        stream_follow(stream);
    if (stream && stream_finished(stream) && ending->end != END_RESUME_POINT)
        ending->end = END_BYE;
}
