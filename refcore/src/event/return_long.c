/* SPDX-License-Identifier: BSD-2-Clause */
/* return_long.c - IRET in IA-32e mode. SDM Vol. 2A, IRET, "Operation", IA-32e-MODE; APM Vol. 3, IRET. */
#include "../cpu/profile.h"
#include "../seg/return.h"
#include "deliver.h"

void return_long(struct cpu *c, unsigned size) {
    /* hardware tasks do not exist here */
    if (c->rflags & FLAG_NT)
        raise_fault_error(c, VECTOR_GP, 0);
    struct stack s = stack_current(c);
    bool from_64bit = in_64bit_code(c);
    stack_check_pop(c, &s, 3 * size);
    if (from_64bit && c->profile->choice.return_reads_upper)
        stack_peek(c, &s, 2 * size, size);
    uint64_t rip = stack_pop(c, &s, size);
    uint16_t cs = (uint16_t)stack_pop(c, &s, size);
    uint64_t image = stack_pop(c, &s, size), sp = 0;
    uint16_t new_ss = 0;
    unsigned cpl = c->cpl, rpl = selector_rpl(cs);
    if (from_64bit) { /* SS:RSP are popped whether the level changes or not */
        stack_check_pop(c, &s, 2 * size);
        sp = stack_pop(c, &s, size);
        new_ss = (uint16_t)stack_pop(c, &s, size);
    }
    struct descriptor code = return_cs_check(c, cs);
    bool to_64bit = target_is_64bit(c, code), loads_ss = from_64bit || rpl > cpl;
    struct segment ss = c->seg[SEG_SS];
    if (!from_64bit && rpl > cpl) {
        stack_check_pop(c, &s, 2 * size);
        sp = stack_pop(c, &s, size);
        new_ss = (uint16_t)stack_pop(c, &s, size);
    }
    if (loads_ss)
        return_ss_check(c, new_ss, rpl, to_64bit, VECTOR_NP, &ss);
    if (!target_in_segment(c, code, rip))
        raise_fault_error(c, VECTOR_GP, 0);
    descriptor_set_accessed(c, cs, &code);
    if (loads_ss && !ss.null)
        segment_set_accessed(c, &ss);

    return_flags(c, image, size, cpl); /* by the old CPL */
    cs_commit(c, cs, code, rpl);
    if (loads_ss) {
        c->seg[SEG_SS] = ss;
        return_sp_commit(c, sp, to_64bit);
    } else {
        stack_commit(c, &s);
    }
    c->rip = rip;
    if (rpl > cpl)
        null_inner_data_segments(c);
    mode_changed(c);
}
