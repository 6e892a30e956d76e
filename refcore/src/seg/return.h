/* SPDX-License-Identifier: BSD-2-Clause */
/* return.h - the checks of a return's CS and SS that far RET and IRET share (far_return.c). */
#ifndef REFCORE_SEG_RETURN_H
#define REFCORE_SEG_RETURN_H

#include "checked.h"

/* The code segment a return names: null, limit, type, RPL, L and D, DPL, presence. Raises #GP or #NP. It
 * lies in *room or among those that were checked before. */
struct segment *return_cs_check(struct cpu *c, uint16_t selector, struct segment *room);
static inline struct segment *return_cs(struct cpu *c, uint16_t selector, struct segment *room) {
    struct segment *known = checked_before(c, CHECK_RETURN_CODE, selector, 0);
    return LIKELY(known) ? known : return_cs_check(c, selector, room);
}
/* The stack segment of a return to level `cpl` (null where that is allowed). Raises #GP, and #SS where it is
 * not present: RET and IRET, "Operation"; SDM Vol. 3A, "Stack Fault Exception (#SS)". (IRET's list of
 * exceptions, as the 80386's manual, says #NP.) */
struct segment *return_ss_check(struct cpu *c, uint16_t selector, unsigned cpl, bool to_64bit,
                                struct segment *room);
static inline struct segment *return_ss(struct cpu *c, uint16_t selector, unsigned cpl, bool to_64bit,
                                        struct segment *room) {
    struct segment *known = checked_before(c, CHECK_RETURN_STACK, selector, cpl);
    return LIKELY(known) ? known : return_ss_check(c, selector, cpl, to_64bit, room);
}
/* The stack pointer a return loads: a 16-bit stack takes its low word only, and the rest of ESP stays. */
static inline void return_sp_commit(struct cpu *c, uint64_t sp, bool to_64bit) {
    if (to_64bit)
        c->r[R_SP] = sp;
    else if (c->seg[SEG_SS].rights & AR_DB)
        c->r[R_SP] = (uint32_t)sp;
    else
        c->r[R_SP] = (c->r[R_SP] & ~UINT64_C(0xffff)) | (sp & 0xffff);
}

#endif
