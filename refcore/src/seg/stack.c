/* SPDX-License-Identifier: BSD-2-Clause */
/* stack.c - pushes and pops of far transfers and event frames, on the current stack or one that is not loaded
 * yet. */
#include "table.h"

/* The linear address of `size` bytes at an offset; #SS(error) beyond the limit or, with a 64-bit stack, when
 * not canonical. */
static uint64_t stack_linear(struct cpu *c, const struct stack *s, uint64_t offset, unsigned size,
                             bool write) {
    if (s->mask == ~UINT64_C(0)) {
        if (UNLIKELY(!is_canonical(c, offset) || !is_canonical(c, offset + size - 1)))
            raise_fault_error(c, VECTOR_SS, s->error);
        return offset;
    }
    if (UNLIKELY(offset < s->ss->first || offset + size - 1 > s->ss->last ||
                 !(write ? s->ss->writable : s->ss->readable)))
        raise_fault_error(c, VECTOR_SS, s->error);
    return (uint32_t)(s->ss->base + offset);
}

/* What c->tlb stands in for when it is the one that always misses: alignment at CPL 3, data breakpoints. SDM
 * Vol. 3A, "Alignment Check Exception (#AC)"; SDM Vol. 3B, "Data Memory and I/O Breakpoint Exception
 * Conditions". */
static COLD void access_watch(struct cpu *c, const struct stack *s, uint64_t linear, unsigned size,
                              bool write) {
    if (s->cpl == 3 && (c->cr0 & CR0_AM) && (c->rflags & FLAG_AC) && (linear & (size - 1)))
        raise_fault_error(c, VECTOR_AC, 0);
    if (c->dr7 & 0xff)
        watch_data(c, linear, size, write);
}
static bool watched(const struct cpu *c) {
    return c->tlb == &c->tlbs[TLB_NONE];
}

/* Whether `bytes` from `offset` on lie on the stack as a whole: where they do, so does each part. A 64-bit
 * stack: both ends canonical, and no page's worth of bytes reaches over the hole. */
static inline bool whole_frame(const struct cpu *c, const struct stack *s, uint64_t offset, unsigned bytes,
                               bool write) {
    if (s->mask == ~UINT64_C(0))
        return is_canonical(c, offset) && is_canonical(c, offset + bytes - 1);
    return offset + bytes - 1 <= s->mask && offset >= s->ss->first && offset + bytes - 1 <= s->ss->last &&
           (write ? s->ss->writable : s->ss->readable);
}

void stack_check_room(struct cpu *c, const struct stack *s, unsigned count, unsigned size) {
    if (LIKELY((s->sp & s->mask) >= count * size &&
               whole_frame(c, s, (s->sp & s->mask) - count * size, count * size, true)))
        return;
    struct stack t = *s;
    for (unsigned i = 0; i < count; i++) {
        t.sp = stack_moved(&t, 0ULL - size);
        stack_linear(c, &t, t.sp & t.mask, size, true);
    }
}

/* A TLB entry for `size` bytes of a 16- or 32-bit stack where nothing but the page is left to be found
 * out. */
static inline const struct tlb_entry *quick_entry(struct cpu *c, const struct stack *s, uint64_t offset,
                                                  unsigned size, bool write, uint64_t *linear) {
    if (s->mask == ~UINT64_C(0))
        return 0;
    *linear = (uint32_t)(s->ss->base + offset);
    if (offset < s->ss->first || offset + size - 1 > s->ss->last || watched(c) ||
        !(write ? s->ss->writable : s->ss->readable))
        return 0;
    const struct tlb_entry *e = tlb_slot(&c->tlbs[privilege_of(c, s->cpl)], *linear + size - 1);
    return (write ? e->write : e->read) == (*linear & ~UINT64_C(0xfff)) ? e : 0;
}

/* The manual pushes word by word: where a page of the frame faults, what was pushed before it stays in
 * memory. */
static COLD void push_slow(struct cpu *c, struct stack *s, uint64_t value, unsigned size) {
    uint64_t sp = stack_moved(s, 0ULL - size);
    uint64_t linear = stack_linear(c, s, sp & s->mask, size, true);
    enum tlb_class privilege = privilege_of(c, s->cpl);
    if (UNLIKELY(watched(c))) {
        linear_probe(c, linear, size, ACCESS_WRITE, privilege);
        access_watch(c, s, linear, size, true);
    }
    linear_write(c, linear, value, size, privilege);
    s->sp = sp;
}

void stack_push_checked(struct cpu *c, struct stack *s, uint64_t value, unsigned size) {
    uint64_t sp = stack_moved(s, 0ULL - size), linear;
    const struct tlb_entry *e = quick_entry(c, s, sp & s->mask, size, true, &linear);
    if (UNLIKELY(!e)) {
        push_slow(c, s, value, size);
        return;
    }
    bytes_store((void *)(uintptr_t)(e->add + linear), value, size);
    s->sp = sp;
}

static COLD uint64_t pop_slow(struct cpu *c, struct stack *s, unsigned size) {
    uint64_t linear = stack_linear(c, s, s->sp & s->mask, size, false);
    uint64_t value = linear_read(c, linear, size, privilege_of(c, s->cpl));
    if (UNLIKELY(watched(c)))
        access_watch(c, s, linear, size, false);
    s->sp = stack_moved(s, size);
    return value;
}

uint64_t stack_pop_checked(struct cpu *c, struct stack *s, unsigned size) {
    uint64_t linear;
    const struct tlb_entry *e = quick_entry(c, s, s->sp & s->mask, size, false, &linear);
    if (UNLIKELY(!e))
        return pop_slow(c, s, size);
    s->sp = stack_moved(s, size);
    return bytes_load((const void *)(uintptr_t)(e->add + linear), size);
}

void stack_check_pop(struct cpu *c, const struct stack *s, unsigned bytes) {
    if (LIKELY(whole_frame(c, s, s->sp & s->mask, bytes, false)))
        return;
    struct stack t = *s;
    for (unsigned i = 0; i < bytes; i += 2) { /* words: a 16-bit stack pointer may wrap between any two */
        stack_linear(c, &t, t.sp & t.mask, 2, false);
        t.sp = stack_moved(&t, 2);
    }
}

uint64_t stack_peek(struct cpu *c, const struct stack *s, unsigned bytes, unsigned size) {
    struct stack t = *s;
    stack_drop(&t, bytes);
    return stack_pop(c, &t, size);
}

void stack_push_words(struct cpu *c, struct stack *s, const uint64_t *word, unsigned count, unsigned size) {
    for (unsigned i = 0; i < count; i++)
        stack_push(c, s, word[i], size);
}

void stack_pop_words(struct cpu *c, struct stack *s, uint64_t *word, unsigned count, unsigned size) {
    for (unsigned i = 0; i < count; i++)
        word[i] = stack_pop(c, s, size);
}
