/* SPDX-License-Identifier: BSD-2-Clause */
/* syscall.c - SYSCALL, SYSRET, SYSENTER, SYSEXIT. SDM Vol. 2B, each entry's "Operation"; APM Vol. 3, SYSCALL,
 * SYSRET, SYSENTER, SYSEXIT. The segments come from no table: base 0, limit 4 GiB. */
#include "../cpu/profile.h"
#include "event.h"

enum {
    CODE = AR_P | AR_S | AR_CODE | AR_WRITE_READ | AR_ACCESSED | AR_G,
    DATA = AR_P | AR_S | AR_WRITE_READ | AR_ACCESSED | AR_G
};

/* As segment_derive() would have it: present, all of 4 GiB, readable. */
static inline void flat(struct cpu *c, unsigned seg, uint64_t selector, unsigned rights, unsigned dpl) {
    c->seg[seg] = (struct segment){
        .selector = (uint16_t)selector,
        .rights = (uint16_t)(rights | dpl << AR_DPL_SHIFT),
        .limit = UINT32_MAX,
        .last = UINT32_MAX,
        .readable = true,
        .writable = !(rights & AR_CODE),
        .flat = true,
    };
}

static inline void flat_pair(struct cpu *c, uint64_t cs, uint64_t ss, bool code64, unsigned cpl) {
    flat(c, SEG_CS, cs, CODE | (code64 ? AR_L : AR_DB), cpl);
    flat(c, SEG_SS, ss, DATA | AR_DB, cpl);
    c->cpl = (uint8_t)cpl;
}

void event_syscall(struct cpu *c) {
    bool legacy = c->profile->choice.syscall_legacy;
    if (!(c->efer & EFER_SCE) || (!in_64bit_code(c) && !legacy))
        raise_fault(c, VECTOR_UD);
    uint64_t before = flags_get(c), flags = before & ~(uint64_t)FLAG_RF;
    uint64_t cs = c->star >> 32 & 0xfffc, ss = (c->star >> 32 & 0xffff) + 8;
    c->r[R_CX] = c->next_rip;
    if (in_long_mode(c)) {
        c->rip = in_64bit_code(c) ? c->lstar : c->cstar;
        c->r[11] = DEFECT(c, CLOBBERED_R11) ? flags & ~c->fmask : flags;
        flags &= ~c->fmask;
        flat_pair(c, cs, ss, true, 0);
    } else { /* AMD, legacy mode */
        c->rip = (uint32_t)c->star;
        flags &= ~(uint64_t)(FLAG_VM | FLAG_IF);
        flat_pair(c, cs, ss, false, 0);
    }
    if (UNLIKELY((before ^ flags) & FLAGS_STATUS))
        flags_set_status(c, flags);
    flags_set_system(c, flags);
    /* a masked TF does not trap at the handler's first instruction */
    if (!(flags & FLAG_TF))
        c->suppress_debug_trap = true;
    if (LIKELY(in_long_mode(c)))
        mode_entered_64(c);
    else
        mode_transferred(c);
}

void event_sysret(struct cpu *c, unsigned size) {
    const struct vendor_choices *choice = &c->profile->choice;
    if (!(c->efer & EFER_SCE) || (!in_64bit_code(c) && !choice->syscall_legacy) || !in_protected(c))
        raise_fault(c, VECTOR_UD);
    if (c->cpl != 0)
        raise_fault_error(c, VECTOR_GP, 0);
    uint64_t base = c->star >> 48;
    bool to_64bit = in_64bit_code(c) && size == 8;
    uint64_t rip = to_64bit ? c->r[R_CX] : (uint32_t)c->r[R_CX];
    if (to_64bit && choice->sysret_canonical_rcx && !is_canonical(c, rip))
        raise_fault_error(c, VECTOR_GP, 0);
    c->rip = rip;
    if (in_64bit_code(c))
        flags_set(c, (c->r[11] & 0x3c7fd7) | FLAG_1);
    else
        c->rflags |= FLAG_IF;
    flat(c, SEG_CS, (base + (to_64bit ? 16 : 0)) | 3, CODE | (to_64bit ? AR_L : AR_DB), 3);
    if (choice->sysret_loads_ss_fully)
        flat(c, SEG_SS, (base + 8) | (DEFECT(c, SYSRET_RPL) ? 0 : 3), DATA | AR_DB, 3);
    else
        c->seg[SEG_SS].selector = (uint16_t)(base + 8);
    c->cpl = 3;
    /* TF is sampled after SYSRET, not before: the trap comes before the first instruction of the program */
    if (c->rflags & FLAG_TF)
        c->pending_debug |= DR6_BS;
    if (LIKELY(to_64bit && choice->sysret_loads_ss_fully))
        mode_entered_64(c);
    else
        mode_transferred(c);
}

void event_sysenter(struct cpu *c) {
    if (in_long_mode(c) && !c->profile->choice.sysenter_long)
        raise_fault(c, VECTOR_UD);
    if (in_real(c) || (c->sysenter_cs & 0xfffc) == 0)
        raise_fault_error(c, VECTOR_GP, 0);
    bool is_long = in_long_mode(c);
    c->rflags &= ~(uint64_t)(FLAG_VM | FLAG_IF | FLAG_RF);
    c->r[R_SP] = is_long ? c->sysenter_esp : (uint32_t)c->sysenter_esp;
    c->rip = is_long ? c->sysenter_eip : (uint32_t)c->sysenter_eip;
    flat_pair(c, c->sysenter_cs & 0xfffc, (c->sysenter_cs & 0xfffc) + 8, is_long, 0);
    mode_transferred(c);
}

void event_sysexit(struct cpu *c, unsigned size) {
    /* the privilege first: measured on AMD */
    if (in_protected(c) && c->cpl != 0)
        raise_fault_error(c, VECTOR_GP, 0);
    if (in_long_mode(c) && !c->profile->choice.sysenter_long)
        raise_fault(c, VECTOR_UD);
    if (!in_protected(c) || (c->sysenter_cs & 0xfffc) == 0)
        raise_fault_error(c, VECTOR_GP, 0);
    bool to_64bit = in_64bit_code(c) && size == 8;
    uint64_t rip = c->r[R_DX], rsp = c->r[R_CX];
    if (to_64bit && (!is_canonical(c, rip) || !is_canonical(c, rsp)))
        raise_fault_error(c, VECTOR_GP, 0);
    c->rip = to_64bit ? rip : (uint32_t)rip;
    c->r[R_SP] = to_64bit ? rsp : (uint32_t)rsp;
    uint64_t base = c->sysenter_cs + (to_64bit ? 32 : 16);
    flat_pair(c, base | 3, (base + 8) | 3, to_64bit, 3);
    mode_transferred(c);
}
