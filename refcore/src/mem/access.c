/* SPDX-License-Identifier: BSD-2-Clause */
/* access.c - the slow halves of data accesses, and accesses with a stated privilege. */
#include "place.h"

/* Up to 4096 bytes of linear memory: one page or two. Both are translated before anything is read or written.
 */
struct span {
    uint8_t *host[2]; /* NULL: by physical address */
    uint64_t address[2];
    size_t first, rest; /* bytes on either page */
};

static struct span span_of(struct cpu *c, uint64_t linear, size_t size, enum access access,
                           enum tlb_class privilege, bool wrap) {
    struct span s = {.first = size};
    size_t room = (size_t)(PAGE_BYTES - (linear & PAGE_OFFSET));
    if (size > room) {
        s.first = room;
        s.rest = size - room;
    }
    s.host[0] = translate(c, linear, access, privilege, &s.address[0]);
    if (s.rest) {
        uint64_t next = linear + s.first;
        s.host[1] = translate(c, wrap ? (uint32_t)next : next, access, privilege, &s.address[1]);
        /* The second walk may meet its tables for the first time in the first page: at its first entry
         * then, which is not written, so that the pointer can stay. */
    }
    return s;
}

static void span_read(struct cpu *c, const struct span *s, void *to) {
    if (s->host[0])
        memcpy(to, s->host[0], s->first);
    else
        physical_read(c, s->address[0], to, s->first);
    if (!s->rest)
        return;
    uint8_t *second = (uint8_t *)to + s->first;
    if (s->host[1])
        memcpy(second, s->host[1], s->rest);
    else
        physical_read(c, s->address[1], second, s->rest);
}

static void span_write(struct cpu *c, const struct span *s, const void *from) {
    if (s->host[0])
        memcpy(s->host[0], from, s->first);
    else
        physical_write(c, s->address[0], from, s->first);
    if (!s->rest)
        return;
    const uint8_t *second = (const uint8_t *)from + s->first;
    if (s->host[1])
        memcpy(s->host[1], second, s->rest);
    else
        physical_write(c, s->address[1], second, s->rest);
}

/* ---- stated privilege ---- */

static inline uint64_t wrapped(const struct cpu *c, uint64_t linear) {
    return in_long_mode(c) ? linear : (uint32_t)linear;
}

void linear_read_bytes(struct cpu *c, uint64_t linear, void *to, size_t size, enum tlb_class privilege) {
    struct span s = span_of(c, wrapped(c, linear), size, ACCESS_READ, privilege, !in_long_mode(c));
    span_read(c, &s, to);
}

void linear_write_bytes(struct cpu *c, uint64_t linear, const void *from, size_t size,
                        enum tlb_class privilege) {
    struct span s = span_of(c, wrapped(c, linear), size, ACCESS_WRITE, privilege, !in_long_mode(c));
    span_write(c, &s, from);
}

uint64_t linear_read(struct cpu *c, uint64_t linear, unsigned size, enum tlb_class privilege) {
    uint64_t value = 0;
    linear = wrapped(c, linear);
    const struct tlb_entry *e = tlb_slot(&c->tlbs[privilege], linear + size - 1);
    if (LIKELY(e->read == (linear & ~PAGE_OFFSET)))
        return bytes_load((const void *)(uintptr_t)(e->add + linear), size);
    linear_read_bytes(c, linear, &value, size, privilege);
    return value;
}

void linear_write(struct cpu *c, uint64_t linear, uint64_t value, unsigned size, enum tlb_class privilege) {
    linear = wrapped(c, linear);
    const struct tlb_entry *e = tlb_slot(&c->tlbs[privilege], linear + size - 1);
    if (LIKELY(e->write == (linear & ~PAGE_OFFSET)))
        bytes_store((void *)(uintptr_t)(e->add + linear), value, size);
    else
        linear_write_bytes(c, linear, &value, size, privilege);
}

void linear_probe(struct cpu *c, uint64_t linear, unsigned size, enum access access,
                  enum tlb_class privilege) {
    (void)span_of(c, wrapped(c, linear), size, access, privilege, !in_long_mode(c));
}

/* ---- data accesses of the current instruction ---- */

_Noreturn COLD void segment_fault(struct cpu *c, const struct op *o, unsigned seg) {
    c->op = o;
    raise_fault_error(c, seg == SEG_SS ? VECTOR_SS : VECTOR_GP, 0);
}

/* SDM Vol. 3A, "Interrupt 17-Alignment Check Exception (#AC)", table of alignment requirements by data type;
 * 1: none. What the table leaves to the implementation (packed data without an alignment of its own) is as
 * AMD's Zen does it. */
static unsigned alignment_of(unsigned size) {
    switch (size) {
    case 2:
    case 4:
    case 8:
        return size;
    case 6:
    case 10:
        return 4; /* GDTR and IDTR contents; x87's ten bytes come here with their significand checked as a quadword */
    case 14:
    case 94:
        return 2; /* FSTENV and FSAVE images, 16-bit */
    case 28:
    case 108:
        return 4; /* ... 32-bit */
    case 16:
    case 32:
        return 16;
    default:
        return 1;
    }
}

/* #AC comes before #PF: the table "Priority Among Concurrent Events" leaves the order among faults of an
 * instruction's execution to the implementation, and silicon (Zen, measured) looks at the linear address
 * before it translates it. */
static void check_alignment(struct cpu *c, uint64_t linear, unsigned size) {
    if (c->cpl == 3 && (c->cr0 & CR0_AM) && (c->rflags & FLAG_AC) && (linear & (alignment_of(size) - 1)))
        raise_fault_error(c, VECTOR_AC, 0);
}

/* mem_linear() has checked segment or canonical form: FLAT forms, which do not, end in a form that does
 * where the TLB does not know the place. */
COLD uint64_t mem_read_slow(struct cpu *c, const struct op *o, uint64_t linear, unsigned size, bool modify) {
    uint64_t value = 0;
    c->op = o;
    check_alignment(c, linear, size);
    enum access access = modify ? ACCESS_WRITE : ACCESS_READ;
    enum tlb_class privilege = privilege_of(c, c->cpl);
    uint64_t address;
    if (LIKELY((linear & PAGE_OFFSET) + size <= PAGE_BYTES)) {
        const uint8_t *host = translate(c, linear, access, privilege, &address);
        if (LIKELY(host != 0))
            value = bytes_load(host, size);
        else
            physical_read(c, address, &value, size);
    } else {
        struct span s = span_of(c, linear, size, access, privilege, !in_64bit_code(c));
        span_read(c, &s, &value);
    }
    if (UNLIKELY(watch_active(c)))
        watch_data(c, linear, size, false);
    c->op = 0;
    return value;
}

COLD void mem_write_slow(struct cpu *c, const struct op *o, uint64_t linear, uint64_t value, unsigned size) {
    c->op = o;
    check_alignment(c, linear, size);
    enum tlb_class privilege = privilege_of(c, c->cpl);
    uint64_t address;
    if (LIKELY((linear & PAGE_OFFSET) + size <= PAGE_BYTES)) {
        uint8_t *host = translate(c, linear, ACCESS_WRITE, privilege, &address);
        if (LIKELY(host != 0))
            bytes_store(host, value, size);
        else
            physical_write(c, address, &value, size);
    } else {
        struct span s = span_of(c, linear, size, ACCESS_WRITE, privilege, !in_64bit_code(c));
        span_write(c, &s, &value);
    }
    if (UNLIKELY(watch_active(c)))
        watch_data(c, linear, size, true);
    c->op = 0;
}

/* Segment, alignment and paging checks of a wide access, in this order; leaves c->op set. */
static struct span wide_span(struct cpu *c, const struct op *o, unsigned seg, uint64_t offset, unsigned size,
                             unsigned alignment, enum access access, uint64_t *linear) {
    c->op = o;
    /* before limit and canonicality are looked at: #GP(0) also where #SS(0) would follow (silicon) */
    uint64_t base = in_64bit_code(c) && seg < SEG_FS ? 0 : c->seg[seg].base;
    if (alignment && ((base + offset) & (alignment - 1)))
        raise_fault_error(c, VECTOR_GP, 0);
    *linear = mem_linear(c, o, seg, offset, size, access);
    if (!alignment)
        check_alignment(c, *linear, size);
    return span_of(c, *linear, size, access, privilege_of(c, c->cpl), !in_64bit_code(c));
}

void mem_read_bytes(struct cpu *c, const struct op *o, unsigned seg, uint64_t offset, void *to, unsigned size,
                    unsigned alignment) {
    uint64_t linear;
    struct span s = wide_span(c, o, seg, offset, size, alignment, ACCESS_READ, &linear);
    span_read(c, &s, to);
    if (UNLIKELY(watch_active(c)))
        watch_data(c, linear, size, false);
    c->op = 0;
}

void mem_write_bytes(struct cpu *c, const struct op *o, unsigned seg, uint64_t offset, const void *from,
                     unsigned size, unsigned alignment) {
    uint64_t linear;
    struct span s = wide_span(c, o, seg, offset, size, alignment, ACCESS_WRITE, &linear);
    span_write(c, &s, from);
    if (UNLIKELY(watch_active(c)))
        watch_data(c, linear, size, true);
    c->op = 0;
}

void mem_probe_write(struct cpu *c, const struct op *o, unsigned seg, uint64_t offset, unsigned size) {
    uint64_t linear;
    (void)wide_span(c, o, seg, offset, size, 0, ACCESS_WRITE, &linear);
    c->op = 0;
}
