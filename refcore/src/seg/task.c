/* SPDX-License-Identifier: BSD-2-Clause */
/* task.c - the hardware task switch. SDM Vol. 3A, "Task Switching": the numbers in comments are that list's
 * steps. */
#include "table.h"

/* SDM Vol. 3A, "Task-State Segment (TSS)" and "16-Bit Task-State Segment (TSS)": offsets by width. */
struct layout {
    unsigned word, ip, flags, gpr, segment, segments, ldt, end;
};
static const struct layout layout32 = {4, 0x20, 0x24, 0x28, 0x48, 6, 0x60, 0x68};
static const struct layout layout16 = {2, 0x0e, 0x10, 0x12, 0x22, 4, 0x2a, 0x2c};
enum { TSS_CR3 = 0x1c, TSS_TRAP = 0x64 };
/* what EFLAGS takes from a TSS: all its defined bits */
#define TASK_FLAGS UINT64_C(0x3f7fd5)

static uint64_t saved_ip(const struct cpu *c, enum task_source source) {
    if (source != TASK_EVENT)
        return c->next_rip;
    switch (c->delivering.kind) {
    case EVENT_SOFTWARE:
    case EVENT_INT3_INTO:
    case EVENT_ICEBP:
        return c->next_rip;
    default:
        return c->rip;
    }
}

static void probe(struct cpu *c, uint64_t base, unsigned from, unsigned to, enum access access) {
    for (unsigned at = from; at < to; at += 2)
        linear_probe(c, table_linear(c, base, at), 2, access, TLB_SUPERVISOR);
}

/* Step 6: everything the switch touches is in memory before anything changes. */
static void probe_all(struct cpu *c, uint16_t selector, uint64_t base, const struct layout *old,
                      const struct layout *new, enum task_source source) {
    const struct segment *tr = &c->seg[SEG_TR];
    bool nested = source == TASK_CALL || source == TASK_EVENT;
    probe(c, tr->base, old->ip, old->segment + old->segments * old->word, ACCESS_WRITE);
    probe(c, base, 0, new->end, ACCESS_READ);
    if (nested)
        probe(c, base, 0, 2, ACCESS_WRITE);
    if (source != TASK_IRET)
        linear_probe(c, table_linear(c, descriptor_linear(c, selector), 5), 1, ACCESS_WRITE, TLB_SUPERVISOR);
    if (!nested)
        linear_probe(c, table_linear(c, descriptor_linear(c, tr->selector), 5), 1, ACCESS_WRITE,
                     TLB_SUPERVISOR);
}

static void set_busy(struct cpu *c, uint16_t selector, bool busy) {
    uint64_t at = descriptor_linear(c, selector);
    uint64_t byte = table_read(c, at, 5, 1);
    table_write(c, at, 5, busy ? byte | 2 : byte & ~UINT64_C(2), 1);
}

static void save_old(struct cpu *c, const struct layout *l, uint64_t ip, uint64_t flags) {
    uint64_t base = c->seg[SEG_TR].base;
    table_write(c, base, l->ip, ip, l->word);
    table_write(c, base, l->flags, flags, l->word);
    for (unsigned i = 0; i < 8; i++)
        table_write(c, base, l->gpr + i * l->word, c->r[i], l->word);
    for (unsigned i = 0; i < l->segments; i++)
        table_write(c, base, l->segment + i * l->word, c->seg[i].selector, 2);
}

static void load_ldtr(struct cpu *c, uint16_t selector, unsigned ext) {
    if (selector_null(selector))
        return;
    if (selector & SELECTOR_TI)
        selector_fault(c, VECTOR_TS, selector, ext);
    struct descriptor d = descriptor_read(c, selector, VECTOR_TS, ext);
    if (!d_system(d) || d_type(d) != TYPE_LDT || !d_present(d))
        selector_fault(c, VECTOR_TS, selector, ext);
    descriptor_unpack(&c->seg[SEG_LDTR], selector, d);
}

static void load_cs(struct cpu *c, uint16_t selector, unsigned ext) {
    if (selector_null(selector))
        raise_fault_error(c, VECTOR_TS, ext);
    struct descriptor d = descriptor_read(c, selector, VECTOR_TS, ext);
    unsigned rpl = selector_rpl(selector);
    if (!d_code(d) || (d_conforming(d) ? d_dpl(d) > rpl : d_dpl(d) != rpl))
        selector_fault(c, VECTOR_TS, selector, ext);
    if (!d_present(d))
        selector_fault(c, VECTOR_NP, selector, ext);
    descriptor_set_accessed(c, selector, &d);
    cs_commit(c, selector, d, rpl);
    mode_changed(c);
}

static void load_ss(struct cpu *c, uint16_t selector, unsigned ext) {
    struct segment ss;
    load_inner_ss(c, selector, c->cpl, ext, &ss);
    segment_set_accessed(c, &ss);
    c->seg[SEG_SS] = ss;
    mode_changed(c);
}

static void load_data(struct cpu *c, unsigned seg, uint16_t selector, unsigned ext) {
    if (selector_null(selector))
        return;
    struct descriptor d = descriptor_read(c, selector, VECTOR_TS, ext);
    if (!d_readable(d))
        selector_fault(c, VECTOR_TS, selector, ext);
    if (!(d_code(d) && d_conforming(d)) && (selector_rpl(selector) > d_dpl(d) || c->cpl > d_dpl(d)))
        selector_fault(c, VECTOR_TS, selector, ext);
    if (!d_present(d))
        selector_fault(c, VECTOR_NP, selector, ext);
    descriptor_set_accessed(c, selector, &d);
    descriptor_unpack(&c->seg[seg], selector, d);
}

/* Steps 13 and 14 for the segment registers: errors come up in the new task, whose selectors are all loaded.
 */
static void load_segments(struct cpu *c, const uint16_t *selector, uint16_t ldt, unsigned ext) {
    static const uint8_t data[] = {SEG_DS, SEG_ES, SEG_FS, SEG_GS};
    bool vm86 = (c->rflags & FLAG_VM) != 0;
    for (unsigned i = 0; i < 6; i++) {
        c->seg[i].selector = selector[i];
        if (i !=
            SEG_CS) { /* CS keeps its hidden part until its descriptor is good: the mode must be some mode */
            c->seg[i].null = true;
            segment_derive(&c->seg[i]);
        }
    }
    c->seg[SEG_LDTR].selector = ldt;
    c->seg[SEG_LDTR].null = true;
    segment_derive(&c->seg[SEG_LDTR]);
    c->cpl = vm86 ? 3 : (uint8_t)selector_rpl(selector[SEG_CS]);
    mode_changed(c);

    load_ldtr(c, ldt, ext);
    if (vm86) {
        for (unsigned i = 0; i < 6; i++)
            seg_load_real(c, i, selector[i]);
        mode_changed(c);
        return;
    }
    load_cs(c, selector[SEG_CS], ext);
    load_ss(c, selector[SEG_SS], ext);
    for (unsigned i = 0; i < sizeof data; i++)
        load_data(c, data[i], selector[data[i]], ext);
    mode_changed(c);
}

void task_switch(struct cpu *c, uint16_t selector, struct descriptor d, enum task_source source, unsigned ext,
                 bool has_error, uint32_t error) {
    struct segment *tr = &c->seg[SEG_TR];
    const struct layout *old = tr->rights & 8 ? &layout32 : &layout16;
    const struct layout *new = d_type(d) & 8 ? &layout32 : &layout16;
    uint64_t base = d_base(d);
    /* 4. The limit of the new TSS; that the old one holds its own image is checked with it. */
    if (d_limit(d) < new->end - 1)
        selector_fault(c, VECTOR_TS, selector, ext);
    if (tr->limit < old->end - 1)
        selector_fault(c, VECTOR_TS, tr->selector, ext);
    probe_all(c, selector, base, old, new, source); /* 6 */

    /* 7. JMP and IRET: the old task is no longer busy. */
    if (source == TASK_JMP || source == TASK_IRET)
        set_busy(c, tr->selector, false);
    /* 8. IRET: NT is clear in the image that is saved. */
    uint64_t flags = flags_get(c);
    if (source == TASK_IRET)
        flags &= ~(uint64_t)FLAG_NT;
    if (source == TASK_EVENT && c->delivering.kind == EVENT_FAULT && c->delivering.vector != VECTOR_DF)
        flags |= FLAG_RF; /* as in a frame: SDM Vol. 3A, "Flag Usage by Exception- or Interrupt-Handler
                             Procedure" */
    /* 9. The old task's state. CR3, LDTR and the stacks of inner levels are not written. */
    save_old(c, old, saved_ip(c, source), flags);

    uint64_t new_flags = (table_read(c, base, new->flags, new->word) & TASK_FLAGS) | FLAG_1;
    /* 10. CALL and events: NT in the new flags, the back link in the new TSS. */
    if (source == TASK_CALL || source == TASK_EVENT) {
        new_flags |= FLAG_NT;
        table_write(c, base, 0, tr->selector, 2);
    }
    /* 11. All but IRET: the new task is busy. */
    if (source != TASK_IRET)
        set_busy(c, selector, true);

    /* 13, the reading half: while the old page tables are still in force */
    uint64_t ip = table_read(c, base, new->ip, new->word);
    uint64_t gpr[8];
    uint16_t segment[6] = {0};
    for (unsigned i = 0; i < 8; i++)
        gpr[i] = table_read(c, base, new->gpr + i *new->word, new->word);
    for (unsigned i = 0; i < new->segments; i++)
        segment[i] = (uint16_t)table_read(c, base, new->segment + i *new->word, 2);
    uint16_t ldt = (uint16_t)table_read(c, base, new->ldt, 2);
    uint64_t cr3 = new == &layout32 ? table_read(c, base, TSS_CR3, 4) : c->cr3;
    bool trap = new == &layout32 && (table_read(c, base, TSS_TRAP, 2) & 1);

    /* 12. TR; and CR0.TS. From here on the new task runs: its instruction pointer is what a fault shows. */
    d.high |= D_BUSY;
    descriptor_unpack(tr, selector, d);
    c->cr0 |= CR0_TS;
    c->rip = ip;
    c->next_rip = ip;
    c->op = 0;
    memcpy(c->r, gpr, sizeof gpr);
    flags_set(c, new_flags);
    /* SDM Vol. 3B, "Debug Control Register (DR7)": local enables are cleared on every task switch. */
    c->dr7 &= ~UINT64_C(0x155);
    /* CR3 is loaded where paging is on, before the descriptors are read. */
    if ((c->cr0 & CR0_PG) && new == &layout32) {
        if ((c->cr4 & CR4_PAE) && !pdpte_load(c, cr3)) {
            mode_changed(c);
            raise_fault_error(c, VECTOR_GP, ext);
        }
        c->cr3 = cr3;
        tlb_flush(c, false);
    }
    load_segments(c, segment, ldt, ext);

    /* SDM Vol. 3A, "Task-State Segment (TSS)", T flag: #DB before the new task's first instruction */
    if (trap) {
        c->pending_debug |= UINT64_C(1) << 15;
        mode_changed(c);
    }
    /* SDM Vol. 2A, INT n, TASK-GATE: the error code goes to the new stack, in the new task. */
    if (has_error) {
        struct stack s = stack_current(c);
        s.error = ext;
        stack_push(c, &s, error, new->word);
        stack_commit(c, &s);
    }
    if (c->rip > c->seg[SEG_CS].limit)
        raise_fault_error(c, VECTOR_GP, ext);
}
