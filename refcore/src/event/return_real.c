/* SPDX-License-Identifier: BSD-2-Clause */
/* return_real.c - IRET in real-address and virtual-8086 mode. SDM Vol. 2A, IRET, "Operation",
 * REAL-ADDRESS-MODE, RETURN-FROM-VIRTUAL-8086-MODE. */
#include "../seg/frame.h"
#include "deliver.h"

struct frame {
    struct stack stack;
    uint64_t rip, image;
    uint16_t cs;
};

static struct frame pop_frame(struct cpu *c, unsigned size) {
    struct frame f = {.stack = stack_current(c)};
    uint64_t word[3];
    frame_pop(c, &f.stack, word, 3, size);
    f.rip = word[0];
    f.cs = (uint16_t)word[1];
    f.image = word[2];
    if (f.rip > c->seg[SEG_CS].limit)
        raise_fault_error(c, VECTOR_GP, 0);
    return f;
}

static void commit(struct cpu *c, const struct frame *f, uint64_t flags) {
    uint64_t flags_before = c->rflags;
    stack_commit(c, &f->stack);
    flags_set(c, flags_with_rf(c, flags));
    seg_load_real(c, SEG_CS, f->cs);
    c->rip = f->rip;
    real_transferred(c, flags_before);
}

void return_real(struct cpu *c, unsigned size) {
    struct frame f = pop_frame(c, size);
    uint64_t mask = size == 2 ? 0x7fd5 : 0x257fd5; /* all but VM, VIF, VIP */
    commit(c, &f, (flags_get(c) & ~mask) | (f.image & mask));
}

void return_vm86(struct cpu *c, unsigned size) {
    uint64_t flags = flags_get(c);
    if (flags_iopl(c) == 3) { /* VM, IOPL, VIP, VIF stay */
        struct frame f = pop_frame(c, size);
        uint64_t mask = size == 2 ? 0x4fd5 : 0x254fd5;
        commit(c, &f, (flags & ~mask) | (f.image & mask));
        return;
    }
    /* SDM Vol. 3B, "Sensitive Instructions" and "Virtual Interrupt Handling": with VME a 16-bit IRET maps IF
     * to VIF */
    if (!(c->cr4 & CR4_VME) || size != 2)
        raise_fault_error(c, VECTOR_GP, 0);
    struct frame f = pop_frame(c, size);
    if ((f.image & FLAG_TF) || ((f.image & FLAG_IF) && (flags & FLAG_VIP)))
        raise_fault_error(c, VECTOR_GP, 0);
    uint64_t mask = 0x4dd5; /* the low word without IOPL and IF */
    flags = (flags & ~(mask | FLAG_VIF)) | (f.image & mask) | (f.image & FLAG_IF ? FLAG_VIF : 0);
    commit(c, &f, flags);
}
