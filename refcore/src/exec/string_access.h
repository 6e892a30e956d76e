/* SPDX-License-Identifier: BSD-2-Clause */
/* string_access.h - what the string instructions share: addresses, the page chunk, the repeat prefix. SDM
 * Vol. 2B, REP/REPE/REPZ/REPNE/REPNZ, "Operation": registers are committed element by element (here:
 * before anything else that can fault), so that a fault finds rSI, rDI and rCX at the element that
 * faulted. */
#ifndef REFCORE_EXEC_STRING_ACCESS_H
#define REFCORE_EXEC_STRING_ACCESS_H

#include "exec.h"

/* elements done by one call of a handler; then events are looked for, and the instruction resumes */
enum { STRING_BURST = 4096 };

struct string {
    unsigned size, shift;   /* of an element: bytes, and as a power of two */
    unsigned address_bytes; /* 2, 4, 8: how much of rSI, rDI, rCX takes part and is written */
    uint64_t mask;
    uint64_t step; /* size or -size, by DF */
    bool repeated;
};

static inline struct string string_begin(const struct cpu *c, const struct op *o) {
    struct string s;
    s.shift = (o->bits & OP_SIZE_MASK) >> OP_SIZE_SHIFT;
    s.size = 1U << s.shift;
    s.address_bytes = 2U << (o->bits & OP_ADDRESS_MASK);
    s.mask = s.address_bytes == 8   ? ~UINT64_C(0)
             : s.address_bytes == 4 ? UINT64_C(0xffffffff)
                                    : UINT64_C(0xffff);
    s.step = c->rflags & FLAG_DF ? 0 - (uint64_t)s.size : s.size;
    s.repeated = (o->bits & (OP_REP | OP_REPNE)) != 0;
    return s;
}
static inline uint64_t string_index(const struct cpu *c, const struct string *s, unsigned r) {
    return c->r[r] & s->mask;
}
static inline void string_advance(struct cpu *c, const struct string *s, unsigned r, uint64_t elements) {
    reg_write(c, r, c->r[r] + s->step * elements, s->address_bytes);
}
static inline void string_count(struct cpu *c, const struct string *s, uint64_t done) {
    reg_write(c, R_CX, c->r[R_CX] - done, s->address_bytes);
}
/* Elements this call may do; 1 while each is to be followed by a look for traps (single step,
 * breakpoints). */
static inline uint64_t string_burst(const struct cpu *c) {
    return c->step ? 1 : STRING_BURST;
}

static inline uint64_t string_load(struct cpu *c, const struct op *o, unsigned seg, uint64_t offset,
                                   unsigned size) {
    switch (size) {
    case 1:
        return mem_read8(c, o, seg, offset);
    case 2:
        return mem_read16(c, o, seg, offset);
    case 4:
        return mem_read32(c, o, seg, offset);
    default:
        return mem_read64(c, o, seg, offset);
    }
}
static inline void string_store(struct cpu *c, const struct op *o, uint64_t offset, uint64_t value,
                                unsigned size) {
    switch (size) {
    case 1:
        mem_write8(c, o, SEG_ES, offset, (uint8_t)value);
        break;
    case 2:
        mem_write16(c, o, SEG_ES, offset, (uint16_t)value);
        break;
    case 4:
        mem_write32(c, o, SEG_ES, offset, (uint32_t)value);
        break;
    default:
        mem_write64(c, o, SEG_ES, offset, value);
        break;
    }
}
/* one element of plain host memory */
static inline uint64_t host_load(const uint8_t *at, unsigned size) {
    uint64_t value = 0;
    switch (size) {
    case 1:
        return *at;
    case 2:
        memcpy(&value, at, 2);
        return value;
    case 4:
        memcpy(&value, at, 4);
        return value;
    default:
        memcpy(&value, at, 8);
        return value;
    }
}

/* Host pointer to the elements from `offset` upwards that lie in one page which the TLB knows, within the
 * segment, below the address size's wrap; lowers *elements to as many as there are. NULL: none, or DF is
 * set; the element goes the ordinary way. */
static inline uint8_t *string_span(struct cpu *c, const struct string *s, unsigned seg, uint64_t offset,
                                   enum access access, uint64_t *elements) {
    const struct segment *segment = &c->seg[seg];
    uint64_t linear, room = s->mask - offset; /* bytes to the end, less one */
    if (c->rflags & FLAG_DF)
        return 0;
    if (in_64bit_code(c)) {
        linear = seg >= SEG_FS ? segment->base + offset : offset;
    } else {
        if (offset < segment->first || offset > segment->last ||
            !(access == ACCESS_WRITE ? segment->writable : segment->readable))
            return 0;
        if (segment->last - offset < room)
            room = segment->last - offset;
        linear = (uint32_t)(segment->base + offset);
    }
    uint64_t in_page = 0xfff - (linear & 0xfff);
    if (in_page < room)
        room = in_page;
    uint64_t fit = (room + 1) >> s->shift;
    const struct tlb_entry *e = tlb_slot(c->tlb, linear);
    if (fit == 0 || (access == ACCESS_WRITE ? e->write : e->read) != (linear & ~UINT64_C(0xfff)))
        return 0;
    if (fit < *elements)
        *elements = fit;
    return (uint8_t *)(uintptr_t)(e->add + linear);
}

/* End of a repeated instruction's handler: it goes on at the next instruction, or comes back to itself
 * after a look for events. */
#define STRING_END(finished)                                                                                 \
    do {                                                                                                     \
        if (LIKELY(finished))                                                                                \
            NEXT;                                                                                            \
        SYNC;                                                                                                \
        if ((c->step || c->left <= 0) && c->profile->choice.rep_trap_rf) /* see PORT_STRING_SUSPEND */       \
            c->rflags |= FLAG_RF;                                                                            \
        LEAVE;                                                                                               \
    } while (0)

/* Flags of CMPS and SCAS as by CMP. */
static inline void string_flags(struct cpu *c, const struct string *s, uint64_t a, uint64_t b) {
    unsigned up = 64 - s->size * 8;
    uint64_t result = a - b;
    c->lazy_carry = ((~a & b) | ((~a ^ b) & result)) << up;
    c->lazy_result = (uint64_t)((int64_t)(result << up) >> up);
    c->lazy_aux = (uint32_t)(a ^ b ^ result) & FLAG_AF;
}

/* REPE and REPNE in progress: the flags of the last comparison, and whether they are visible where the
 * instruction is suspended. SDM Vol. 2B, REP, "Description": after a page fault EFLAGS are as before the
 * instruction. AMD processors show the last comparison. */
static inline bool string_flags_visible(const struct cpu *c) {
    return c->step || c->profile->vendor == VENDOR_AMD;
}

#endif
