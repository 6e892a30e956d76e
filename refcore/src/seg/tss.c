/* SPDX-License-Identifier: BSD-2-Clause */
/* tss.c - what is read of the current TSS outside task switches: inner stacks, interrupt stacks, the I/O
 * permission bitmap. */
#include "../cpu/profile.h"
#include "table.h"

#include <string.h>

static unsigned tr_type(const struct cpu *c) {
    return c->seg[SEG_TR].rights & AR_TYPE;
}

static uint64_t tss_read(struct cpu *c, uint32_t address, unsigned size) {
#ifdef REFCORE_DEFECTS
    if (DEFECT(c, CACHED_ESP0)) {
        uint64_t value = 0;
        memcpy(&value, c->cached_tss + address, size);
        return value;
    }
#endif
    return table_read(c, c->seg[SEG_TR].base, address, size);
}

/* SDM Vol. 2A, CALL, "Operation", MORE-PRIVILEGE: TSSstackAddress. Intel asks for SS's two bytes (+ 5); the
 * APM does not say, and the implementations of AMD's processors ask for the whole slot. */
void tss_stack(struct cpu *c, unsigned cpl, unsigned ext, uint16_t *ss, uint32_t *esp) {
    const struct segment *tr = &c->seg[SEG_TR];
    if (tr_type(c) & 8) {
        uint32_t address = cpl * 8 + 4;
        if (address + (c->profile->choice.tss_slot_8 ? 7 : 5) > tr->limit)
            selector_fault(c, VECTOR_TS, tr->selector, ext);
        *esp = (uint32_t)tss_read(c, address, 4);
        *ss = (uint16_t)tss_read(c, address + 4, 2);
    } else {
        uint32_t address = cpl * 4 + 2;
        if (address + 3 > tr->limit)
            selector_fault(c, VECTOR_TS, tr->selector, ext);
        *esp = (uint16_t)tss_read(c, address, 2);
        *ss = (uint16_t)tss_read(c, address + 2, 2);
    }
}

/* SDM Vol. 3A, "Task Management in 64-bit Mode": RSP0 at 4; the slot after RSP2 is reserved, IST1 lies at 36.
 */
uint64_t tss_stack64(struct cpu *c, unsigned index, unsigned ext) {
    const struct segment *tr = &c->seg[SEG_TR];
    uint32_t address = index < 3 ? 4 + index * 8 : 36 + (index - 3) * 8;
    if (address + 7 > tr->limit)
        selector_fault(c, VECTOR_TS, tr->selector, ext);
    return tss_read(c, address, 8);
}

/* SDM Vol. 2A, CALL, "Operation", MORE-PRIVILEGE; SDM Vol. 3A, "Interrupt 10-Invalid TSS Exception (#TS)". */
void load_inner_ss(struct cpu *c, uint16_t selector, unsigned cpl, unsigned ext, struct segment *to) {
    if (selector_null(selector))
        raise_fault_error(c, VECTOR_TS, ext);
    struct descriptor d = descriptor_read(c, selector, VECTOR_TS, ext);
    if (selector_rpl(selector) != cpl || d_dpl(d) != cpl || !d_data_writable(d))
        selector_fault(c, VECTOR_TS, selector, ext);
    if (!d_present(d))
        selector_fault(c, VECTOR_SS, selector, ext);
    descriptor_unpack(to, selector, d);
}

/* SDM Vol. 1, "I/O Privilege Level" and "I/O Permission Bit Map": in virtual-8086 mode the bitmap alone
 * decides. The processor reads two bytes whatever the port, both within the limit of the TSS. */
void io_permission(struct cpu *c, uint16_t port, unsigned size) {
    if (in_real(c) || (!in_vm86(c) && c->cpl <= flags_iopl(c)))
        return;
    const struct segment *tr = &c->seg[SEG_TR];
    if (!(tr_type(c) & 8) || tr->limit < 0x67)
        raise_fault_error(c, VECTOR_GP, 0);
    uint32_t at = (uint32_t)table_read(c, tr->base, 0x66, 2) + port / 8U;
    if (at + 1 > tr->limit)
        raise_fault_error(c, VECTOR_GP, 0);
    uint32_t bits = (uint32_t)table_read(c, tr->base, at, 2) >> (port & 7);
    if (bits & ((1U << size) - 1))
        raise_fault_error(c, VECTOR_GP, 0);
}
