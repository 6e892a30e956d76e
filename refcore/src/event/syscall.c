/* SPDX-License-Identifier: BSD-2-Clause */
/* syscall.c - SYSCALL, SYSRET, SYSENTER, SYSEXIT. SDM Vol. 2B, each entry's "Operation"; APM Vol. 3, SYSCALL,
 * SYSRET, SYSENTER, SYSEXIT. The segments come from no table: base 0, limit 4 GiB. */
#include "syscall.h"

void event_syscall(struct cpu *c) {
    bool legacy = c->profile->choice.syscall_legacy;
    if (!(c->efer & EFER_SCE) || (!in_64bit_code(c) && !legacy))
        raise_fault(c, VECTOR_UD);
    if (in_long_mode(c)) {
        syscall_long(c, in_64bit_code(c) ? c->lstar : c->cstar);
        return;
    }
    /* AMD, legacy mode */
    c->r[R_CX] = c->next_rip;
    c->rip = (uint32_t)c->star;
    uint64_t flags = flags_get(c) & ~(uint64_t)(FLAG_RF | FLAG_VM | FLAG_IF);
    flat_pair(c, c->star >> 32 & 0xfffc, (c->star >> 32 & 0xffff) + 8, false, 0);
    flags_set(c, flags);
    if (!(flags & FLAG_TF))
        c->suppress_debug_trap = true;
    mode_transferred(c);
}

void event_sysret(struct cpu *c, unsigned size) {
    const struct vendor_choices *choice = &c->profile->choice;
    if (!(c->efer & EFER_SCE) || (!in_64bit_code(c) && !choice->syscall_legacy) || !in_protected(c))
        raise_fault(c, VECTOR_UD);
    if (c->cpl != 0)
        raise_fault_error(c, VECTOR_GP, 0);
    uint64_t base = c->star >> 48;
    if (in_64bit_code(c) && size == 8) {
        sysret_to_64(c, base);
    } else {
        c->rip = (uint32_t)c->r[R_CX];
        if (in_64bit_code(c))
            flags_set(c, (c->r[11] & 0x3c7fd7) | FLAG_1);
        else
            c->rflags |= FLAG_IF;
        flat(c, SEG_CS, base | 3, FLAT_CODE | AR_DB, 3);
        c->cpl = 3;
        if (c->rflags & FLAG_TF) /* as in sysret_to_64() */
            c->pending_debug |= DR6_BS;
    }
    if (choice->sysret_loads_ss_fully)
        sysret_ss(c, base);
    else
        c->seg[SEG_SS].selector = (uint16_t)(base + 8);
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
