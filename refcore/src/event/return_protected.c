/* SPDX-License-Identifier: BSD-2-Clause */
/* return_protected.c - IRET in protected mode outside IA-32e mode. SDM Vol. 2A, IRET, "Operation",
 * PROTECTED-MODE. */
#include "../seg/frame.h"
#include "../seg/return.h"
#include "deliver.h"

/* TASK-RETURN: NT is set, the back link in the current TSS names the task. */
static void task_return(struct cpu *c) {
    uint16_t link = (uint16_t)table_read(c, c->seg[SEG_TR].base, 0, 2);
    task_enter(c, link, TASK_IRET, 0, false, 0);
}

/* RETURN-TO-VIRTUAL-8086-MODE: CPL is 0, VM set in the image; the whole image is loaded. */
static void return_to_vm86(struct cpu *c, struct stack *s, uint64_t rip, uint16_t cs, uint64_t image) {
    static const uint8_t order[] = {SEG_ES, SEG_DS, SEG_FS, SEG_GS};
    uint16_t selector[4], ss;
    stack_check_pop(c, s, 24);
    if (rip > 0xffff)
        raise_fault_error(c, VECTOR_GP, 0);
    uint64_t sp = stack_pop(c, s, 4);
    ss = (uint16_t)stack_pop(c, s, 4);
    for (unsigned i = 0; i < 4; i++)
        selector[i] = (uint16_t)stack_pop(c, s, 4);
    flags_set(c, flags_with_rf(c, (image & 0x3f7fd5) | FLAG_VM));
    c->cpl = 3;
    seg_load_real(c, SEG_CS, cs);
    seg_load_real(c, SEG_SS, ss);
    for (unsigned i = 0; i < 4; i++)
        seg_load_real(c, order[i], selector[i]);
    c->r[R_SP] = sp;
    c->rip = rip;
    mode_changed(c);
}

/* RETURN-TO-OUTER-PRIVILEGE-LEVEL */
static void return_outer(struct cpu *c, struct stack *s, struct segment *cs, uint64_t rip, uint64_t image,
                         unsigned size) {
    unsigned cpl = c->cpl;
    uint64_t word[2];
    frame_pop(c, s, word, 2, size);
    uint64_t sp = word[0];
    uint16_t new_ss = (uint16_t)word[1];
    struct segment room, *ss = return_ss(c, new_ss, selector_rpl(cs->selector), false, &room);
    if (rip > cs->limit)
        raise_fault_error(c, VECTOR_GP, 0);
    segment_set_accessed(c, cs);
    segment_set_accessed(c, ss);
    return_flags(c, image, size, cpl); /* by the old CPL */
    cs_enter(c, cs);
    c->seg[SEG_SS] = *ss;
    return_sp_commit(c, sp, false);
    c->rip = rip;
    null_inner_data_segments(c);
    mode_transferred(c);
}

void return_protected(struct cpu *c, unsigned size) {
    if (c->rflags & FLAG_NT) {
        task_return(c);
        return;
    }
    struct stack s = stack_current(c);
    uint64_t word[3];
    frame_pop(c, &s, word, 3, size);
    uint64_t rip = word[0], image = word[2];
    uint16_t selector = (uint16_t)word[1];
    if (size == 4 && (image & FLAG_VM) && c->cpl == 0) {
        return_to_vm86(c, &s, rip, selector, image);
        return;
    }
    /* PROTECTED-MODE-RETURN */
    struct segment room, *cs = return_cs(c, selector, &room);
    if (selector_rpl(selector) > c->cpl) {
        return_outer(c, &s, cs, rip, image, size);
        return;
    }
    /* RETURN-TO-SAME-PRIVILEGE-LEVEL */
    if (rip > cs->limit)
        raise_fault_error(c, VECTOR_GP, 0);
    segment_set_accessed(c, cs);
    return_flags(c, image, size, c->cpl);
    cs_enter(c, cs);
    stack_commit(c, &s);
    c->rip = rip;
    mode_transferred(c);
}
