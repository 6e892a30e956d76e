/* SPDX-License-Identifier: BSD-2-Clause */
/* seg.h - descriptors, segment register loads, far transfers, call gates, hardware task switches. All raise;
 * all expect cpu_sync() to have been called (c->rip is the instruction's, c->next_rip the following one's),
 * and set c->rip on success. */
#ifndef REFCORE_SEG_SEG_H
#define REFCORE_SEG_SEG_H

#include "../mem/mem.h"

struct descriptor {
    uint32_t low, high; /* the two doublewords as in memory */
    uint32_t upper;     /* bits 32..63 of the base or offset of a 16-byte system descriptor */
};

/* Reads the descriptor that `selector` names from GDT or LDT; raises `vector`(selector & ~3 | ext) beyond the
 * limit. */
struct descriptor descriptor_read(struct cpu *c, uint16_t selector, unsigned vector, unsigned ext);
/* As descriptor_read, but answers false beyond the limit (LAR, LSL, VERR, VERW). */
bool descriptor_try(struct cpu *c, uint16_t selector, struct descriptor *to);
void descriptor_unpack(struct segment *s, uint16_t selector, struct descriptor d);
/* Sets the accessed flag in memory if it is clear. */
void descriptor_set_accessed(struct cpu *c, uint16_t selector, struct descriptor *d);

/* MOV Sreg, POP Sreg, LxS: any of ES SS DS FS GS, in every mode. A load of SS has called mode_changed() or
 * the like. */
void seg_load(struct cpu *c, unsigned seg, uint16_t selector);
/* Real and vm86 mode load of any segment register: base = selector * 16. */
void seg_load_real(struct cpu *c, unsigned seg, uint16_t selector);
void seg_lldt(struct cpu *c, uint16_t selector);
void seg_ltr(struct cpu *c, uint16_t selector);

/* JMP/CALL far: direct or through memory; size = operand size in bytes (2, 4, 8). Gates and tasks
 * included. */
void far_jump(struct cpu *c, uint16_t selector, uint64_t offset, unsigned size);
void far_call(struct cpu *c, uint16_t selector, uint64_t offset, unsigned size);
/* RETF and RETF imm16. */
void far_return(struct cpu *c, unsigned size, uint16_t release);

enum task_source { TASK_JMP, TASK_CALL, TASK_IRET, TASK_EVENT };
/* Switches to the TSS `selector` names (its descriptor already checked for type, privilege and presence by
 * the caller). `error` is pushed on the new task's stack if has_error (TASK_EVENT). ext: the EXT bit for
 * error codes. */
void task_switch(struct cpu *c, uint16_t selector, struct descriptor d, enum task_source source, unsigned ext,
                 bool has_error, uint32_t error);

/* SS:ESP of level `cpl` (0..2) from the current 16- or 32-bit TSS; raises #TS(TR | ext). */
void tss_stack(struct cpu *c, unsigned cpl, unsigned ext, uint16_t *ss, uint32_t *esp);
/* RSP0..2 (index 0..2) or IST1..7 (index 3..9: slots in the order of the 64-bit TSS); raises #TS. */
uint64_t tss_stack64(struct cpu *c, unsigned index, unsigned ext);
/* Checks and unpacks an inner stack segment for level `cpl`: raises #TS / #SS. */
void load_inner_ss(struct cpu *c, uint16_t selector, unsigned cpl, unsigned ext, struct segment *to);
/* Whether CPL/IOPL or the TSS bitmap lets `size` bytes at `port` be accessed; raises #GP(0). */
void io_permission(struct cpu *c, uint16_t port, unsigned size);

/* Pushes of an explicit stack, segment-checked and paged at `cpl`; *sp moves. size 2, 4, 8. ss_fault: error
 * code for #SS/#TS. */
struct stack {
    const struct segment *ss; /* of a 16- or 32-bit one */
    uint64_t sp;
    uint64_t mask; /* 0xffff, 0xffffffff or all ones */
    unsigned cpl;
    uint32_t error; /* of the #SS a limit violation raises */
};
void stack_push_checked(struct cpu *c, struct stack *s, uint64_t value, unsigned size);
uint64_t stack_pop_checked(struct cpu *c, struct stack *s, unsigned size);
/* A quadword on a 64-bit stack in a page that the TLB knows: its tag is canonical, so there is nothing
 * left to check, unless alignment or breakpoints are looked for. All else goes the checked way. */
static inline bool stack_quick(const struct cpu *c, const struct stack *s, unsigned size) {
    return size == 8 && s->mask == ~UINT64_C(0) && c->tlb != &c->tlbs[TLB_NONE];
}
/* The host address of `bytes` at `sp` of a 64-bit stack, to be read or written by CPL `cpl`, where one
 * page that the TLB knows holds them all, and alignment and breakpoints are not looked for; else NULL. */
static inline void *stack_whole(struct cpu *c, uint64_t sp, unsigned bytes, unsigned cpl,
                                enum access access) {
    struct tlb *tlb = c->tlb; /* of the current level, or the one that always misses */
    if (cpl != c->cpl && tlb != &c->tlbs[TLB_NONE])
        tlb = &c->tlbs[privilege_of(c, cpl)];
    const struct tlb_entry *e = tlb_slot(tlb, sp + bytes - 1);
    bool known = (access == ACCESS_WRITE ? e->write : e->read) == (sp & ~UINT64_C(0xfff));
    return LIKELY(known) ? (void *)(uintptr_t)(e->add + sp) : 0;
}
static inline void stack_push(struct cpu *c, struct stack *s, uint64_t value, unsigned size) {
    uint64_t sp = s->sp - 8;
    const struct tlb_entry *e = tlb_slot(&c->tlbs[privilege_of(c, s->cpl)], sp + 7);
    if (LIKELY(stack_quick(c, s, size) && e->write == (sp & ~UINT64_C(0xfff)))) {
        memcpy((void *)(uintptr_t)(e->add + sp), &value, 8);
        s->sp = sp;
        return;
    }
    stack_push_checked(c, s, value, size);
}
static inline uint64_t stack_pop(struct cpu *c, struct stack *s, unsigned size) {
    uint64_t sp = s->sp, value;
    const struct tlb_entry *e = tlb_slot(&c->tlbs[privilege_of(c, s->cpl)], sp + 7);
    if (LIKELY(stack_quick(c, s, size) && e->read == (sp & ~UINT64_C(0xfff)))) {
        memcpy(&value, (const void *)(uintptr_t)(e->add + sp), 8);
        s->sp = sp + 8;
        return value;
    }
    return stack_pop_checked(c, s, size);
}

#endif
