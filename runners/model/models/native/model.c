/* SPDX-License-Identifier: BSD-2-Clause */
/* model.c - the model `native`: the host's processor as silicon's answer to every rule that shows at CPL 3. */
#include "native.h"

#include <cpuid.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RSP = 4 };
enum { TICKS_MAX = 4 }; /* a window that takes longer than 3 to 4 ticks loops */
#define CR0_PE         UINT64_C(1)
#define CR0_EM         (UINT64_C(1) << 2)
#define CR0_TS         (UINT64_C(1) << 3)
#define CR0_NE         (UINT64_C(1) << 5)
#define CR0_AM         (UINT64_C(1) << 18)
#define CR4_PVI        (UINT64_C(1) << 1)
#define CR4_OSFXSR     (UINT64_C(1) << 9)
#define CR4_OSXMMEXCPT (UINT64_C(1) << 10)
#define CR4_FSGSBASE   (UINT64_C(1) << 16)
#define CR4_OSXSAVE    (UINT64_C(1) << 18)
#define CR4_PAE        (UINT64_C(1) << 5)
#define CR4_SMEP       (UINT64_C(1) << 20)
#define CR4_PKE        (UINT64_C(1) << 22)
#define EFER_SCE       UINT64_C(1)
#define EFER_LMA       (UINT64_C(1) << 10)
#define EFER_NXE       (UINT64_C(1) << 11)
#define DR6_BS         (UINT32_C(1) << 14)

struct native {
    struct pages pages;
    struct segments segments;
    struct ringdiff_state state;
    struct selectors selectors;
    struct body body;
    const char *reason;
    struct { /* the body examined last */
        uint8_t code[0x2000];
        size_t size;
        uint32_t mode, scripted;
        struct body body;
    } last;
};
static const char *no_model; /* why ringdiff_create() answered NULL */

static bool cpuid_vendor(char vendor[13]) {
    unsigned eax, part[3];
    if (!__get_cpuid(0, &eax, &part[0], &part[2], &part[1]))
        return false;
    memcpy(vendor, part, 12);
    vendor[12] = 0;
    return true;
}

static void cpuid_brand(char brand[49]) {
    unsigned r[12] = {0};
    for (unsigned i = 0; i < 3; i++)
        __get_cpuid(0x80000002 + i, &r[4 * i], &r[4 * i + 1], &r[4 * i + 2], &r[4 * i + 3]);
    memcpy(brand, r, 48);
    brand[48] = 0;
}

const struct ringdiff_info *ringdiff_info(void) {
    static char version[80];
    static const struct ringdiff_info info = {
        .abi = RINGDIFF_MODEL_ABI,
        .modes = RINGDIFF_LONG64 | RINGDIFF_COMPAT32 | RINGDIFF_COMPAT16 | RINGDIFF_PM32 | RINGDIFF_PM32_P32 |
                 RINGDIFF_PM32_PAE | RINGDIFF_PM16,
        .can =
            RINGDIFF_CAN_X87 | RINGDIFF_CAN_SSE | RINGDIFF_CAN_AVX | RINGDIFF_CAN_PAGE | RINGDIFF_CAN_DEBUG,
        .cpls = 1 << 3,
        .name = "native",
        .version = version,
        .detail = "the host's processor at CPL 3",
    };
    if (version[0])
        return &info; /* CPUID leaves a virtual machine: some 30 us each */
    char brand[49];
    unsigned signature = 0, unused;
    cpuid_brand(brand);
    __get_cpuid(1, &signature, &unused, &unused, &unused);
    snprintf(version, sizeof version, "%s (%08x)", brand + strspn(brand, " "), signature);
    return &info;
}

/* NULL: the host is of the vendor that the profile is of. */
static const char *wrong_vendor(const struct ringdiff_machine *machine) {
    char vendor[13];
    if (strstr(machine->options, "vendor=any"))
        return 0;
    if (!cpuid_vendor(vendor))
        return "the host has no CPUID";
    const bool intel = strcmp(vendor, "GenuineIntel") == 0;
    const bool amd = strcmp(vendor, "AuthenticAMD") == 0 || strcmp(vendor, "HygonGenuine") == 0;
    if (strncmp(machine->profile, "intel", 5) == 0 && !intel)
        return "this host's processor is not Intel's: run with --cpu amd";
    if (strncmp(machine->profile, "amd", 3) == 0 && !amd)
        return "this host's processor is not AMD's: run with --cpu intel";
    return 0;
}

void *ringdiff_create(const struct ringdiff_machine *machine) {
    no_model = wrong_vendor(machine);
    if (no_model)
        return 0;
    struct native *n = calloc(1, sizeof *n);
    if (!n) {
        no_model = "no memory";
        return 0;
    }
    n->pages.ram.bytes = machine->ram;
    n->pages.ram.size = machine->ram_size;
    n->pages.file = (int)machine->ram_file;
    no_model = enter_start();
    if (no_model) {
        free(n);
        return 0;
    }
    return n;
}

void ringdiff_destroy(void *model) {
    struct native *n = model;
    pages_unmap(&n->pages);
    enter_end();
    free(n);
}

const char *ringdiff_reason(void *model) {
    const struct native *n = model;
    return n ? n->reason : no_model;
}

/* ---- what may run ---- */

static bool refuse(struct native *n, const char *reason) {
    n->reason = reason;
    return !reason;
}

bool ringdiff_accept(void *model, const struct ringdiff_case *which) {
    struct native *n = model;
    const uint32_t modes16 = RINGDIFF_COMPAT16 | RINGDIFF_PM16;
    const uint32_t long_modes = RINGDIFF_LONG64 | RINGDIFF_COMPAT32 | RINGDIFF_COMPAT16;
    if (!(which->mode & ringdiff_info()->modes) || which->cpl != 3)
        return refuse(n, "only CPL 3 of protected mode is reachable on the host");
    if (which->code_size == 0)
        return refuse(n, "what runs is not known beforehand, so it cannot be examined");
    const size_t size = which->code_size < sizeof n->last.code ? which->code_size : sizeof n->last.code;
    if (size != n->last.size || which->mode != n->last.mode || which->has_script != n->last.scripted ||
        memcmp(n->last.code, which->code, size) != 0) {
        const unsigned bits = which->mode & RINGDIFF_LONG64 ? 64 : which->mode & modes16 ? 16 : 32;
        n->last.body = body_examine(which->code, size, bits, which->mode & long_modes, which->has_script);
        memcpy(n->last.code, which->code, size);
        n->last.size = size;
        n->last.mode = which->mode;
        n->last.scripted = which->has_script;
        if (n->last.body.uses & USES_X87 && bits != 64 && !n->last.body.refused)
            n->last.body.refused = "FCS and FDS are lost in Linux' signal frames";
    }
    n->body = n->last.body;
    return refuse(n, n->body.refused);
}

static const char *control_differs(const struct ringdiff_state *s, unsigned uses) {
    const uint64_t sse = CR4_OSFXSR | CR4_OSXMMEXCPT;
    if (uses & (USES_X87 | USES_SSE | USES_AVX) && s->cr0 & (CR0_EM | CR0_TS))
        return "the host has CR0.EM and CR0.TS clear";
    if (uses & USES_X87 && !(s->cr0 & CR0_NE))
        return "the host has CR0.NE set";
    if (uses & (USES_SSE | USES_AVX) && (s->cr4 & sse) != sse)
        return "the host has CR4.OSFXSR and CR4.OSXMMEXCPT set";
    if (uses & USES_AVX && (!(s->cr4 & CR4_OSXSAVE) || (s->xcr0 & 7) != 7))
        return "the host has CR4.OSXSAVE set, and AVX state in XCR0";
    if (uses & USES_FSGSBASE && !(s->cr4 & CR4_FSGSBASE))
        return "the host has CR4.FSGSBASE set";
    if (uses & USES_SYSRET && !(s->efer & EFER_SCE))
        return "the host has EFER.SCE set";
    return 0;
}

static const char *flags_differ(const struct ringdiff_state *s, unsigned uses) {
    if (s->rflags & (FLAG_VM | FLAGS_VIRTUAL))
        return "virtual-8086 mode and virtual interrupt flags are out of Linux' reach";
    if (uses & USES_FLAGS_IMAGE && (s->rflags & (FLAG_IF | FLAG_IOPL)) != FLAG_IF)
        return "PUSHF shows the host's IF = 1 and IOPL = 0";
    if (uses & (USES_FLAGS_LOAD | USES_IF) && ((s->rflags & FLAG_IOPL) == FLAG_IOPL || s->cr4 & CR4_PVI))
        return "the host has IOPL = 0: IF cannot be changed";
    if ((s->rflags & FLAG_AC || uses & USES_FLAGS_LOAD) && !(s->cr0 & CR0_AM))
        return "the host has CR0.AM set";
    return 0;
}

static const char *state_differs(const struct ringdiff_state *s, unsigned uses) {
    if (!(s->cr0 & CR0_PE) || s->cpl != 3)
        return "only CPL 3 of protected mode is reachable on the host";
    if (s->dr7 & 0xff)
        return "breakpoints are not set in the host's debug registers";
    if (s->cr4 & CR4_PKE && s->pkru)
        return "protection keys are not set on the host";
    if (s->shadow)
        return "an interrupt shadow does not survive the way into the state";
    const char *difference = control_differs(s, uses);
    return difference ? difference : flags_differ(s, uses);
}

bool ringdiff_set_state(void *model, const struct ringdiff_state *state) {
    struct native *n = model;
    const char *difference = state_differs(state, n->body.uses);
    if (!difference)
        difference = segments_choose(&n->segments, state, &n->selectors);
    if (difference)
        return refuse(n, difference);
    n->state = *state;
    return true;
}

void ringdiff_get_state(void *model, struct ringdiff_state *state) {
    const struct native *n = model;
    *state = n->state;
}

void ringdiff_memory_changed(void *model, uint64_t address, uint64_t size) {
    (void)model, (void)address, (void)size; /* RAM is shared, and tables are looked at before each run */
}

/* ---- running ---- */

/* 1: go on, the page is there now. 0: it is the guest's fault, and event->error is complete. -1: it cannot be shown. */
static int page_fault(struct native *n, const struct outcome *o, struct ringdiff_event *event) {
    const struct ringdiff_state *s = &n->state;
    const struct translation t = page_walk(&n->pages.ram, s, o->cr2);
    event->cr2 = o->cr2;
    event->error = (o->error & (PF_W | PF_I)) | PF_U;
    if (!(s->efer & EFER_NXE && s->cr4 & CR4_PAE) && !(s->cr4 & CR4_SMEP))
        event->error &= ~(uint32_t)PF_I;
    if (t.unclear) { /* a reserved bit counts where the entry below it is absent, too */
        n->reason = "whether bits of the page's entries are reserved is not known here";
        return -1;
    }
    if (!t.present)
        return 0;
    if (t.user && (t.write || !(o->error & PF_W)) && (t.execute || !(o->error & PF_I))) {
        n->reason = pages_map(&n->pages, o->cr2, &t);
        return n->reason ? -1 : 1;
    }
    event->error |= PF_P;
    return 0;
}

/* The event of an exception; what page_fault() found is in *found. */
static struct ringdiff_event describe(const struct outcome *o, const struct ringdiff_event *found) {
    static const uint32_t with_error =
        1U << 8 | 1U << 10 | 1U << 11 | 1U << 12 | 1U << 13 | 1U << 14 | 1U << 17;
    struct ringdiff_event event = {.vector = (uint8_t)o->vector, .kind = RINGDIFF_FAULT};
    event.has_error = with_error >> (o->vector & 31) & 1;
    if (o->vector == VECTOR_PF) {
        event.error = found->error;
        event.cr2 = found->cr2;
    } else if (event.has_error)
        event.error = o->error;
    if (o->vector == VECTOR_BP || o->vector == VECTOR_OF)
        event.kind = RINGDIFF_INT3_INTO;
    if (o->vector == VECTOR_DB) {
        event.kind = o->icebp ? RINGDIFF_ICEBP : RINGDIFF_TRAP;
        event.dr6 = o->icebp ? 0 : DR6_BS;
    }
    return event;
}

static bool at_icebp(const struct native *n) {
    const struct ringdiff_state *s = &n->state;
    const uint64_t base = n->selectors.long64 ? 0 : s->segment[SEG_CS].base;
    const struct translation t = page_walk(&n->pages.ram, s, base + s->rip);
    const uint64_t at = t.physical | ((base + s->rip) & 0xfff);
    return t.present && at < n->pages.ram.size && n->pages.ram.bytes[at] == 0xf1;
}

/* What the kernel has in place of the guest's: IF and IOPL; with a 16-bit SS the upper half of RSP (espfix64). In legacy modes
 * there is no upper half of any register. */
static void finish(struct native *n, const struct ringdiff_state *launch) {
    struct ringdiff_state *s = &n->state;
    const uint64_t own = FLAG_IF | FLAG_IOPL, high = UINT64_C(0xffffffff00000000);
    s->rflags = (s->rflags & ~own) | (launch->rflags & own);
    if (n->selectors.long64)
        return;
    s->gpr[RSP] = (s->gpr[RSP] & ~high) | (launch->gpr[RSP] & high);
    for (unsigned i = 0; i < 16 && !(s->efer & EFER_LMA); i++)
        s->gpr[i] &= ~high;
}

/* A fault pushes RF = 1; the processor's own RF was that of the launch at the first instruction, and 0 behind it. */
static void clear_pushed_rf(struct native *n, const struct ringdiff_state *launch) {
    if (n->state.rip != launch->rip || !(launch->rflags & FLAG_RF))
        n->state.rflags &= ~(uint64_t)FLAG_RF;
}

enum ringdiff_end ringdiff_run(void *model, const struct ringdiff_run_limits *limits,
                               struct ringdiff_event *event) {
    struct native *n = model;
    const struct ringdiff_state launch = n->state;
    struct outcome o = {0};
    unsigned ticks = 0;
    if (limits->interrupt >= 0) {
        n->reason = "interrupts are the host's";
        return RINGDIFF_LACKS;
    }
    memset(event, 0, sizeof *event);
    pages_refresh(&n->pages, &n->state);
    for (;;) {
        enter_guest(&n->state, &n->selectors, &o);
        if (o.cause == EXIT_SYSCALL) {
            n->reason = "the body makes a system call";
            return RINGDIFF_LACKS;
        }
        if (o.cause == EXIT_TICK && ++ticks == TICKS_MAX) {
            finish(n, &launch);
            return RINGDIFF_LIMIT;
        }
        const int answer = o.cause == EXIT_TICK ? 1 : o.vector == VECTOR_PF ? page_fault(n, &o, event) : 0;
        if (answer < 0)
            return RINGDIFF_LACKS;
        if (answer == 0)
            break;
        if (o.cause == EXIT_EXCEPTION)
            clear_pushed_rf(n, &launch);
    }
    *event = describe(&o, event);
    if (event->kind == RINGDIFF_FAULT)
        clear_pushed_rf(n, &launch);
    finish(n, &launch);
    if (event->kind == RINGDIFF_ICEBP && at_icebp(n)) {
        n->reason = "this host's hypervisor leaves RIP at INT1 when it passes on its #DB (KVM on AMD does)";
        return RINGDIFF_LACKS;
    }
    return RINGDIFF_EVENT;
}
