/* SPDX-License-Identifier: BSD-2-Clause */
/* silicon_native.c - Linux: signal frames as the way into and out of a state. Documented in the kernel's
 * arch/x86/include/uapi/asm/sigcontext.h (layout, fp_magic, xfeatures) and in signal(7). */
#include "silicon_native.h"

#include <asm/ldt.h>
#include <asm/prctl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

enum { ALT_STACK = 1 << 20, XSTATE_ROOM = 1 << 14 };
/* offsets in the FXSAVE image and the standard XSAVE format: SDM Vol. 1, "XSAVE-Managed State" */
enum { FX_ST = 32, FX_XMM = 160, FX_SW = 464, XSTATE_BV = 512, XSTATE_YMM = 576, XSTATE_MIN = 832 };
enum { COMPONENTS = 7 };

/* what a handler leaves behind; it cannot be given an argument */
static struct {
    struct registers *out;
    bool learning; /* the first signal: its frame becomes the pattern of ours */
    bool seen;
    ucontext_t frame;
    uint8_t xstate[XSTATE_ROOM] __attribute__((aligned(64)));
    uint8_t *memory;
} native;

/* Assembly: native_go(frame, ds, es) loads DS and ES and enters the frame; it returns when native_leave() is
 * called from a handler. native_entry is the handler: flags of the interrupted code (AC, NT, ID) must not
 * reach C. */
uint64_t native_saved_rsp;
void native_go(const void *frame, unsigned ds, unsigned es);
void native_learn(void); /* raises a signal whose handler calls native_leave() */
_Noreturn void native_leave(void);
void native_entry(int number, siginfo_t *info, void *context);
void native_caught(int number, siginfo_t *info, void *context);
__asm__(".text\n"
        ".globl native_go, native_leave, native_entry, native_learn\n"
        "native_go:\n"
        "    push %rbx\n    push %rbp\n    push %r12\n    push %r13\n    push %r14\n    push %r15\n"
        "    mov %rsp, native_saved_rsp(%rip)\n"
        "    mov %esi, %ds\n    mov %edx, %es\n"
        "    mov %rdi, %rsp\n"
        "    mov $15, %eax\n" /* rt_sigreturn */
        "    syscall\n"
        "    ud2\n"
        "native_learn:\n"
        "    push %rbx\n    push %rbp\n    push %r12\n    push %r13\n    push %r14\n    push %r15\n"
        "    mov %rsp, native_saved_rsp(%rip)\n"
        "    ud2\n"
        "native_leave:\n"
        "    mov native_saved_rsp(%rip), %rsp\n"
        "    pop %r15\n    pop %r14\n    pop %r13\n    pop %r12\n    pop %rbp\n    pop %rbx\n"
        "    ret\n"
        "native_entry:\n"
        "    pushq $2\n    popfq\n"
        "    jmp native_caught\n");

static const uint8_t register_slot[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                          REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                          REG_R12, REG_R13, REG_R14, REG_R15};

/* ---- floating-point state ---- */

static void xstate_put(uint8_t *x, const struct registers *r) {
    uint64_t components = COMPONENTS;
    memcpy(x + 0, &r->fcw, 2);
    memcpy(x + 2, &r->fsw, 2);
    x[4] = r->ftw;
    x[5] = 0;
    memcpy(x + 6, &r->fop, 2);
    memcpy(x + 8, &r->fip, 8);
    memcpy(x + 16, &r->fdp, 8);
    memcpy(x + 24, &r->mxcsr, 4);
    for (unsigned i = 0; i < 8; i++) {
        memset(x + FX_ST + 16 * i, 0, 16);
        memcpy(x + FX_ST + 16 * i, &r->st[i].significand, 8);
        memcpy(x + FX_ST + 16 * i + 8, &r->st[i].sign_exponent, 2);
    }
    for (unsigned i = 0; i < 16; i++) {
        memcpy(x + FX_XMM + 16 * i, r->v[i].b, 16);
        memcpy(x + XSTATE_YMM + 16 * i, r->v[i].b + 16, 16);
    }
    memcpy(x + XSTATE_BV, &components, 8);
}

static void xstate_get(const uint8_t *x, struct registers *r) {
    uint64_t components;
    memcpy(&components, x + XSTATE_BV, 8);
    r->fcw = 0x37f;
    r->fsw = r->fop = 0;
    r->ftw = 0;
    r->fip = r->fdp = 0;
    memset(r->st, 0, sizeof r->st);
    memset(r->v, 0, sizeof r->v);
    memcpy(&r->mxcsr, x + 24, 4);
    if (components & 1) {
        memcpy(&r->fcw, x + 0, 2);
        memcpy(&r->fsw, x + 2, 2);
        r->ftw = x[4];
        memcpy(&r->fop, x + 6, 2);
        memcpy(&r->fip, x + 8, 8);
        memcpy(&r->fdp, x + 16, 8);
        for (unsigned i = 0; i < 8; i++) {
            memcpy(&r->st[i].significand, x + FX_ST + 16 * i, 8);
            memcpy(&r->st[i].sign_exponent, x + FX_ST + 16 * i + 8, 2);
        }
    }
    for (unsigned i = 0; i < 16; i++) {
        if (components & 2)
            memcpy(r->v[i].b, x + FX_XMM + 16 * i, 16);
        if (components & 4)
            memcpy(r->v[i].b + 16, x + XSTATE_YMM + 16 * i, 16);
    }
}

/* ---- the handler ---- */

static int trap_vector(const greg_t *g) {
    return g[REG_TRAPNO] == VECTOR_DB ? NO_FAULT : (int)g[REG_TRAPNO];
}

__attribute__((no_sanitize("address"))) static void keep_pattern(const ucontext_t *u) {
    const uint8_t *x = (const uint8_t *)u->uc_mcontext.fpregs;
    uint32_t size;
    memcpy(&size, x + FX_SW + 4, 4); /* sw_reserved.extended_size */
    if (size < XSTATE_MIN || size > XSTATE_ROOM)
        return;
    memcpy(&native.frame, u, offsetof(ucontext_t, uc_sigmask) + 8);
    memcpy(native.xstate, x, size);
    native.frame.uc_mcontext.fpregs = (fpregset_t)(void *)native.xstate;
    native.seen = true;
}

__attribute__((no_sanitize("address"), used)) void native_caught(int number, siginfo_t *info, void *context) {
    const ucontext_t *u = context;
    const greg_t *g = u->uc_mcontext.gregs;
    struct registers *out = native.out;
    (void)number, (void)info;
    if (native.learning) {
        native.learning = false;
        keep_pattern(u);
        native_leave();
    }
    if (!out)
        _exit(3); /* a fault of this program itself */
    for (unsigned i = 0; i < 16; i++)
        out->gpr[i] = (uint64_t)g[register_slot[i]];
    out->rip = (uint64_t)g[REG_RIP];
    out->rflags = (uint64_t)g[REG_EFL];
    out->vector = trap_vector(g);
    out->error = (uint32_t)g[REG_ERR];
    out->cr2 = (uint64_t)g[REG_CR2];
    __asm__ volatile("mov %%ds, %0" : "=r"(out->ds));
    __asm__ volatile("mov %%es, %0" : "=r"(out->es));
    xstate_get((const uint8_t *)u->uc_mcontext.fpregs, out);
    native_leave();
}

void native_step(const struct environment *e, const struct registers *in, struct registers *out) {
    greg_t *g = native.frame.uc_mcontext.gregs;
    for (unsigned i = 0; i < 16; i++)
        g[register_slot[i]] = (greg_t)in->gpr[i];
    g[REG_RIP] = (greg_t)in->rip;
    g[REG_EFL] = (greg_t)(in->rflags | FLAG_TF | FLAG_IF | FLAG_1);
    g[REG_CSGSFS] = (greg_t)(e->seg[SEG_CS].selector | (uint64_t)e->seg[SEG_SS].selector << 48);
    xstate_put(native.xstate, in);
    native.out = out;
    native_go(&native.frame, in->ds, in->es);
    native.out = 0;
    if (e->kind != LONG_64) /* with a 16-bit SS the upper half of RSP is the kernel's (espfix64) */
        out->gpr[R_SP] = (uint32_t)out->gpr[R_SP];
}

/* ---- setting up ---- */

static bool map_pages(int file, uint64_t linear, unsigned first, unsigned count, int rights) {
    void *at = mmap((void *)(uintptr_t)linear, (size_t)count * PAGE, rights,
                    MAP_SHARED | MAP_POPULATE | MAP_FIXED_NOREPLACE, file, (off_t)first * PAGE);
    return at == (void *)(uintptr_t)linear;
}

static const char *map_guest(void) {
    int file = memfd_create("silicon", 0);
    if (file < 0 || ftruncate(file, ALL_PAGES * PAGE) != 0)
        return "memfd_create failed";
    void *alias = mmap(0, ALL_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0);
    bool good = alias != MAP_FAILED &&
                map_pages(file, CODE_BASE, CODE_AT, CODE_PAGES, PROT_READ | PROT_EXEC) &&
                map_pages(file, DATA_BASE, DATA_AT, READ_ONLY_PAGE, PROT_READ | PROT_WRITE) &&
                map_pages(file, DATA_BASE + READ_ONLY_PAGE * PAGE, DATA_AT + READ_ONLY_PAGE, 1, PROT_READ) &&
                map_pages(file, STACK_BASE, STACK_AT, STACK_PAGES, PROT_READ | PROT_WRITE);
    close(file);
    native.memory = alias;
    return good ? 0 : "the guest's pages below 4 GiB could not be mapped";
}

uint8_t *native_memory(void) {
    return native.memory;
}

uint64_t native_fs_base(void) {
    uint64_t base = 0;
    syscall(SYS_arch_prctl, ARCH_GET_FS, &base);
    return base;
}

const char *native_start(void) {
    static const int numbers[] = {SIGTRAP, SIGSEGV, SIGILL, SIGFPE, SIGBUS};
    stack_t stack = {.ss_size = ALT_STACK};
    stack.ss_sp = mmap(0, ALT_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack.ss_sp == MAP_FAILED || sigaltstack(&stack, 0) != 0)
        return "sigaltstack failed";
    for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sigaction a = {.sa_sigaction = native_entry, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
        if (sigaction(numbers[i], &a, 0) != 0)
            return "sigaction failed";
    }
    const char *error = map_guest();
    if (error)
        return error;
    native.learning = true;
    native_learn();
    return native.seen ? 0 : "signal frames of this host carry no AVX state in the XSAVE format";
}

static const char *ldt_write(const struct segment_choice *s) {
    bool pages = s->limit > 0xfffff;
    struct user_desc d = {.entry_number = s->selector >> 3,
                          .base_addr = (unsigned)s->base,
                          .limit = pages ? s->limit >> 12 : s->limit,
                          .seg_32bit = (s->rights & AR_DB) != 0,
                          .contents = (unsigned)s->rights >> 2 & 3U,
                          .read_exec_only = !(s->rights & AR_WRITE_READ),
                          .limit_in_pages = pages,
                          .seg_not_present = !(s->rights & AR_P)};
    return syscall(SYS_modify_ldt, 0x11, &d, sizeof d) == 0
               ? 0
               : "modify_ldt failed: no 16-bit and limited segments here";
}

const char *native_enter_environment(const struct environment *e) {
    for (unsigned i = SEG_ES; i <= SEG_DS; i++) {
        if (e->seg[i].selector & 4) {
            const char *error = ldt_write(&e->seg[i]);
            if (error)
                return error;
        }
    }
    if (e->kind == LONG_64 && syscall(SYS_arch_prctl, ARCH_SET_GS, GS_BASE) != 0)
        return "arch_prctl(ARCH_SET_GS) failed";
    return 0;
}
