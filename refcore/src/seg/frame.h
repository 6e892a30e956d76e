/* SPDX-License-Identifier: BSD-2-Clause */
/* frame.h - frames: the words that a far transfer or an event pushes, and its return pops.
 *
 * As a whole, where nothing is left to be found out: they lie within the segment, one page that the TLB
 * knows holds them all, and alignment and breakpoints are not looked for. Elsewhere word by word, as the
 * manual has it: what was pushed before a page faults stays in memory (stack.c). */
#ifndef REFCORE_SEG_FRAME_H
#define REFCORE_SEG_FRAME_H

#include "table.h"

/* The host address of `bytes` from `offset` on, or NULL: word by word. */
static inline void *frame_at(struct cpu *c, const struct stack *s, uint64_t offset, unsigned bytes,
                             enum access access) {
    bool write = access == ACCESS_WRITE;
    uint64_t linear = offset;
    if (s->mask != ~UINT64_C(0)) {
        uint64_t last = offset + bytes - 1;
        if (UNLIKELY(last > s->mask || offset < s->ss->first || last > s->ss->last ||
                     !(write ? s->ss->writable : s->ss->readable)))
            return 0;
        linear = (uint32_t)(s->ss->base + offset);
    }
    struct tlb *tlb = c->tlb; /* of the current level, or the one that always misses */
    if (s->cpl != c->cpl && tlb != &c->tlbs[TLB_NONE])
        tlb = &c->tlbs[privilege_of(c, s->cpl)];
    const struct tlb_entry *e = tlb_slot(tlb, linear + bytes - 1);
    bool known = (write ? e->write : e->read) == (linear & ~UINT64_C(0xfff));
    return LIKELY(known) ? (void *)(uintptr_t)(e->add + linear) : 0;
}

/* Room for `count` words of `size` bytes; raises #SS where there is none. What it answers is for
 * frame_push(); nothing is written. */
static inline void *frame_room(struct cpu *c, const struct stack *s, unsigned count, unsigned size) {
    uint64_t top = s->sp & s->mask, bytes = (uint64_t)count * size;
    void *frame = top >= bytes ? frame_at(c, s, top - bytes, count * size, ACCESS_WRITE) : 0;
    if (UNLIKELY(!frame))
        stack_check_room(c, s, count, size);
    return frame;
}

static inline void words_store(uint8_t *at, const uint64_t *word, unsigned count, unsigned size) {
    if (size == 2) {
        for (unsigned i = 0; i < count; i++)
            memcpy(at + (count - 1 - i) * 2, &word[i], 2);
    } else if (size == 4) {
        for (unsigned i = 0; i < count; i++)
            memcpy(at + (count - 1 - i) * 4, &word[i], 4);
    } else {
        for (unsigned i = 0; i < count; i++)
            memcpy(at + (count - 1 - i) * 8, &word[i], 8);
    }
}

/* Pushes the words in this order and moves the stack pointer. */
static inline __attribute__((always_inline)) void
frame_push(struct cpu *c, struct stack *s, void *frame, const uint64_t *word, unsigned count, unsigned size) {
    if (UNLIKELY(!frame)) {
        stack_push_words(c, s, word, count, size);
        return;
    }
    words_store(frame, word, count, size);
    s->sp = stack_moved(s, 0 - (uint64_t)count * size);
}

static inline void words_load(const uint8_t *at, uint64_t *word, unsigned count, unsigned size) {
    for (unsigned i = 0; i < count; i++)
        word[i] = size == 2   ? bytes_load(at + i * 2, 2)
                  : size == 4 ? bytes_load(at + i * 4, 4)
                              : bytes_load(at + i * 8, 8);
}

/* Pops words in the order of their addresses; raises #SS where they do not all lie on the stack. */
static inline __attribute__((always_inline)) void frame_pop(struct cpu *c, struct stack *s, uint64_t *word,
                                                            unsigned count, unsigned size) {
    const void *frame = frame_at(c, s, s->sp & s->mask, count * size, ACCESS_READ);
    if (UNLIKELY(!frame)) {
        stack_check_pop(c, s, count * size);
        stack_pop_words(c, s, word, count, size);
        return;
    }
    words_load(frame, word, count, size);
    s->sp = stack_moved(s, (uint64_t)count * size);
}

#endif
