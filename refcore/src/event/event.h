/* SPDX-License-Identifier: BSD-2-Clause */
/* event.h - delivery of exceptions and interrupts, their returns, and the fast system calls. */
#ifndef REFCORE_EVENT_EVENT_H
#define REFCORE_EVENT_EVENT_H

#include "../seg/seg.h"

/* Called by the run loop after raise_fault(): c->raised is the new exception (EVENT_NONE: nothing to
 * deliver), c->delivering the one in delivery (EVENT_NONE if none). Combines them (SDM Vol. 3A, "Interrupt 8
 * - Double Fault Exception"), sets c->delivering and delivers; a raise_fault() inside comes back to the run
 * loop. On success c->delivering is EVENT_NONE and c->rip the handler. Third fault: run_state =
 * RUN_SHUTDOWN. */
void event_dispatch(struct cpu *c);
/* Delivers a trap, NMI or external interrupt at an instruction boundary (c->rip is the return address). */
void event_deliver(struct cpu *c, struct event e);
/* INT n, INT3, INTO, INT1: after cpu_sync(); the return address is c->next_rip; a fault in delivery reports
 * c->rip. */
void event_software(struct cpu *c, enum event_kind kind, uint8_t vector);

/* The checks between two instructions, in the manual's priority order (SDM Vol. 3A, "Priority Among
 * Concurrent Events"): pending debug traps, NMI, maskable interrupts; then instruction breakpoints on c->rip.
 * Delivers at most one event and tells whether it did. Called exactly once before each instruction that is
 * stepped (c->step), and wherever the run loop looks for events. It also ends what lasts for one instruction
 * (RF, shadows); c->step may change, so read it afterwards. */
bool event_boundary(struct cpu *c);
/* After one stepped instruction completed (not after one that faulted): notes BS if TF was set in
 * `flags_before` and the instruction does not suppress the trap; with DEBUGCTL.BTF only if it `branched`.
 * event_boundary() delivers it. */
void debug_after_instruction(struct cpu *c, uint64_t flags_before, bool branched);
/* Data and I/O breakpoints: notes matches in c->pending_debug. */
void debug_data_access(struct cpu *c, uint64_t linear, unsigned size, bool write);
void debug_io_access(struct cpu *c, uint16_t port, unsigned size);

/* IRET, IRETD, IRETQ: after cpu_sync(); size 2, 4, 8. */
void event_return(struct cpu *c, unsigned size);

/* SYSCALL, SYSRET, SYSENTER, SYSEXIT (syscall.c): after cpu_sync(); all checks included, c->rip set on
 * success. size: operand size. */
void event_syscall(struct cpu *c);
void event_sysret(struct cpu *c, unsigned size);
void event_sysenter(struct cpu *c);
void event_sysexit(struct cpu *c, unsigned size);

/* For an image that is loaded into RFLAGS: RF matters only while an instruction breakpoint is armed, and
 * costs single steps. */
static inline uint64_t flags_with_rf(const struct cpu *c, uint64_t image) {
    return c->dr7 & 0xff ? image : image & ~(uint64_t)FLAG_RF;
}
/* IA32_DEBUGCTL (AMD: DebugCtlMSR) */
enum { DEBUGCTL_BTF = 1 << 1 };
/* DR6 and DR7. SDM Vol. 3B, "Debug Registers" */
enum {
    DR6_B = 15,
    DR6_BD = 1 << 13,
    DR6_BS = 1 << 14,
    DR6_BT = 1 << 15,
    DR7_GD = 1 << 13,
    DR7_ENABLES = 0xff
};

#endif
