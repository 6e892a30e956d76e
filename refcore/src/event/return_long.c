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
static inline bool alike(const struct segment *a, const struct segment *b) {
    return a->rights == b->rights && a->flat == b->flat;
}

/* What was popped, and where the rest of the frame lies. */
struct popped {
    uint64_t rip, image, sp;
    uint16_t cs, ss;
    struct stack *stack; /* NULL: SS:RSP have been popped too */
};

/* From the checks of CS on. `size`, and whether SS:RSP have been popped, are constants where it is called. */
static inline __attribute__((always_inline)) void return_checked(struct cpu *c, struct popped p,
                                                                 unsigned size) {
    struct segment cs_room, ss_room;
    const struct segment *cs, *ss = 0;
    unsigned cpl = c->cpl, rpl = selector_rpl(p.cs);
    const struct checked_return *before = p.stack ? 0 : return_before(c, p.cs, p.ss);
    if (LIKELY(before)) {
        cs = &before->cs;
        ss = &before->ss;
    } else {
        cs = return_cs(c, p.cs, &cs_room);
        if (p.stack && rpl > cpl) {
            uint64_t frame[FRAME_WORDS];
            pop_stack(c, p.stack, size, frame);
            p.sp = frame[FRAME_SP];
            p.ss = (uint16_t)frame[FRAME_SS];
        }
        if (!p.stack || rpl > cpl)
            ss = return_ss(c, p.ss, rpl, segment_is_64bit(c, cs), &ss_room);
    }
    bool to_64bit = segment_is_64bit(c, cs);
    if (!segment_holds(c, cs, p.rip))
        raise_fault_error(c, VECTOR_GP, 0);
    if (UNLIKELY(!before)) {
        if (!p.stack)
            return_keep(c, p.cs, p.ss, cs, ss);
        if (cs == &cs_room) /* one that was checked before is accessed */
            segment_set_accessed(c, &cs_room);
        if (ss == &ss_room && !ss->null)
            segment_set_accessed(c, &ss_room);
    }

    const uint64_t watched = FLAG_TF | FLAG_RF | FLAG_VM | FLAG_AC;
    uint64_t flags_before = c->rflags;
    bool same = rpl == cpl && !c->step && alike(cs, &c->seg[SEG_CS]) && (!ss || alike(ss, &c->seg[SEG_SS]));
    return_flags(c, p.image, size, cpl); /* by the old CPL */
    cs_enter(c, cs);
    if (ss) {
        c->seg[SEG_SS] = *ss;
        return_sp_commit(c, p.sp, to_64bit);
    } else {
        stack_commit(c, p.stack);
    }
    c->rip = p.rip;
    if (rpl > cpl)
        null_inner_data_segments(c);
    /* nothing is derived anew where the level, the rights, and the flags that count stay */
    if (!same || ((c->rflags ^ flags_before) & watched))
        mode_transferred(c);
}

/* Of any size, word by word. */
static COLD void return_any(struct cpu *c, unsigned size) {
    bool from_64bit = in_64bit_code(c); /* SS:RSP are popped whether the level changes or not */
    uint64_t frame[FRAME_WORDS] = {0};
    struct stack s = pop_frame(c, size, frame);
    if (from_64bit)
        pop_stack(c, &s, size, frame);
    return_checked(c,
                   (struct popped){.rip = frame[FRAME_RIP],
                                   .image = frame[FRAME_FLAGS],
                                   .sp = frame[FRAME_SP],
                                   .cs = (uint16_t)frame[FRAME_CS],
                                   .ss = (uint16_t)frame[FRAME_SS],
                                   .stack = from_64bit ? 0 : &s},
                   size);
}

void return_long(struct cpu *c, unsigned size) {
    /* hardware tasks do not exist here */
    if (c->rflags & FLAG_NT)
        raise_fault_error(c, VECTOR_GP, 0);
    const uint64_t *frame = 0;
    if (in_64bit_code(c) && size == 8)
        frame = stack_whole(c, c->r[R_SP], FRAME_WORDS * sizeof *frame, c->cpl, ACCESS_READ);
    if (UNLIKELY(!frame)) {
        return_any(c, size);
        return;
    }
    /* each by itself: the accessed flags that are written later may lie on the stack, and a wider load
     * than the stores of a delivery would wait for them */
    return_checked(c,
                   (struct popped){.rip = frame[FRAME_RIP],
                                   .image = frame[FRAME_FLAGS],
                                   .sp = frame[FRAME_SP],
                                   .cs = (uint16_t)frame[FRAME_CS],
                                   .ss = (uint16_t)frame[FRAME_SS]},
                   8);
}
