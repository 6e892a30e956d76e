/* SPDX-License-Identifier: BSD-2-Clause */
/* boundary.c - what is looked for between two instructions, numbered after SDM Vol. 3A, "Priority Among
 * Concurrent Events". */
#include "../cpu/bus.h"
#include "../cpu/reset.h"
#include "debug.h"

static bool interrupt_waits(struct cpu *c) {
    return (c->rflags & FLAG_IF) && c->bus->interrupt_pending(c->bus->device, c);
}

/* SDM Vol. 3B, "Class 2-Maskable Hardware Interrupt Handling in Virtual-8086 Mode Using the Virtual Interrupt
 * Mechanism": an instruction that begins with VIF and VIP both set is #GP, where the two are in use;
 * "Protected-Mode Virtual Interrupts". IRET and task switches leave them so. */
static bool virtual_interrupt_due(struct cpu *c) {
    const uint64_t both = FLAG_VIF | FLAG_VIP;
    if (LIKELY((c->rflags & both) != both) || c->cpl != 3 || flags_iopl(c) == 3)
        return false;
    return (c->cr4 & (in_vm86(c) ? CR4_VME : CR4_PVI)) != 0;
}

bool event_boundary(struct cpu *c) {
    unsigned shadow = c->shadow & (SHADOW_STI | SHADOW_MOV_SS);
    bool over = c->shadow == SHADOW_OVER;
    c->shadow = 0;
    c->suppress_debug_trap = false;

    /* 3. INIT; SMM is not modelled, so that an SMI is dropped where it arises. SDM Vol. 3A, "MP
     * Initialization Protocol Requirements and Restrictions": the bootstrap processor, as this one is, starts
     * again at its reset vector. */
    if (UNLIKELY(c->init_pending) && !(c->pending_debug & DR6_BT)) {
        cpu_init_signal(c);
        c->bus->init(c->bus->device, c);
        mode_replaced(c);
        return true;
    }
    /* 2. trap on task switch, 4. traps on the previous instruction. MOV SS and POP SS hold them until after
     * the next one. */
    if (UNLIKELY(c->pending_debug) && !(shadow & SHADOW_MOV_SS)) {
        uint64_t bits = c->pending_debug;
        c->pending_debug = 0;
        c->run_state = RUN_NORMAL;
        debug_exception(c, bits);
        return true;
    }
    /* 5. NMI */
    if (UNLIKELY(c->nmi_pending) && !c->nmi_blocked && !(shadow & SHADOW_MOV_SS)) {
        c->nmi_pending = false;
        c->nmi_blocked = true;
        c->run_state = RUN_NORMAL;
        event_deliver(c, (struct event){.kind = EVENT_EXTERNAL, .vector = VECTOR_NMI});
        return true;
    }
    /* 6. maskable interrupts */
    if (!shadow && interrupt_waits(c)) {
        uint8_t vector = c->bus->interrupt_acknowledge(c->bus->device, c);
        c->run_state = RUN_NORMAL;
        event_deliver(c, (struct event){.kind = EVENT_EXTERNAL, .vector = vector});
        return true;
    }
    if (c->run_state == RUN_HALT)
        return false;
    /* 7. code breakpoints: a fault of the next instruction, yet its frame has RF clear */
    if (UNLIKELY(c->dr7 & DR7_ENABLES) && !(shadow & SHADOW_MOV_SS)) {
        unsigned matched = debug_instruction_match(c);
        if (matched) {
            debug_exception(c, matched);
            return true;
        }
    }
    /* 8. faults of the next instruction */
    if (UNLIKELY(virtual_interrupt_due(c)))
        raise_fault_error(c, VECTOR_GP, 0);
    /* The next instruction runs: what lasts for one instruction ends with it. SDM Vol. 3B,
     * "Instruction-Breakpoint Exception Condition" for RF. */
    bool resume = (c->rflags & FLAG_RF) != 0;
    c->rflags &= ~(uint64_t)FLAG_RF;
    if (shadow)
        c->shadow = SHADOW_OVER;
    if (shadow || over || resume)
        mode_step_changed(c);
    return false;
}
