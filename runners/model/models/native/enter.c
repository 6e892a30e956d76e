/* SPDX-License-Identifier: BSD-2-Clause */
/* enter.c - Linux signal frames as the way into and out of a state: rt_sigreturn() enters it, the signal of its exception brings it
 * back (layout: the kernel's asm/sigcontext.h; signal(7)). System calls of the guest are caught by syscall user dispatch
 * (the kernel's Documentation/admin-guide/syscall-user-dispatch.rst), loops by a timer of processor time.
 *
 * What is static here is so because a signal handler cannot be given an argument. While guest code runs FS is the guest's: the
 * handler restores the host's before any C runs. */
#include "native.h"

#include <asm/prctl.h>
#include <elf.h>
#include <signal.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

enum { ALT_STACK = 1 << 16, XSTATE_ROOM = 1 << 14 };
/* offsets in the FXSAVE image and the standard XSAVE format: SDM Vol. 1, "XSAVE-Managed State" */
enum { FX_ST = 32, FX_XMM = 160, FX_SW = 464, XSTATE_BV = 512, XSTATE_YMM = 576, XSTATE_MIN = 832 };
enum { COMPONENTS = 7, HWCAP2_FSGS = 2 };
enum { DISPATCH_SET = 59, DISPATCH_OFF = 0, DISPATCH_ON = 1 }; /* prctl: PR_SET_SYSCALL_USER_DISPATCH */

/* What native_go() loads before it enters the frame. The assembly below knows the offsets. */
struct launch {
    uint16_t ds, es, fs, gs;
    uint64_t bases; /* 1: FS and GS bases are loaded too */
    uint64_t fs_base, gs_base, flags;
};

static struct {
    struct ringdiff_state *state; /* of the guest that runs; NULL: none does */
    struct outcome *out;
    bool bases;          /* its FS and GS bases are its own */
    bool learning, seen; /* the first signal's frame becomes the pattern of ours */
    ucontext_t frame;
    uint8_t xstate[XSTATE_ROOM] __attribute__((aligned(64)));
    uint8_t *stack;
    stack_t old_stack;
} native;

uint64_t native_saved_rsp, native_host_fs, native_host_gs, native_guest_fs, native_guest_gs;
volatile uint8_t native_dispatch; /* syscall user dispatch: 0 allow, 1 block outside native_go..native_end */
void native_go(const void *frame, const struct launch *launch);
void native_learn(void);
_Noreturn void native_leave(void);
void native_entry(int number, siginfo_t *info, void *context);
void native_caught(int number, siginfo_t *info, void *context);
extern const char native_end[];
#define PUSH_ALL                                                                                             \
    "    push %rbx\n    push %rbp\n    push %r12\n    push %r13\n    push %r14\n    push %r15\n"             \
    "    mov %rsp, native_saved_rsp(%rip)\n"
__asm__(".text\n"
        ".globl native_go, native_leave, native_entry, native_learn, native_end\n"
        ".hidden native_go, native_leave, native_entry, native_learn, native_end, native_caught\n"
        ".hidden native_saved_rsp, native_host_fs, native_host_gs, native_guest_fs, native_guest_gs\n"
        ".hidden native_dispatch\n"
        "native_go:\n" PUSH_ALL "    movzwl 0(%rsi), %eax\n    mov %eax, %ds\n"
        "    movzwl 2(%rsi), %eax\n    mov %eax, %es\n"
        "    movzwl 4(%rsi), %eax\n    mov %eax, %fs\n"
        "    movzwl 6(%rsi), %eax\n    mov %eax, %gs\n"
        "    cmpq $0, 8(%rsi)\n    je 1f\n"
        "    mov 16(%rsi), %rax\n    wrfsbase %rax\n"
        "    mov 24(%rsi), %rax\n    wrgsbase %rax\n"
        "1:  movb $1, native_dispatch(%rip)\n"
        "    pushq 32(%rsi)\n    popfq\n" /* NT and ID: rt_sigreturn() keeps the caller's */
        "    mov %rdi, %rsp\n    mov $15, %eax\n    syscall\n    ud2\n"
        "native_end:\n"
        "native_learn:\n" PUSH_ALL "    ud2\n"
        "native_leave:\n"
        "    mov native_saved_rsp(%rip), %rsp\n"
        "    pop %r15\n    pop %r14\n    pop %r13\n    pop %r12\n    pop %rbp\n    pop %rbx\n    ret\n"
        "native_entry:\n" /* flags of the interrupted code (AC, NT, ID) must not reach C */
        "    pushq $2\n    popfq\n"
        "    movb $0, native_dispatch(%rip)\n"
        "    rdfsbase %rax\n    mov %rax, native_guest_fs(%rip)\n"
        "    rdgsbase %rax\n    mov %rax, native_guest_gs(%rip)\n"
        "    xor %eax, %eax\n    mov %eax, %ds\n    mov %eax, %es\n    mov %eax, %fs\n    mov %eax, %gs\n"
        "    mov native_host_fs(%rip), %rax\n    wrfsbase %rax\n"
        "    mov native_host_gs(%rip), %rax\n    wrgsbase %rax\n"
        "    jmp native_caught\n");

static const uint8_t register_slot[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                          REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                          REG_R12, REG_R13, REG_R14, REG_R15};
static const int signals[] = {SIGTRAP, SIGSEGV, SIGILL, SIGFPE, SIGBUS, SIGSYS, SIGVTALRM};
enum { SIGNALS = sizeof signals / sizeof *signals };
static struct sigaction old_actions[SIGNALS];
static sigset_t old_mask;

/* ---- floating-point state ---- */

static void xstate_put(uint8_t *x, const struct ringdiff_state *s) {
    const uint64_t components = COMPONENTS;
    memcpy(x + 0, &s->fcw, 2);
    memcpy(x + 2, &s->fsw, 2);
    x[4] = s->ftw;
    x[5] = 0;
    memcpy(x + 6, &s->fop, 2);
    memcpy(x + 8, &s->fip, 8);
    memcpy(x + 16, &s->fdp, 8);
    memcpy(x + 24, &s->mxcsr, 4);
    memcpy(x + FX_ST, s->st, sizeof s->st);
    for (unsigned i = 0; i < 16; i++) {
        memcpy(x + FX_XMM + 16 * i, s->ymm[i], 16);
        memcpy(x + XSTATE_YMM + 16 * i, s->ymm[i] + 16, 16);
    }
    memcpy(x + XSTATE_BV, &components, 8);
}

static void x87_get(const uint8_t *x, uint64_t components, struct ringdiff_state *s) {
    static const uint8_t initial[160] = {0x7f, 0x03};
    const uint8_t *from = components & 1 ? x : initial;
    memcpy(&s->fcw, from + 0, 2);
    memcpy(&s->fsw, from + 2, 2);
    s->ftw = from[4];
    memcpy(&s->fop, from + 6, 2);
    memcpy(&s->fip, from + 8, 8);
    memcpy(&s->fdp, from + 16, 8);
    memcpy(s->st, from + FX_ST, sizeof s->st);
    for (unsigned i = 0; i < 8; i++)
        memset(s->st[i].zero, 0, sizeof s->st[i].zero);
}

static void xstate_get(const uint8_t *x, struct ringdiff_state *s) {
    uint64_t components;
    memcpy(&components, x + XSTATE_BV, 8);
    memcpy(&s->mxcsr, x + 24, 4);
    x87_get(x, components, s);
    for (unsigned i = 0; i < 16; i++) {
        memset(s->ymm[i], 0, 32);
        if (components & 2)
            memcpy(s->ymm[i], x + FX_XMM + 16 * i, 16);
        if (components & 4)
            memcpy(s->ymm[i] + 16, x + XSTATE_YMM + 16 * i, 16);
    }
}

/* ---- the handler ---- */

__attribute__((no_sanitize("address"))) static void keep_pattern(const ucontext_t *u) {
    const uint8_t *x = (const uint8_t *)u->uc_mcontext.fpregs;
    uint32_t size;
    memcpy(&size, x + FX_SW + 4, 4); /* sw_reserved.extended_size */
    if (size < XSTATE_MIN || size > XSTATE_ROOM)
        return;
    memcpy(&native.frame, u, offsetof(ucontext_t, uc_sigmask) + 8);
    memcpy(native.xstate, x, size);
    native.frame.uc_mcontext.fpregs = (fpregset_t)(void *)native.xstate;
    sigdelset(&native.frame.uc_sigmask, SIGVTALRM);
    native.seen = true;
}

static void keep_state(const ucontext_t *u, struct ringdiff_state *s) {
    const greg_t *g = u->uc_mcontext.gregs;
    for (unsigned i = 0; i < 16; i++)
        s->gpr[i] = (uint64_t)g[register_slot[i]];
    s->rip = (uint64_t)g[REG_RIP];
    s->rflags = (uint64_t)g[REG_EFL];
    xstate_get((const uint8_t *)u->uc_mcontext.fpregs, s);
}

__attribute__((no_sanitize("address"), used)) void native_caught(int number, siginfo_t *info, void *context) {
    const ucontext_t *u = context;
    const greg_t *g = u->uc_mcontext.gregs;
    if (native.learning) {
        native.learning = false;
        keep_pattern(u);
        native_leave();
    }
    if (!native.state) { /* the host program's own */
        if (number != SIGVTALRM)
            signal(number, SIG_DFL);
        return;
    }
    keep_state(u, native.state);
    native.out->cause = number == SIGVTALRM ? EXIT_TICK : number == SIGSYS ? EXIT_SYSCALL : EXIT_EXCEPTION;
    native.out->vector = (uint32_t)g[REG_TRAPNO];
    native.out->error = (uint32_t)g[REG_ERR];
    native.out->cr2 = (uint64_t)g[REG_CR2];
    if (native.bases) {
        native.state->segment[SEG_FS].base = native_guest_fs;
        native.state->segment[SEG_GS].base = native_guest_gs;
    }
    native.out->icebp = number == SIGTRAP && info->si_code == TRAP_BRKPT && g[REG_TRAPNO] == VECTOR_DB;
    native.state = 0;
    native_leave();
}

void enter_guest(struct ringdiff_state *s, const struct selectors *selectors, struct outcome *out) {
    const uint16_t *segment = selectors->segment;
    struct launch launch = {.bases = selectors->long64,
                            .fs_base = selectors->fs_base,
                            .gs_base = selectors->gs_base,
                            .flags = (s->rflags & (FLAG_NT | FLAG_ID)) | FLAG_1 | FLAG_IF};
    launch.ds = segment[SEG_DS], launch.es = segment[SEG_ES];
    launch.fs = segment[SEG_FS], launch.gs = segment[SEG_GS];
    greg_t *g = native.frame.uc_mcontext.gregs;
    for (unsigned i = 0; i < 16; i++)
        g[register_slot[i]] = (greg_t)s->gpr[i];
    g[REG_RIP] = (greg_t)s->rip;
    g[REG_EFL] = (greg_t)(s->rflags | FLAG_IF | FLAG_1);
    g[REG_CSGSFS] = (greg_t)(segment[SEG_CS] | (uint64_t)segment[SEG_SS] << 48);
    xstate_put(native.xstate, s);
    native.out = out;
    native.state = s;
    native.bases = selectors->long64;
    native_go(&native.frame, &launch);
}

/* ---- setting up ---- */

static void timer(long microseconds) {
    const struct itimerval t = {{0, microseconds}, {0, microseconds}};
    setitimer(ITIMER_VIRTUAL, &t, 0);
}

static bool install(void) {
    sigset_t ticks;
    sigemptyset(&ticks);
    sigaddset(&ticks, SIGVTALRM); /* comes in guest code only */
    sigprocmask(SIG_BLOCK, &ticks, &old_mask);
    for (unsigned i = 0; i < SIGNALS; i++) {
        struct sigaction a = {.sa_sigaction = native_entry, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
        a.sa_mask = ticks;
        if (sigaction(signals[i], &a, &old_actions[i]) != 0)
            return false;
    }
    return true;
}

const char *enter_start(void) {
    if (!(getauxval(AT_HWCAP2) & HWCAP2_FSGS))
        return "the kernel does not let programs use WRFSBASE";
    __asm__ volatile("rdfsbase %0" : "=r"(native_host_fs));
    __asm__ volatile("rdgsbase %0" : "=r"(native_host_gs));
    native.stack = mmap(0, ALT_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const stack_t stack = {.ss_size = ALT_STACK, .ss_sp = native.stack};
    if (native.stack == MAP_FAILED || sigaltstack(&stack, &native.old_stack) != 0 || !install())
        return "signal handlers could not be installed";
    native.learning = true;
    native_learn();
    if (!native.seen)
        return "signal frames of this host carry no AVX state in the XSAVE format";
    const uintptr_t first = (uintptr_t)native_go;
    if (prctl(DISPATCH_SET, DISPATCH_ON, first, (uintptr_t)native_end - first + 1, &native_dispatch) != 0)
        return "no syscall user dispatch (Linux 5.11): guest code could reach the host's kernel";
    timer(TICK_MICROSECONDS);
    return 0;
}

void enter_end(void) {
    timer(0);
    prctl(DISPATCH_SET, DISPATCH_OFF, 0, 0, 0);
    for (unsigned i = 0; i < SIGNALS; i++)
        sigaction(signals[i], &old_actions[i], 0);
    sigprocmask(SIG_SETMASK, &old_mask, 0);
    sigaltstack(&native.old_stack, 0);
    munmap(native.stack, ALT_STACK);
}
