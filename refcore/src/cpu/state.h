/* SPDX-License-Identifier: BSD-2-Clause */
/* state.h - the architectural state of one logical processor, and the little more that makes it run. */
#ifndef REFCORE_CPU_STATE_H
#define REFCORE_CPU_STATE_H

#include "defect.h"
#include "feature.h"
#include "op.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define COLD        __attribute__((cold, noinline))

/* numbers of general registers; 16 and 17 are the core's own */
enum { R_AX, R_CX, R_DX, R_BX, R_SP, R_BP, R_SI, R_DI, R_ZERO = 16, R_BLOCK = 17, R_COUNT };
/* numbers of segment registers as ModRM.reg gives them; the system ones follow */
enum { SEG_ES, SEG_CS, SEG_SS, SEG_DS, SEG_FS, SEG_GS, SEG_LDTR, SEG_TR, SEG_COUNT };

/* RFLAGS. SDM Vol. 1, "EFLAGS Register" */
enum {
    FLAG_CF = 1 << 0,
    FLAG_1 = 1 << 1,
    FLAG_PF = 1 << 2,
    FLAG_AF = 1 << 4,
    FLAG_ZF = 1 << 6,
    FLAG_SF = 1 << 7,
    FLAG_TF = 1 << 8,
    FLAG_IF = 1 << 9,
    FLAG_DF = 1 << 10,
    FLAG_OF = 1 << 11,
    FLAG_IOPL = 3 << 12,
    FLAG_NT = 1 << 14,
    FLAG_RF = 1 << 16,
    FLAG_VM = 1 << 17,
    FLAG_AC = 1 << 18,
    FLAG_VIF = 1 << 19,
    FLAG_VIP = 1 << 20,
    FLAG_ID = 1 << 21,
    FLAGS_STATUS = FLAG_CF | FLAG_PF | FLAG_AF | FLAG_ZF | FLAG_SF | FLAG_OF,
};

/* SDM Vol. 3A, "Control Registers" */
enum {
    CR0_PE = 1 << 0,
    CR0_MP = 1 << 1,
    CR0_EM = 1 << 2,
    CR0_TS = 1 << 3,
    CR0_ET = 1 << 4,
    CR0_NE = 1 << 5,
    CR0_WP = 1 << 16,
    CR0_AM = 1 << 18,
    CR0_NW = 1 << 29,
    CR0_CD = 1 << 30,
};
#define CR0_PG 0x80000000U
enum {
    CR4_VME = 1 << 0,
    CR4_PVI = 1 << 1,
    CR4_TSD = 1 << 2,
    CR4_DE = 1 << 3,
    CR4_PSE = 1 << 4,
    CR4_PAE = 1 << 5,
    CR4_MCE = 1 << 6,
    CR4_PGE = 1 << 7,
    CR4_PCE = 1 << 8,
    CR4_OSFXSR = 1 << 9,
    CR4_OSXMMEXCPT = 1 << 10,
    CR4_UMIP = 1 << 11,
    CR4_LA57 = 1 << 12,
    CR4_VMXE = 1 << 13,
    CR4_SMXE = 1 << 14,
    CR4_FSGSBASE = 1 << 16,
    CR4_PCIDE = 1 << 17,
    CR4_OSXSAVE = 1 << 18,
    CR4_SMEP = 1 << 20,
    CR4_SMAP = 1 << 21,
    CR4_PKE = 1 << 22,
};
enum {
    EFER_SCE = 1 << 0,
    EFER_LME = 1 << 8,
    EFER_LMA = 1 << 10,
    EFER_NXE = 1 << 11,
    EFER_SVME = 1 << 12,
    EFER_FFXSR = 1 << 14
};

enum {
    VECTOR_DE = 0,
    VECTOR_DB = 1,
    VECTOR_NMI = 2,
    VECTOR_BP = 3,
    VECTOR_OF = 4,
    VECTOR_BR = 5,
    VECTOR_UD = 6,
    VECTOR_NM = 7,
    VECTOR_DF = 8,
    VECTOR_TS = 10,
    VECTOR_NP = 11,
    VECTOR_SS = 12,
    VECTOR_GP = 13,
    VECTOR_PF = 14,
    VECTOR_MF = 16,
    VECTOR_AC = 17,
    VECTOR_MC = 18,
    VECTOR_XM = 19,
};

/* The access rights of a cached descriptor: bits 8..23 of its high doubleword shifted right by 8.
 * SDM Vol. 3A, "Segment Descriptors" */
enum {
    AR_ACCESSED = 1 << 0,
    AR_WRITE_READ = 1 << 1,      /* data: writable; code: readable */
    AR_DOWN_CONFORMING = 1 << 2, /* data: expand-down; code: conforming */
    AR_CODE = 1 << 3,
    AR_TYPE = 15,
    AR_S = 1 << 4,
    AR_DPL_SHIFT = 5,
    AR_DPL = 3 << 5,
    AR_P = 1 << 7,
    AR_AVL = 1 << 12,
    AR_L = 1 << 13,
    AR_DB = 1 << 14,
    AR_G = 1 << 15,
};

/* A segment register with its hidden part. The fields below the line are derived by segment_derive(). */
struct segment {
    uint16_t selector;
    uint16_t rights; /* AR_...; bits 8..11 are limit bits and kept 0 */
    bool null;       /* loaded with a null selector (or unusable LDTR): accesses fault outside 64-bit mode */
    uint32_t limit;  /* in bytes, already scaled by G */
    uint64_t base;
    /* derived */
    uint32_t first, last; /* valid offsets outside 64-bit mode, inclusive; first > last: none */
    bool readable, writable;
    bool flat; /* protected mode: base 0, all of 4 GiB */
};

union vector {
    uint8_t b[32];
    uint16_t w[16];
    uint32_t d[8];
    uint64_t q[4];
    int8_t sb[32];
    int16_t sw[16];
    int32_t sd[8];
    int64_t sq[4];
    float ps[8];
    double pd[4];
} __attribute__((aligned(32)));

struct x87_register {
    uint64_t significand;   /* MMX registers alias this */
    uint16_t sign_exponent; /* bit 15 is the sign */
};

struct x87 {
    struct x87_register r[8]; /* physical: ST(i) is r[(TOP + i) & 7] */
    uint16_t control, status; /* TOP lies in status bits 11..13 */
    uint8_t tags;             /* FXSAVE's abridged form: 1 = not empty, by physical register */
    uint16_t opcode;          /* 11 bits */
    uint16_t cs, ds;
    uint64_t ip, dp;
};

/* A descriptor that has passed a check, and what the check left of it: seg/checked.h. key 0: none. */
enum { CHECKED_SEGMENTS = 64, CHECKED_RETURNS = 8, CHECKED_GATES = 16 };
struct checked_segment {
    uint64_t key, bytes;
    struct segment segment;
} __attribute__((aligned(64)));
/* A gate of IA-32e mode with its code segment: event/deliver_long.c. */
struct checked_gate {
    uint64_t key, half[2], code; /* bytes of both descriptors */
    uint64_t target;
    struct segment segment; /* as CS is going to hold it: its RPL is the new CPL */
    uint8_t ist;
    bool interrupt;
} __attribute__((aligned(64)));
/* Both segments of a return. first, last: of the GDT's bytes that hold their descriptors. */
struct checked_return {
    uint64_t key, cs_bytes, ss_bytes;
    uint16_t first, last;
    struct segment cs, ss;
} __attribute__((aligned(64)));

struct table_register {
    uint64_t base;
    uint16_t limit;
};

/* Software TLB: one array a privilege class. A tag is the page's linear address, or TLB_NO_TAG; the tag of
 * the last byte of an access is compared, so that an access across pages misses. host address = add +
 * linear address. A page that holds decoded code never has a write tag. */
enum { TLB_BITS = 9, TLB_SIZE = 1 << TLB_BITS };
#define TLB_NO_TAG  UINT64_C(1)
/* In a write tag: the walk allowed the write, but who watches the page is to be told. */
#define TLB_WATCHED UINT64_C(2)
struct tlb_entry {
    uint64_t read, write, execute;
    uint64_t add;
};
enum { TLB_JOURNAL = 126 };
struct tlb {
    struct tlb_entry entry[TLB_SIZE];
    uint16_t filled
        [TLB_JOURNAL]; /* slots filled since the last flush, so that a flush need not touch all of them */
    uint16_t fills;    /* TLB_JOURNAL + 1: more than the journal holds */
};
/* The reserved bits of page-table entries by level (1 PTE .. 5 PML5E), as walk.c works them out; key 0:
 * not yet. */
struct walk_rules {
    const struct profile *profile;
    uint64_t key;
    uint64_t table[6], leaf[6]; /* of an entry that names a table, of one that maps a page */
};
enum tlb_class {
    TLB_USER,          /* CPL 3 */
    TLB_SUPERVISOR,    /* CPL < 3, SMAP enforced; implicit supervisor accesses at any CPL */
    TLB_SUPERVISOR_AC, /* CPL < 3 with EFLAGS.AC set (or no SMAP) */
    TLB_CLASSES,
    TLB_NONE = TLB_CLASSES, /* always misses: while #AC or data breakpoints have to be looked for */
};

/* Where in struct cpu an MSR lies whose reading has no side to it, once it was looked for; offset 0: none. */
enum { MSR_PLACES = 64 };
struct msr_place {
    uint32_t index, offset;
};

/* The translations made under one value of CR3: space.c. */
enum { ADDRESS_SPACES = 4 };
struct address_space {
    uint64_t control, cr3, pdpte[4]; /* what it was made under */
    uint64_t epoch; /* of cpu.generation while it is in use: of no other space and no other contents */
    bool kept;      /* what it holds is found again by CR3 */
    bool made;      /* its TLBs have been emptied for the first time */
    uint64_t large_first,
        large_last; /* linear addresses that pages larger than 4 KiB span among those met; none: first > last */
    struct tlb tlbs[TLB_CLASSES + 1];
};

/* The mode word: all that decoding and handler choice depend on. */
enum {
    MODE_CODE_16 = 0,
    MODE_CODE_32 = 1,
    MODE_CODE_64 = 2,
    MODE_CODE = 3,
    MODE_STACK_32 = 1 << 2, /* SS.B; in 64-bit mode neither matters */
    MODE_PE = 1 << 3,
    MODE_VM = 1 << 4,
    MODE_LMA = 1 << 5,
    MODE_FLAT = 1 << 6, /* 32-bit code, CS, DS, ES and SS flat, the latter three writable: mode_flat() */
};

/* why an instruction set extension faults just now: bits of cpu.unavailable, recomputed by mode_changed() */
enum {
    NO_X87 = 1 << 0,  /* CR0.EM or CR0.TS: #NM */
    NO_SSE = 1 << 1,  /* CR0.EM or !CR4.OSFXSR: #UD; CR0.TS: #NM */
    NO_AVX = 1 << 2,  /* !CR4.OSXSAVE, XCR0[2:1] != 11b, real or vm86 mode: #UD; CR0.TS: #NM */
    NO_WAIT = 1 << 3, /* CR0.MP and CR0.TS: WAIT gives #NM */
    NO_MMX = 1 << 4,  /* CR0.EM: #UD; CR0.TS: #NM */
};

/* kinds of event, as the manual sorts them (SDM Vol. 3A, "Interrupt and Exception Handling") */
enum event_kind {
    EVENT_NONE,
    EVENT_FAULT,     /* exception of the current instruction: frame holds its own RIP, RF set */
    EVENT_TRAP,      /* #DB after an instruction: frame holds the next RIP */
    EVENT_SOFTWARE,  /* INT n: DPL and vm86 checks */
    EVENT_INT3_INTO, /* INT3, INTO: DPL checks, EXT = 0 */
    EVENT_ICEBP,     /* INT1: no DPL check, EXT = 1 */
    EVENT_EXTERNAL,  /* maskable interrupt or NMI: EXT = 1 */
};
struct event {
    enum event_kind kind;
    uint8_t vector;
    bool has_error;
    uint32_t error;
};

/* vendor, where implementations differ; further named choices in the profile */
enum vendor { VENDOR_INTEL, VENDOR_AMD };

struct profile;
struct bus;
struct block_cache;
struct physical;

enum run_state { RUN_NORMAL, RUN_HALT, RUN_SHUTDOWN, RUN_STOP };

struct cpu {
    /* --- hot --- */
    uint64_t r[R_COUNT];  /* GPRs, zero, linear... RIP of the current block's first byte (R_BLOCK) */
    uint64_t lazy_result; /* sign-extended last result: ZF, SF, PF */
    uint64_t lazy_carry;  /* carry-out vector aligned to bit 63: CF = bit 63, OF = bit 63 ^ bit 62 */
    uint32_t lazy_aux;    /* bit 4: AF; bit 0: SF is flipped; bits 8..15: XORed into the byte PF comes from */
    int64_t left;         /* instructions until the run loop looks for events; charged at block exits */
    uint64_t
        generation; /* of links between blocks: changes with the mode word and whenever a translation may have */
    struct tlb *tlb;     /* of the current privilege, or the one that always misses */
    uint64_t flat_mask;  /* flat addresses wrap with it: 32 bits, 64 in 64-bit mode */
    const struct op *op; /* instruction in progress, where RIP must be derived from it; NULL: rip is right */
    struct segment seg[SEG_COUNT];
    /* --- */
    uint64_t rip;         /* outside blocks, and after SYNC(): of the current instruction */
    uint64_t next_rip;    /* after SYNC(): of the following instruction */
    uint32_t charge;      /* after SYNC(): instructions of the block done before this one */
    uint32_t mode;        /* MODE_... */
    uint32_t unavailable; /* NO_... */
    uint64_t facilities;  /* what `unavailable` was computed from; 0: not yet */
    uint8_t cpl;
    uint64_t rflags; /* all but the status flags, which are lazy: use flags_get() and flags_set() */
    uint64_t cr0, cr2, cr3, cr4, cr8, xcr0, xss, efer;
    uint64_t pdpte[4]; /* PAE: loaded with CR3 */
    uint32_t pkru;
    uint64_t dr[4], dr6, dr7;
    struct table_register gdtr, idtr;
    uint64_t star, lstar, cstar, fmask, kernel_gs_base, tsc_aux;
    uint64_t sysenter_cs, sysenter_esp, sysenter_eip;
    uint64_t apic_base, pat, misc_enable, debugctl, tsc_offset;
    uint64_t mtrr_cap, mtrr_def, mtrr_fixed[11], mtrr_base[10], mtrr_mask[10];
    uint64_t mcg_status, mcg_ctl, mc_bank[32 * 4], spec_ctrl, feature_control, hwcr, bios_sign_id,
        tsc_deadline, osvw[2];
    uint64_t lastbranch[4];
    struct x87 x87;
    uint32_t mxcsr;
    uint32_t
        host_mxcsr; /* the calling thread's own; 0: to be read by the first floating-point operation of a run */
    union vector v[16];
    uint64_t xinuse; /* XINUSE beyond what is derived from contents */

    /* --- execution state that the architecture has and no register shows --- */
    /* one quadword, so that block.c may ask at once whether any of it is not 0 */
    struct {
        enum run_state run_state;
        uint8_t shadow; /* SHADOW_...: after STI, MOV SS, POP SS; for one instruction boundary */
        bool nmi_pending, init_pending;
        bool step; /* run one-instruction blocks: TF, breakpoints, shadow; recomputed by mode_changed() */
    } __attribute__((aligned(8)));
    bool nmi_blocked; /* until the next IRET */
    bool ferr,
        ignne; /* pins: x87 error reported with CR0.NE = 0; such errors are ignored. Both end with ES */
    uint64_t pending_debug; /* DR6 bits of a trap to deliver after this instruction (BS, BT, B0..B3) */
    bool suppress_debug_trap;
    struct event raised;     /* by raise_fault(), before delivery */
    struct event delivering; /* in delivery: what a nested exception combines with */
    uint64_t retired; /* instructions completed since reset, as of the last event check: use instructions() */
    int64_t quantum;  /* what `left` was then */
    uint64_t slept;   /* of `retired`, those that passed in HLT */
    uint64_t entropy; /* state of the seeded RDRAND */

    struct msr_place msr_places[MSR_PLACES];
    struct tlb *tlbs;       /* of the address space in use, by class */
    uint8_t space;          /* which that is */
    uint8_t tables_written; /* bit n: a page table of space n may have been written since it was emptied */
    uint16_t table_writes;  /* since page tables were forgotten last: mem/tlb.c */
    uint64_t epochs;        /* given out so far */
    struct checked_segment checked[CHECKED_SEGMENTS];
    struct checked_return checked_returns[CHECKED_RETURNS];
    struct checked_gate checked_gates[CHECKED_GATES];
    struct walk_rules walk_rules;
    jmp_buf escape; /* where raise_fault() goes */
    const struct profile *profile;
    struct bus *bus;           /* ports, memory-mapped devices, interrupt controller */
    struct physical *physical; /* RAM and ROM */
    struct block_cache *blocks;
    uint64_t a20_mask; /* physical addresses are ANDed with it; changed by cpu_a20() */
    void (*code_written)(struct cpu *c, uint64_t address, size_t size); /* see code_watch_set() */
    /* before an event is delivered (true: it is not), and after (`delivered`); NULL: nobody looks on */
    bool (*event_hook)(void *context, const struct event *e, bool delivered);
    void *event_context;
    uint64_t flags_defined;  /* AC from the 80486 on, VIF and VIP with VME, ID with CPUID */
    uint64_t physical_limit; /* 1 << MAXPHYADDR */
#ifdef REFCORE_DEFECTS
    enum defect defect;
    uint8_t cached_tss[104]; /* CACHED_ESP0 */
#endif
    /* the last member: a snapshot leaves it out */
    struct address_space spaces[ADDRESS_SPACES];
};

/* SHADOW_OVER: the shadowed instruction is the one that runs; events are looked for after it. */
enum { SHADOW_STI = 1, SHADOW_MOV_SS = 2, SHADOW_OVER = 4 };

/* Leaves the current instruction with an exception: the run loop delivers it. `c->op` (or, if that is
 * NULL, `c->rip`) tells the instruction. Never returns. raise_fault_error() is for vectors that push an
 * error code. */
_Noreturn void raise_fault(struct cpu *c, unsigned vector);
_Noreturn void raise_fault_error(struct cpu *c, unsigned vector, uint32_t error);
/* #PF: sets CR2 and raises with `error` (P W U RSVD I PK bits). */
_Noreturn void raise_page_fault(struct cpu *c, uint64_t linear, uint32_t error);

/* A waiting x87 or MMX instruction found ES set: #MF; or, with CR0.NE = 0, FERR# tells the board and the
 * processor freezes at the instruction until an interrupt comes. Returns while IGNNE# is active: the
 * instruction runs. `c->op` as for raise_fault(). SDM Vol. 1, Appendix D, "MS-DOS Compatibility Sub-mode". */
void x87_error(struct cpu *c);

/* Sets rip, next_rip and charge from `o` and clears op. Called first by every handler that leaves the
 * block, reads RIP or calls into event/ or seg/. From there on `c->rip` is what a fault frame holds. */
static inline void cpu_sync(struct cpu *c, const struct op *o) {
    uint64_t next = c->r[R_BLOCK] + o->end;
    uint64_t rip = next - o->length;
    if ((c->mode & MODE_CODE) != MODE_CODE_64) {
        next = (uint32_t)next;
        rip = (uint32_t)rip;
    }
    c->rip = rip;
    c->next_rip = next;
    c->charge = o->ordinal - 1U;
    c->op = 0;
}

/* Instructions completed since reset, exact after SYNC(). The time-stamp counter and virtual time run on
 * it. */
static inline uint64_t instructions(const struct cpu *c) {
    return c->retired + (uint64_t)(c->quantum - c->left) + c->charge;
}

static inline bool in_long_mode(const struct cpu *c) {
    return (c->efer & EFER_LMA) != 0;
}
static inline bool in_64bit_code(const struct cpu *c) {
    return (c->mode & MODE_CODE) == MODE_CODE_64;
}
static inline bool in_protected(const struct cpu *c) {
    return (c->mode & (MODE_PE | MODE_VM)) == MODE_PE;
}
static inline bool in_vm86(const struct cpu *c) {
    return (c->mode & MODE_VM) != 0;
}
static inline bool in_real(const struct cpu *c) {
    return (c->mode & MODE_PE) == 0;
}
static inline unsigned flags_iopl(const struct cpu *c) {
    return (unsigned)(c->rflags >> 12) & 3;
}

/* --- lazy status flags --- */
static inline unsigned flag_cf(const struct cpu *c) {
    return (unsigned)(c->lazy_carry >> 63);
}
static inline unsigned flag_zf(const struct cpu *c) {
    return c->lazy_result == 0;
}
static inline unsigned flag_sf(const struct cpu *c) {
    return (unsigned)(c->lazy_result >> 63) ^ (c->lazy_aux & 1);
}
static inline unsigned flag_of(const struct cpu *c) {
    return (unsigned)((c->lazy_carry >> 63) ^ (c->lazy_carry >> 62)) & 1;
}
static inline unsigned flag_pf(const struct cpu *c) {
    return !__builtin_parity((uint8_t)(c->lazy_result ^ (c->lazy_aux >> 8)));
}
static inline unsigned flag_af(const struct cpu *c) {
    return c->lazy_aux >> 4 & 1;
}

/* The six status flags as an RFLAGS image. */
static inline uint64_t flags_status(const struct cpu *c) {
    return flag_cf(c) | flag_pf(c) << 2 | flag_af(c) << 4 | flag_zf(c) << 6 | flag_sf(c) << 7 |
           flag_of(c) << 11;
}
/* Sets all six status flags from an RFLAGS image; its other bits are ignored. */
static inline void flags_set_status(struct cpu *c, uint64_t image) {
    uint64_t zero = image >> 6 & 1, sign = image >> 7 & 1, parity = image >> 2 & 1;
    uint64_t carry = image & 1, overflow = image >> 11 & 1;
    c->lazy_result = zero ^ 1; /* a positive nonzero value or zero; SF and PF follow by their flips */
    uint32_t natural = !__builtin_parity((uint8_t)c->lazy_result);
    c->lazy_aux = (uint32_t)((image & FLAG_AF) | sign | (uint64_t)(natural ^ (uint32_t)parity) << 8);
    c->lazy_carry = carry << 63 | (carry ^ overflow) << 62;
}
/* The whole RFLAGS register. */
static inline uint64_t flags_get(const struct cpu *c) {
    return c->rflags | FLAG_1 | flags_status(c);
}
/* Sets all but the status flags, no checks but for the flags that this processor has. The caller calls
 * mode_changed() where TF, AC, VM or IF may differ. */
static inline void flags_set_system(struct cpu *c, uint64_t image) {
    c->rflags = (image & ~(uint64_t)FLAGS_STATUS & c->flags_defined) | FLAG_1;
}
/* The whole register. */
static inline void flags_set(struct cpu *c, uint64_t image) {
    flags_set_status(c, image);
    flags_set_system(c, image);
}

#endif
