/* SPDX-License-Identifier: BSD-2-Clause */
/* profile.h - a CPU model as data: what it announces, what it has, and where it makes a vendor's choice. */
#ifndef REFCORE_CPU_PROFILE_H
#define REFCORE_CPU_PROFILE_H

#include "state.h"

/* Where vendors or generations differ. Each field's comment cites both sides in profile.c. */
struct vendor_choices {
    bool syscall_legacy;        /* SYSCALL/SYSRET also outside 64-bit mode (AMD) */
    bool sysenter_long;         /* SYSENTER/SYSEXIT in long mode (Intel) */
    bool sysret_canonical_rcx;  /* SYSRET to a non-canonical RIP: #GP at CPL 0 (Intel), at the target (AMD) */
    bool sysret_loads_ss_fully; /* SYSRET: SS attributes set (Intel), only the selector (AMD) */
    bool far_operand_rexw;      /* m16:64 far pointers exist (Intel) */
    bool branch_operand16_long; /* 66h before a near branch counts in 64-bit mode (AMD) */
    bool tss_slot_8; /* an inner stack's slot in a 32-bit TSS: 8 bytes within the limit (AMD), 6 (Intel) */
    bool return_reads_upper;       /* 64-bit IRET reads the flags' slot first, RETF that of CS (AMD) */
    bool rep_zero_checks_port;     /* REP INS and OUTS with count 0 check the port's permission (AMD) */
    bool rep_trap_rf;              /* a trap between two iterations of REP pushes RF = 1 (Intel) */
    bool null_clears_base;         /* loading a null selector clears base and limit (Intel) */
    bool fxsave_pointers_on_error; /* FXSAVE stores FIP/FDP/FOP only with an x87 exception pending (AMD) */
    bool bsf_zero_writes;          /* see BSF */
    bool push_sreg_word;       /* PUSH Sreg with 32-bit operand size writes two bytes (Intel), four (AMD) */
    bool mmx_transition_first; /* the x87-to-MMX transition survives the instruction's #XM or #PF (AMD) */
    bool cvtpi2ps_memory_x87;  /* CVTPI2PS from memory is an MMX instruction to the x87 state (Intel) */
    bool maskmov_checks_all;   /* MASKMOVDQU and MASKMOVQ check bytes that are not selected (AMD) */
    bool sha_unaligned;        /* SHA memory operands need no alignment (AMD) */
    bool gather_mask_in_order; /* a faulting gather leaves mask elements it has not reached alone (AMD) */
    bool x87_conditions_unmasked; /* comparisons set the conditions on an unmasked #I too (AMD, measured) */
    bool fcomi_keeps_c1; /* FCOMI and its kin leave C1 alone (AMD, measured); SDM Vol. 2A, FCOMI: cleared */
    bool loop_condition_by_rep; /* F2h and F3h override the condition of LOOPE and LOOPNE (AMD, measured) */
    bool call_pushes_first; /* CALL near stores the return address, then checks the target (AMD, measured) */
    bool ud_without_modrm;  /* UD0 and UD1 have no ModRM byte (APM Vol. 3, UD0, UD1, UD2) */
    /* VPEXTRD and VPINSRD with VEX.W outside 64-bit mode: #UD (AMD, measured); ignored (SDM Vol. 2B, PEXTRD) */
    bool vex_w1_pextrd_reserved;
    bool lar_sysgates; /* reserved for seg/ */
    bool in_ins_order; /* reserved for exec/ */
};

struct profile {
    const char *name, *title;
    enum vendor vendor;
    const char *vendor_string; /* 12 characters */
    const char *brand;         /* up to 47 characters, "" for none */
    uint32_t signature;        /* CPUID.1:EAX */
    uint32_t reset_edx;
    unsigned physical_bits, linear_bits;
    uint32_t max_leaf, max_extended_leaf;
    uint64_t features[(FEATURE_COUNT + 63) / 64];
    uint64_t xcr0_mask; /* XCR0 bits it accepts */
    uint32_t mxcsr_mask;
    struct vendor_choices choice;
};

/* The profiles, ending with NULL. */
extern const struct profile *const profiles[];
/* By name; NULL if unknown. */
const struct profile *profile_find(const char *name);

static inline bool profile_has(const struct profile *p, enum feature f) {
    return f == FEATURE_ALWAYS || (p->features[f / 64] >> (f % 64) & 1) != 0;
}
static inline bool cpu_has(const struct cpu *c, enum feature f) {
    return profile_has(c->profile, f);
}

#endif
