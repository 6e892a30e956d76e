/* SPDX-License-Identifier: BSD-2-Clause */
/* descriptor.c - reading descriptors, their accessed flags, and what a transfer leaves in CS and the data
 * segments. */
#include "../cpu/profile.h"
#include "table.h"

uint64_t table_read_slow(struct cpu *c, uint64_t linear, unsigned size) {
    if (in_long_mode(c) && (!is_canonical(c, linear) || !is_canonical(c, linear + size - 1)))
        raise_fault_error(c, VECTOR_GP, 0);
    return linear_read(c, linear, size, TLB_SUPERVISOR);
}

void table_write(struct cpu *c, uint64_t base, uint64_t offset, uint64_t value, unsigned size) {
    linear_write(c, table_linear(c, base, offset), value, size, TLB_SUPERVISOR);
}

/* SDM Vol. 3A, "Segment Selectors": the index scaled by 8 is added to the base of the GDT or, with TI, of the
 * LDT. */
static uint64_t table_base(const struct cpu *c, uint16_t selector) {
    return selector & SELECTOR_TI ? c->seg[SEG_LDTR].base : c->gdtr.base;
}

static bool table_holds(const struct cpu *c, uint16_t selector, unsigned bytes) {
    uint32_t last = (selector & 0xfff8U) + bytes - 1;
    if (selector & SELECTOR_TI)
        return !c->seg[SEG_LDTR].null && last <= c->seg[SEG_LDTR].limit;
    return last <= c->gdtr.limit;
}

uint64_t descriptor_linear(const struct cpu *c, uint16_t selector) {
    return table_linear(c, table_base(c, selector), selector & 0xfff8U);
}

bool descriptor_try(struct cpu *c, uint16_t selector, struct descriptor *to) {
    if (!table_holds(c, selector, 8))
        return false;
    *to = descriptor_of(table_read(c, table_base(c, selector), selector & 0xfff8U, 8));
    return true;
}

struct descriptor descriptor_read(struct cpu *c, uint16_t selector, unsigned vector, unsigned ext) {
    struct descriptor d;
    if (!descriptor_try(c, selector, &d))
        selector_fault(c, vector, selector, ext);
    return d;
}

void descriptor_read_upper(struct cpu *c, uint16_t selector, struct descriptor *d, unsigned vector,
                           unsigned ext) {
    if (!table_holds(c, selector, 16))
        selector_fault(c, vector, selector, ext);
    uint64_t value = table_read(c, table_base(c, selector), (selector & 0xfff8U) + 8, 8);
    /* the type field of the second half is zero, so that it cannot be taken for a descriptor of its own */
    if (value >> 40 & 0x1f)
        selector_fault(c, vector, selector, ext);
    d->upper = (uint32_t)value;
}

void descriptor_unpack(struct segment *s, uint16_t selector, struct descriptor d) {
    s->selector = selector;
    s->rights = (uint16_t)(d.high >> 8 & 0xf0ff);
    s->null = false;
    s->limit = d_limit(d);
    s->base = d_base(d);
    segment_derive(s);
}

void descriptor_set_accessed(struct cpu *c, uint16_t selector, struct descriptor *d) {
    if (LIKELY(d->high & D_ACCESSED))
        return;
    d->high |= D_ACCESSED;
    linear_write(c, table_linear(c, descriptor_linear(c, selector), 5), d->high >> 8 & 0xff, 1,
                 TLB_SUPERVISOR);
}

void segment_set_accessed(struct cpu *c, struct segment *s) {
    if (LIKELY(s->rights & AR_ACCESSED))
        return;
    s->rights |= AR_ACCESSED;
    linear_write(c, table_linear(c, descriptor_linear(c, s->selector), 5), s->rights & 0xff, 1,
                 TLB_SUPERVISOR);
}

void cs_commit(struct cpu *c, uint16_t selector, struct descriptor d, unsigned cpl) {
    descriptor_unpack(&c->seg[SEG_CS], (uint16_t)((selector & 0xfffc) | cpl), d);
    c->cpl = (uint8_t)cpl;
}

struct segment stack_null(uint16_t selector, unsigned cpl) {
    return (struct segment){
        .selector = selector,
        .rights = (uint16_t)(cpl << AR_DPL_SHIFT | AR_P | AR_S | AR_WRITE_READ | AR_ACCESSED | AR_DB),
        .null = true,
        .first = 1, /* as segment_derive() leaves a null segment */
    };
}

void ss_commit_null(struct cpu *c, unsigned cpl) {
    c->seg[SEG_SS] = stack_null((uint16_t)cpl, cpl);
}

void null_inner_data_segments(struct cpu *c) {
    static const uint8_t order[] = {SEG_ES, SEG_FS, SEG_GS, SEG_DS};
    for (unsigned i = 0; i < sizeof order; i++) {
        struct segment *s = &c->seg[order[i]];
        bool conforming = (s->rights & (AR_CODE | AR_DOWN_CONFORMING)) == (AR_CODE | AR_DOWN_CONFORMING);
        unsigned dpl = (s->rights & AR_DPL) >> AR_DPL_SHIFT;
        if (s->null) {
            s->selector = 0; /* the RPL of a null selector goes as well */
        } else if (!conforming && dpl < c->cpl) {
            s->selector = 0;
            s->null = true;
            segment_derive(s);
        }
    }
}
