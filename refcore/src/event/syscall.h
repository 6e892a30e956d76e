/* SPDX-License-Identifier: BSD-2-Clause */
/* syscall.h - SYSCALL and SYSRET between 64-bit programs and their kernel; all else is in syscall.c. SDM Vol. 2B, SYSCALL,
 * SYSRET, "Operation"; APM Vol. 3, SYSCALL, SYSRET. The segments come from no table: base 0, limit 4 GiB. */
#ifndef REFCORE_EVENT_SYSCALL_H
#define REFCORE_EVENT_SYSCALL_H

#include "../cpu/profile.h"
#include "../mem/mode.h"
#include "event.h"

enum {
    FLAT_CODE = AR_P | AR_S | AR_CODE | AR_WRITE_READ | AR_ACCESSED | AR_G,
    FLAT_DATA = AR_P | AR_S | AR_WRITE_READ | AR_ACCESSED | AR_G
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
    flat(c, SEG_CS, cs, FLAT_CODE | (code64 ? AR_L : AR_DB), cpl);
    flat(c, SEG_SS, ss, FLAT_DATA | AR_DB, cpl);
    c->cpl = (uint8_t)cpl;
}

/* SYSCALL in IA-32e mode, to `target`; EFER.SCE has been looked at. */
static inline void syscall_long(struct cpu *c, uint64_t target) {
    uint64_t before = flags_get(c) & ~(uint64_t)FLAG_RF, flags = before & ~c->fmask;
    c->r[R_CX] = c->next_rip;
    c->r[11] = DEFECT(c, CLOBBERED_R11) ? flags : before;
    c->rip = target;
    flat_pair(c, c->star >> 32 & 0xfffc, (c->star >> 32 & 0xffff) + 8, true, 0);
    if (UNLIKELY((before ^ flags) & FLAGS_STATUS))
        flags_set_status(c, flags);
    flags_set_system(c, flags);
    /* a masked TF does not trap at the handler's first instruction */
    if (!(flags & FLAG_TF))
        c->suppress_debug_trap = true;
    mode_entered_64(c);
}

/* SYSRET to 64-bit code: RFLAGS, CS and CPL; SS is the caller's. */
static inline void sysret_to_64(struct cpu *c, uint64_t base) {
    if (c->profile->choice.sysret_canonical_rcx && !is_canonical(c, c->r[R_CX]))
        raise_fault_error(c, VECTOR_GP, 0);
    c->rip = c->r[R_CX];
    flags_set(c, (c->r[11] & 0x3c7fd7) | FLAG_1);
    flat(c, SEG_CS, (base + 16) | 3, FLAT_CODE | AR_L, 3);
    c->cpl = 3;
    /* TF is sampled after SYSRET, not before: the trap comes before the first instruction of the program */
    if (c->rflags & FLAG_TF)
        c->pending_debug |= DR6_BS;
}
static inline void sysret_ss(struct cpu *c, uint64_t base) {
    flat(c, SEG_SS, (base + 8) | (DEFECT(c, SYSRET_RPL) ? 0 : 3), FLAT_DATA | AR_DB, 3);
}

#endif
