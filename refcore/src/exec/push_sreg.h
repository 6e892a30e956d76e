/* SPDX-License-Identifier: BSD-2-Clause */
/* PUSH, POP - segment registers.  SDM Vol. 2B, PUSH and POP, "Operation". PUSH with a 32-bit operand writes
 * the selector's two bytes on current Intel processors (PUSH, "Description"), a zero-extended doubleword on
 * AMD's (APM Vol. 3, PUSH). */
static inline void push_selector(struct cpu *c, const struct op *o, unsigned seg) {
    unsigned size = OPERAND_BYTES;
    if (size == 4 && c->profile->choice.push_sreg_word) {
        uint64_t sp = (c->r[R_SP] - 4) & stack_mask(c);
        stack_write(c, o, sp, c->seg[seg].selector, 2);
        set_sp(c, sp);
    } else {
        push_value(c, o, c->seg[seg].selector, size);
    }
}
/* rSP moves by the width that the stack had before SS was loaded. */
static inline void pop_selector(struct cpu *c, const struct op *o, unsigned seg) {
    uint64_t mask = stack_mask(c), sp = c->r[R_SP] & mask;
    uint16_t selector = mem_read16(c, o, SEG_SS, sp);
    SYNC;
    seg_load(c, seg, selector);
    sp = (sp + OPERAND_BYTES) & mask;
    c->r[R_SP] = mask == 0xffff ? (c->r[R_SP] & ~mask) | sp : sp;
}

#define PUSH_SREG(name)                                                                                      \
    HANDLER(PUSH_##name) {                                                                                   \
        push_selector(c, o, SEG_##name);                                                                     \
        NEXT;                                                                                                \
    }                                                                                                        \
    ENTRY(PUSH_##name)
PUSH_SREG(ES);
PUSH_SREG(CS);
PUSH_SREG(SS);
PUSH_SREG(DS);
PUSH_SREG(FS);
PUSH_SREG(GS);
#undef PUSH_SREG

#define POP_SREG(name)                                                                                       \
    HANDLER(POP_##name) {                                                                                    \
        pop_selector(c, o, SEG_##name);                                                                      \
        SEGMENT_NEXT;                                                                                        \
    }                                                                                                        \
    ENTRY(POP_##name)
POP_SREG(ES);
POP_SREG(DS);
POP_SREG(FS);
POP_SREG(GS);
#undef POP_SREG

HANDLER(POP_SS) {
    pop_selector(c, o, SEG_SS);
    shadow_mov_ss(c, o);
    mode_step_changed(c);
    RESUME_NEXT;
}
ENTRY(POP_SS);
