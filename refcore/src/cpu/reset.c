/* SPDX-License-Identifier: BSD-2-Clause */
/* reset.c - SDM Vol. 3A, "Processor State After Reset", table of register states following power-up, RESET
 * and INIT. */
#include "reset.h"
#include "msr.h"

#include <string.h>

void cpu_a20(struct cpu *c, bool enabled) {
    uint64_t mask = enabled ? ~UINT64_C(0) : ~(UINT64_C(1) << 20);
    if (c->a20_mask == mask)
        return;
    c->a20_mask = mask;
    cpu_drop_translations(c);
}

/* What RESET and INIT have in common. */
static void common_state(struct cpu *c) {
    const struct profile *p = c->profile;
    memset(c->r, 0, sizeof c->r);
    c->r[R_DX] = p->reset_edx;
    c->rip = c->next_rip = 0xfff0;
    c->charge = 0;
    c->op = 0;
    flags_set(c, 0);
    for (unsigned i = SEG_ES; i <= SEG_GS; i++)
        c->seg[i] = (struct segment){.rights = AR_P | AR_S | AR_WRITE_READ | AR_ACCESSED, .limit = 0xffff};
    c->seg[SEG_CS].selector = 0xf000;
    c->seg[SEG_CS].base = 0xffff0000;
    c->seg[SEG_LDTR] = (struct segment){.rights = AR_P | 2, .limit = 0xffff};
    c->seg[SEG_TR] = (struct segment){.rights = AR_P | 11, .limit = 0xffff};
    c->gdtr = c->idtr = (struct table_register){.limit = 0xffff};
    c->cpl = 0;
    c->cr2 = c->cr3 = c->cr4 = c->cr8 = c->efer = 0;
    memset(c->pdpte, 0, sizeof c->pdpte);
    memset(c->dr, 0, sizeof c->dr);
    c->dr6 = 0xffff0ff0;
    c->dr7 = 0x400;
    c->run_state = RUN_NORMAL;
    c->nmi_blocked = c->nmi_pending = c->init_pending = false;
    c->shadow = 0;
    c->pending_debug = 0;
    c->suppress_debug_trap = false;
    c->raised = c->delivering = (struct event){.kind = EVENT_NONE};
    cpu_drop_translations(c);
}

void cpu_reset(struct cpu *c, const struct profile *p) {
    c->profile = p;
    c->physical_limit = UINT64_C(1) << p->physical_bits;
    memset(c->checked, 0, sizeof c->checked); /* vendors check differently */
    memset(c->checked_returns, 0, sizeof c->checked_returns);
    memset(c->checked_gates, 0, sizeof c->checked_gates);
    /* SDM Vol. 3B, "Architecture Compatibility", "New Flags in the EFLAGS Register" */
    c->flags_defined = 0x3ffff | (cpu_has(c, FEATURE_I486) ? FLAG_AC : 0) |
                       (cpu_has(c, FEATURE_VME) ? FLAG_VIF | FLAG_VIP : 0) |
                       (cpu_has(c, FEATURE_CPUID) ? FLAG_ID : 0);
    if (!c->a20_mask)
        c->a20_mask = ~UINT64_C(0);
    common_state(c);
    c->tlb = &c->tlbs[TLB_NONE];
    /* CD, NW and ET; the 80386 has no cache to disable */
    c->cr0 = cpu_has(c, FEATURE_I486) ? 0x60000010 : 0x10;
    c->xcr0 = 1;
    c->xss = 0;
    c->pkru = 0;
    c->retired = c->slept = 0;
    c->quantum = c->left;
    c->tsc_offset = 0;
    c->entropy = UINT64_C(0x9e3779b97f4a7c15); /* machines that want another seed set it after reset */
    c->x87 = (struct x87){.control = 0x40, .tags = 0xff};
    c->ferr = c->ignne = false;
    c->mxcsr = 0x1f80;
    memset(c->v, 0, sizeof c->v);
    c->xinuse = 0;
    msr_reset(c);
}

void cpu_init_signal(struct cpu *c) {
    uint64_t cache = c->cr0 & (CR0_CD | CR0_NW);
    common_state(c);
    c->cr0 = cache | CR0_ET;
}
