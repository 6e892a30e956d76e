/* SPDX-License-Identifier: BSD-2-Clause */
/* gate.c - call gates and task gates as far JMP and CALL find them. */
#include "table.h"

/* SDM Vol. 2A, CALL and JMP, "Operation", CALL-GATE. What CALL and JMP check alike: the gate, then its code
 * segment's selector, type and, in IA-32e mode, L and D. The code segment's DPL and presence follow in the
 * caller. */
struct call_gate call_gate_read(struct cpu *c, uint16_t selector, struct descriptor d) {
    bool is_long = in_long_mode(c);
    if (is_long)
        descriptor_read_upper(c, selector, &d, VECTOR_GP, 0);
    if (d_dpl(d) < c->cpl || selector_rpl(selector) > d_dpl(d))
        selector_fault(c, VECTOR_GP, selector, 0);
    if (!d_present(d))
        selector_fault(c, VECTOR_NP, selector, 0);
    struct call_gate g = {.selector = gate_selector(d)};
    if (selector_null(g.selector))
        raise_fault_error(c, VECTOR_GP, 0);
    g.code = descriptor_read(c, g.selector, VECTOR_GP, 0);
    if (!d_code(g.code))
        selector_fault(c, VECTOR_GP, g.selector, 0);
    if (is_long) {
        if ((g.code.high & (D_L | D_DB)) != D_L)
            selector_fault(c, VECTOR_GP, g.selector, 0);
        g.size = 8;
        g.offset = gate_offset(d) | (uint64_t)d.upper << 32;
    } else {
        g.size = d_type(d) == TYPE_CALL32 ? 4 : 2;
        g.offset = g.size == 4 ? gate_offset(d) : d.low & 0xffff;
        g.parameters = d.high & 0x1f;
    }
    return g;
}

/* SDM Vol. 2A, CALL, "Operation", TASK-GATE; INT n, TASK-GATE; IRET, TASK-RETURN. The vector is #GP, for a
 * back link #TS. */
void task_enter(struct cpu *c, uint16_t tss, enum task_source source, unsigned ext, bool has_error,
                uint32_t error) {
    unsigned vector = source == TASK_IRET ? VECTOR_TS : VECTOR_GP;
    if ((tss & SELECTOR_TI) || selector_null(tss))
        selector_fault(c, vector, tss, ext);
    struct descriptor d = descriptor_read(c, tss, vector, ext);
    unsigned wanted = source == TASK_IRET ? TYPE_TSS32_BUSY : TYPE_TSS32;
    if (!d_system(d) || (d_type(d) | 8) != wanted) /* 16-bit types are the 32-bit ones without bit 3 */
        selector_fault(c, vector, tss, ext);
    if (!d_present(d))
        selector_fault(c, VECTOR_NP, tss, ext);
    task_switch(c, tss, d, source, ext, has_error, error);
}

void task_gate_enter(struct cpu *c, uint16_t selector, struct descriptor d, enum task_source source) {
    if (d_dpl(d) < c->cpl || selector_rpl(selector) > d_dpl(d))
        selector_fault(c, VECTOR_GP, selector, 0);
    if (!d_present(d))
        selector_fault(c, VECTOR_NP, selector, 0);
    task_enter(c, gate_selector(d), source, 0, false, 0);
}

/* SDM Vol. 2A, CALL, "Operation", TASK-STATE-SEGMENT: as the gate, with the DPL of the TSS itself. */
void tss_enter(struct cpu *c, uint16_t selector, struct descriptor d, enum task_source source) {
    if (d_dpl(d) < c->cpl || selector_rpl(selector) > d_dpl(d))
        selector_fault(c, VECTOR_GP, selector, 0);
    task_enter(c, selector, source, 0, false, 0);
}
