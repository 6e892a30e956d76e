/* SPDX-License-Identifier: BSD-2-Clause */
/* load.c - loads of segment registers by MOV, POP, LDS and their kind, and of LDTR and TR. */
#include "../cpu/profile.h"
#include "checked.h"

/* SDM Vol. 3A, "Real-Address Mode Operation": the base is the selector times 16; limit and D/B keep what
 * protected mode left there. SDM Vol. 3B, "Virtual-8086 Mode": limit FFFFh, DPL 3, data read/write. */
void seg_load_real(struct cpu *c, unsigned seg, uint16_t selector) {
    struct segment *s = &c->seg[seg];
    uint16_t rights = AR_P | AR_S | AR_WRITE_READ | AR_ACCESSED;
    s->selector = selector;
    s->base = (uint64_t)selector << 4;
    if (in_vm86(c) || (c->rflags & FLAG_VM)) {
        s->rights = rights | AR_DPL;
        s->limit = 0xffff;
    } else {
        s->rights = (uint16_t)((s->rights & (AR_AVL | AR_L | AR_DB | AR_G)) | rights);
        if (s->null)
            s->limit = 0xffff;
    }
    s->null = false;
    /* as segment_derive() would: present, writable data */
    s->readable = s->writable = true;
    s->flat = false;
    s->first = 0;
    s->last = s->limit;
}

static void load_null(struct cpu *c, unsigned seg, uint16_t selector) {
    struct segment *s = &c->seg[seg];
    if (seg == SEG_SS) {
        ss_commit_null(c, c->cpl);
        s->selector = selector;
        return;
    }
    s->selector = selector;
    s->null = true;
    if (c->profile->choice.null_clears_base) {
        s->base = 0;
        s->limit = 0;
    }
    segment_derive(s);
}

/* SDM Vol. 2B, MOV, "Operation": "Loading a segment register while in protected mode". APM Vol. 3, MOV. */
void seg_load(struct cpu *c, unsigned seg, uint16_t selector) {
    if (!in_protected(c)) {
        seg_load_real(c, seg, selector);
        if (seg == SEG_SS)
            mode_changed(c);
        return;
    }
    enum check check = seg == SEG_SS ? CHECK_LOAD_STACK : CHECK_LOAD;
    const struct segment *known = checked_before(c, check, selector, 0);
    if (LIKELY(known)) {
        c->seg[seg] = *known;
        if (seg == SEG_SS)
            mode_transferred(c);
        return;
    }
    unsigned rpl = selector_rpl(selector), cpl = c->cpl;
    if (seg == SEG_SS) {
        if (selector_null(selector)) {
            if (!in_64bit_code(c) || cpl == 3 || rpl != cpl)
                raise_fault_error(c, VECTOR_GP, 0);
            load_null(c, seg, selector);
            mode_transferred(c);
            return;
        }
        struct descriptor d = descriptor_read(c, selector, VECTOR_GP, 0);
        if (rpl != cpl || !d_data_writable(d) || d_dpl(d) != cpl)
            selector_fault(c, VECTOR_GP, selector, 0);
        if (!d_present(d))
            selector_fault(c, VECTOR_SS, selector, 0);
        descriptor_set_accessed(c, selector, &d);
        descriptor_unpack(&c->seg[SEG_SS], selector, d);
        checked_keep(c, check, selector, 0, d, &c->seg[SEG_SS]);
        mode_transferred(c);
        return;
    }
    if (selector_null(selector)) {
        load_null(c, seg, selector);
        return;
    }
    struct descriptor d = descriptor_read(c, selector, VECTOR_GP, 0);
    if (!d_readable(d))
        selector_fault(c, VECTOR_GP, selector, 0);
    if (!(d_code(d) && d_conforming(d)) && (rpl > d_dpl(d) || cpl > d_dpl(d)))
        selector_fault(c, VECTOR_GP, selector, 0);
    if (!d_present(d))
        selector_fault(c, VECTOR_NP, selector, 0);
    descriptor_set_accessed(c, selector, &d);
    descriptor_unpack(&c->seg[seg], selector, d);
    checked_keep(c, check, selector, 0, d, &c->seg[seg]);
}

static uint64_t system_base(struct cpu *c, uint16_t selector, struct descriptor *d) {
    if (!in_long_mode(c))
        return d_base(*d);
    descriptor_read_upper(c, selector, d, VECTOR_GP, 0);
    return d_base(*d) | (uint64_t)d->upper << 32;
}

/* SDM Vol. 2A, LLDT, "Operation" */
void seg_lldt(struct cpu *c, uint16_t selector) {
    struct segment *ldtr = &c->seg[SEG_LDTR];
    if (selector_null(selector)) {
        ldtr->selector = selector;
        ldtr->null = true;
        segment_derive(ldtr);
        return;
    }
    if (selector & SELECTOR_TI)
        selector_fault(c, VECTOR_GP, selector, 0);
    struct descriptor d = descriptor_read(c, selector, VECTOR_GP, 0);
    if (!d_system(d) || d_type(d) != TYPE_LDT)
        selector_fault(c, VECTOR_GP, selector, 0);
    uint64_t base = system_base(c, selector, &d);
    if (!d_present(d))
        selector_fault(c, VECTOR_NP, selector, 0);
    if (in_long_mode(c) && !is_canonical(c, base))
        selector_fault(c, VECTOR_GP, selector, 0);
    descriptor_unpack(ldtr, selector, d);
    ldtr->base = base;
}

/* SDM Vol. 2A, LTR, "Operation": the descriptor is marked busy, no task switch is made. */
void seg_ltr(struct cpu *c, uint16_t selector) {
    if (selector_null(selector))
        raise_fault_error(c, VECTOR_GP, 0);
    if (selector & SELECTOR_TI)
        selector_fault(c, VECTOR_GP, selector, 0);
    struct descriptor d = descriptor_read(c, selector, VECTOR_GP, 0);
    bool available =
        d_system(d) && (d_type(d) == TYPE_TSS32 || (d_type(d) == TYPE_TSS16 && !in_long_mode(c)));
    if (!available)
        selector_fault(c, VECTOR_GP, selector, 0);
    uint64_t base = system_base(c, selector, &d);
    if (!d_present(d))
        selector_fault(c, VECTOR_NP, selector, 0);
    if (in_long_mode(c) && !is_canonical(c, base))
        selector_fault(c, VECTOR_GP, selector, 0);
    d.high |= D_BUSY;
    table_write(c, descriptor_linear(c, selector), 5, d.high >> 8 & 0xff, 1);
    descriptor_unpack(&c->seg[SEG_TR], selector, d);
    c->seg[SEG_TR].base = base;
#ifdef REFCORE_DEFECTS
    for (uint32_t i = 0; DEFECT(c, CACHED_ESP0) && i < sizeof c->cached_tss; i++)
        c->cached_tss[i] = (uint8_t)table_read(c, base, i, 1);
#endif
}
