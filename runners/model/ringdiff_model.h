/* SPDX-License-Identifier: BSD-2-Clause */
/* ringdiff_model.h - the model ABI, version 1: what a shared object exports to be tested by ringdiff
 * (docs/model-abi.md).
 *
 * The host program (runners/model) maps guest RAM, puts it into the state that a case has at LAUNCH, hands
 * both to the model and lets it run. The run ends where the kit's code would begin (the model delivers events
 * by itself) or at the first event (it does not: the host delivers it by the reference core's rules and the
 * case is compared at the event boundary).
 *
 * C11 and C++, no dependency beyond the standard headers. A model is used by one thread of one process; a
 * process holds one. It may crash or hang: the host starts another process and charges the case. Sizes are
 * in bytes, addresses are guest addresses. All structures have fixed layouts: 64-bit little endian hosts,
 * no padding that is not named. */
#ifndef RINGDIFF_MODEL_H
#define RINGDIFF_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RINGDIFF_MODEL_ABI 1

/* Modes of the processor at LAUNCH, as bits of ringdiff_info.modes: 1 << number of docs/image-format.md. */
enum {
    RINGDIFF_REAL = 1 << 1,
    RINGDIFF_PM32 = 1 << 2,     /* protected, 32-bit segments, paging off */
    RINGDIFF_PM32_P32 = 1 << 3, /* ... 32-bit paging */
    RINGDIFF_PM32_PAE = 1 << 4, /* ... PAE paging */
    RINGDIFF_LONG64 = 1 << 5,
    RINGDIFF_UNREAL = 1 << 6, /* real mode with segment limits of 4 GiB */
    RINGDIFF_VM86 = 1 << 7,
    RINGDIFF_PM16 = 1 << 8,
    RINGDIFF_COMPAT16 = 1 << 9,
    RINGDIFF_COMPAT32 = 1 << 10,
    RINGDIFF_ALL_MODES = (1 << 11) - (1 << 1),
};

/* What a model can do, beyond integer instructions in its modes: bits of ringdiff_info.can. What is not
 * claimed is not judged. */
enum {
    RINGDIFF_CAN_DELIVER =
        1
        << 0, /* exceptions and software interrupts go through IDT or vector table, to the handler's first instruction */
    RINGDIFF_CAN_SHUT_DOWN = 1 << 1,  /* ... and a triple fault is RINGDIFF_SHUTDOWN */
    RINGDIFF_CAN_INTERRUPT = 1 << 2,  /* takes `interrupt` of ringdiff_run_limits when IF allows */
    RINGDIFF_CAN_X87 = 1 << 3,        /* runs x87 and MMX instructions, and returns their state */
    RINGDIFF_CAN_SSE = 1 << 4,        /* ... SSE .. SSE4.2 */
    RINGDIFF_CAN_AVX = 1 << 5,        /* ... AVX, AVX2, FMA, BMI */
    RINGDIFF_CAN_PAGE = 1 << 6,       /* translates by the guest's page tables, with their rights */
    RINGDIFF_CAN_MARK_PAGES = 1 << 7, /* ... and sets accessed and dirty bits in them */
    RINGDIFF_CAN_DEBUG = 1 << 8,      /* breakpoints of DR0..DR3 and DR7 fire; TF does by itself */
    RINGDIFF_CAN_IO = 1 << 9,         /* IN, OUT, INS, OUTS through ringdiff_machine.in and .out */
    RINGDIFF_CAN_HIDDEN =
        1
        << 10, /* hidden parts of segment registers are returned as they are; else host's own view of them counts */
    RINGDIFF_CAN_MSR =
        1 << 11, /* RDMSR, WRMSR, SYSCALL, SYSENTER's registers, and what they return is its own */
    RINGDIFF_CAN_ALL = (1 << 12) - 1,
};

struct ringdiff_segment {
    uint16_t selector;
    uint16_t rights; /* bits 8..23 of the descriptor's high doubleword; bits 8..11 (limit) 0 */
    uint32_t limit;  /* last valid offset, scaled by G */
    uint64_t base;
    uint8_t null; /* 1: loaded with a null selector, or unusable */
    uint8_t zero[7];
};

/* The processor at an instruction boundary. Fields that the mode or the model lacks are 0 on the way in
 * and ignored on the way out. */
struct ringdiff_state {
    uint64_t gpr[16]; /* RAX RCX RDX RBX RSP RBP RSI RDI R8..R15 */
    uint64_t rip, rflags;
    struct ringdiff_segment segment[8]; /* ES CS SS DS FS GS LDTR TR */
    uint64_t gdtr_base, idtr_base;
    uint16_t gdtr_limit, idtr_limit;
    uint8_t cpl;    /* SS.DPL; in real mode 0, in vm86 3 */
    uint8_t shadow; /* bit 0: STI, bit 1: MOV SS or POP SS has just run */
    uint8_t zero[2];
    uint64_t cr0, cr2, cr3, cr4, cr8, xcr0;
    uint64_t pdpte[4]; /* PAE paging: as loaded with CR3 */
    uint64_t dr[4], dr6, dr7;
    uint64_t efer, star, lstar, cstar, fmask, kernel_gs_base, tsc_aux, pat, apic_base;
    uint64_t sysenter_cs, sysenter_esp, sysenter_eip;
    uint32_t pkru, mxcsr;
    uint16_t fcw, fsw, fop, fcs, fds;
    uint8_t ftw; /* FXSAVE's abridged form: bit i set, physical register i is not empty */
    uint8_t zero2;
    uint32_t debugctl;
    uint64_t fip, fdp;
    struct {
        uint64_t significand;
        uint16_t sign_exponent;
        uint16_t zero[3];
    } st[8];             /* ST(0)..ST(7) */
    uint8_t ymm[16][32]; /* XMM in the low halves */
};

enum ringdiff_end {
    RINGDIFF_CAPTURE = 1, /* the next instruction lies in a capture range */
    RINGDIFF_EVENT = 2,   /* models that do not deliver: *event, and the state is that of the event's frame */
    RINGDIFF_SHUTDOWN = 3, /* triple fault */
    RINGDIFF_HALTED = 4,   /* HLT, and nothing will wake it */
    RINGDIFF_LIMIT = 5,    /* more than `instructions` */
    RINGDIFF_LACKS = 6,    /* it cannot run this: ringdiff_reason() says what; the case is SKIP */
    RINGDIFF_ERROR = 7,    /* it failed: ringdiff_reason(); the case is CRASH */
};

/* How an event came about: decides error code, DPL checks and which RIP is pushed. */
enum ringdiff_event_kind {
    RINGDIFF_FAULT = 1,     /* state.rip is the faulting instruction, nothing of which has happened */
    RINGDIFF_TRAP = 2,      /* state.rip is the instruction after: #DB of TF or a data breakpoint */
    RINGDIFF_SOFTWARE = 3,  /* INT n: state.rip is the instruction after */
    RINGDIFF_INT3_INTO = 4, /* INT3, INTO: likewise */
    RINGDIFF_ICEBP = 5,     /* INT1: likewise */
    RINGDIFF_EXTERNAL = 6,  /* an interrupt: state.rip is the next instruction */
};
struct ringdiff_event {
    uint32_t kind;
    uint8_t vector;
    uint8_t has_error; /* 1: error is valid */
    uint8_t length;    /* SOFTWARE, INT3_INTO, ICEBP: bytes of the instruction; 0: as without prefixes */
    uint8_t zero[1];
    uint32_t error;
    uint32_t dr6; /* #DB: the bits to be set (BS, BT, BD, B0..B3); B0..B3 replace what is there */
    uint64_t cr2; /* #PF: the linear address */
};

struct ringdiff_range { /* linear addresses first <= x <= last */
    uint64_t first, last;
};

struct ringdiff_run_limits {
    uint64_t instructions;                /* about; a model may go over by a block */
    const struct ringdiff_range *capture; /* the kit's entries */
    uint32_t captures;
    int32_t interrupt; /* vector of an external interrupt that is pending when the window opens; -1: none */
};

/* The machine around the model. Valid from ringdiff_create() to ringdiff_destroy(). */
struct ringdiff_machine {
    uint32_t abi;      /* RINGDIFF_MODEL_ABI of the host */
    uint32_t ram_file; /* file descriptor of guest RAM: a model may map it elsewhere too */
    uint8_t *
        ram; /* physical 0 .. ram_size - 1; there is no other memory. Shared: host and model both write here */
    uint64_t ram_size;   /* a multiple of 2 MiB */
    const char *profile; /* CPU profile of the run: "intel", "amd" */
    const char *options; /* KEY=VALUE,... for this model, or "" */
    void *context;       /* of the two functions */
    uint32_t (*in)(void *context, uint16_t port, unsigned size);
    void (*out)(void *context, uint16_t port, unsigned size, uint32_t value);
};

struct ringdiff_info {
    uint32_t abi;   /* RINGDIFF_MODEL_ABI that the model was built with */
    uint32_t modes; /* RINGDIFF_REAL | ... */
    uint64_t can;   /* RINGDIFF_CAN_... */
    uint32_t cpls;  /* bit n: can be launched at CPL n */
    uint32_t zero;
    const char *name;    /* as in -b model:NAME */
    const char *version; /* of what is under test */
    const char *detail;  /* one line for people; may be "" */
};

/* The case that is about to run, for ringdiff_accept(). */
struct ringdiff_case {
    const char *id; /* topic/testcase/mode/cplN/... */
    uint32_t mode;  /* RINGDIFF_REAL | ...: one bit */
    uint32_t cpl;
    const uint8_t *code; /* the body from the window's first instruction on */
    size_t code_size;
    uint32_t has_script; /* 1: the window is left and entered again */
    uint32_t zero;
};

/* ---- what a model exports. All may be called at any time between create and destroy. ---- */

/* Static; called first, before anything else. */
const struct ringdiff_info *ringdiff_info(void);
/* NULL: it cannot be used here; ringdiff_reason(NULL) says why. */
void *ringdiff_create(const struct ringdiff_machine *machine);
void ringdiff_destroy(void *model);
/* true: the model means to run this case. false: SKIP with ringdiff_reason(). Optional (may be missing:
 * all are accepted). */
bool ringdiff_accept(void *model, const struct ringdiff_case *which);
/* The host has written RAM: cached translations and code of these pages are stale. `size` 0: all of RAM. */
void ringdiff_memory_changed(void *model, uint64_t address, uint64_t size);
/* The state is taken as it is, hidden parts included. false: it cannot be represented; ringdiff_reason(). */
bool ringdiff_set_state(void *model, const struct ringdiff_state *state);
void ringdiff_get_state(void *model, struct ringdiff_state *state);
/* Runs. After RINGDIFF_EVENT *event is valid. */
enum ringdiff_end ringdiff_run(void *model, const struct ringdiff_run_limits *limits,
                               struct ringdiff_event *event);
/* Why the last call answered false, NULL, LACKS or ERROR: one line, valid until the next call. */
const char *ringdiff_reason(void *model);

#ifdef __cplusplus
}
#endif

#endif
