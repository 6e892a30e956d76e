/* SPDX-License-Identifier: BSD-2-Clause */
/* return_long.c - IRET in IA-32e mode. SDM Vol. 2A, IRET, "Operation", IA-32e-MODE; APM Vol. 3, IRET. */
#include "../cpu/profile.h"
#include "../seg/return.h"
#include "deliver.h"

enum { FRAME_RIP, FRAME_CS, FRAME_FLAGS, FRAME_SP, FRAME_SS, FRAME_WORDS };

/* From the lowest address up; SS:RSP by pop_stack(). */
static struct stack pop_frame(struct cpu *c, unsigned size, uint64_t *frame) {
    struct stack s = stack_current(c);
    stack_check_pop(c, &s, 3 * size);
    if (in_64bit_code(c) && c->profile->choice.return_reads_upper)
        stack_peek(c, &s, 2 * size, size);
    for (unsigned i = FRAME_RIP; i <= FRAME_FLAGS; i++)
        frame[i] = stack_pop(c, &s, size);
    return s;
}

static void pop_stack(struct cpu *c, struct stack *s, unsigned size, uint64_t *frame) {
    stack_check_pop(c, s, 2 * size);
    frame[FRAME_SP] = stack_pop(c, s, size);
    frame[FRAME_SS] = stack_pop(c, s, size);
}

/* The mode that follows from the one follows from the other. */
static bool alike(const struct segment *a, const struct segment *b) {
    return a->rights == b->rights && a->flat == b->flat;
}

void return_long(struct cpu *c, unsigned size) {
    /* hardware tasks do not exist here */
    if (c->rflags & FLAG_NT)
        raise_fault_error(c, VECTOR_GP, 0);
    bool from_64bit = in_64bit_code(c); /* SS:RSP are popped whether the level changes or not */
    uint64_t frame[FRAME_WORDS] = {0};
    struct stack s;
    const uint64_t *popped = 0;
    if (from_64bit && size == 8)
        popped = stack_whole(c, c->r[R_SP], sizeof frame, c->cpl, ACCESS_READ);
    if (UNLIKELY(!popped)) {
        s = pop_frame(c, size, frame);
        if (from_64bit)
            pop_stack(c, &s, size, frame);
        popped = frame;
    }
    /* each by itself: the accessed flags that are written below may lie on the stack, and a wider load
     * than the stores of a delivery would wait for them */
    uint64_t rip = popped[FRAME_RIP], image = popped[FRAME_FLAGS], sp = popped[FRAME_SP];
    uint16_t cs_selector = (uint16_t)popped[FRAME_CS], ss_selector = (uint16_t)popped[FRAME_SS];
    struct segment cs_room, ss_room, *ss = 0;
    struct segment *cs = return_cs(c, cs_selector, &cs_room);
    unsigned cpl = c->cpl, rpl = selector_rpl(cs->selector);
    bool to_64bit = segment_is_64bit(c, cs), loads_ss = from_64bit || rpl > cpl;
    if (!from_64bit && rpl > cpl) {
        pop_stack(c, &s, size, frame);
        sp = frame[FRAME_SP];
        ss_selector = (uint16_t)frame[FRAME_SS];
    }
    if (loads_ss)
        ss = return_ss(c, ss_selector, rpl, to_64bit, &ss_room);
    if (!segment_holds(c, cs, rip))
        raise_fault_error(c, VECTOR_GP, 0);
    segment_set_accessed(c, cs);
    if (ss && !ss->null)
        segment_set_accessed(c, ss);

    const uint64_t watched = FLAG_TF | FLAG_RF | FLAG_VM | FLAG_AC;
    uint64_t flags_before = c->rflags;
    bool same = rpl == cpl && !c->step && alike(cs, &c->seg[SEG_CS]) && (!ss || alike(ss, &c->seg[SEG_SS]));
    return_flags(c, image, size, cpl); /* by the old CPL */
    cs_enter(c, cs);
    if (ss) {
        c->seg[SEG_SS] = *ss;
        return_sp_commit(c, sp, to_64bit);
    } else {
        stack_commit(c, &s);
    }
    c->rip = rip;
    if (rpl > cpl)
        null_inner_data_segments(c);
    /* nothing is derived anew where the level, the rights, and the flags that count stay */
    if (!same || ((c->rflags ^ flags_before) & watched))
        mode_transferred(c);
}
