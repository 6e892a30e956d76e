/* SPDX-License-Identifier: BSD-2-Clause */
/* debug.c - single steps and breakpoints. SDM Vol. 3B, "Debug Exceptions". */
#include "debug.h"

enum { BREAK_EXECUTE = 0, BREAK_IO = 2 };
static unsigned condition(const struct cpu *c, unsigned i) {
    return (unsigned)(c->dr7 >> (16 + 4 * i)) & 3;
}
static bool enabled(const struct cpu *c, unsigned i) {
    return (c->dr7 >> (2 * i) & 3) != 0;
}

void debug_after_instruction(struct cpu *c, uint64_t flags_before, bool branched) {
    /* SDM Vol. 3B, "Single-Step Exception Condition"; SDM Vol. 3A, "Masking Exceptions and Interrupts When
     * Switching Stacks": no trap between MOV SS or POP SS and the next instruction. SDM Vol. 3B,
     * "Single-Stepping on Branches"; APM Vol. 2, "Control-Transfer Breakpoint Feature": BTF. */
    bool wanted = (flags_before & FLAG_TF) && (branched || !(c->debugctl & DEBUGCTL_BTF));
    if (wanted && !c->suppress_debug_trap && !(c->shadow & SHADOW_MOV_SS)) {
        c->pending_debug |= DR6_BS;
        c->step = true;
    }
    c->suppress_debug_trap = false;
}

void debug_data_access(struct cpu *c, uint64_t linear, unsigned size, bool write) {
    watch_data(c, linear, size, write);
}

/* SDM Vol. 3B, "Debug Control Register (DR7)": R/W = 10B means I/O with CR4.DE; the ports are aligned to LEN.
 */
void debug_io_access(struct cpu *c, uint16_t port, unsigned size) {
    static const uint8_t lengths[4] = {1, 2, 8, 4};
    if (LIKELY(!(c->dr7 & DR7_ENABLES)) || !(c->cr4 & CR4_DE))
        return;
    for (unsigned i = 0; i < 4; i++) {
        if (!enabled(c, i) || condition(c, i) != BREAK_IO)
            continue;
        uint64_t length = lengths[c->dr7 >> (18 + 4 * i) & 3], first = c->dr[i] & ~(length - 1);
        if (port < first + length && first < (uint64_t)port + size)
            c->pending_debug |= UINT64_C(1) << i;
    }
}

unsigned debug_instruction_match(const struct cpu *c) {
    if (c->rflags & FLAG_RF)
        return 0;
    uint64_t linear = in_64bit_code(c) ? c->rip : (uint32_t)(c->seg[SEG_CS].base + c->rip);
    unsigned matched = 0;
    for (unsigned i = 0; i < 4; i++) {
        uint64_t address = in_64bit_code(c) ? c->dr[i] : (uint32_t)c->dr[i];
        if (enabled(c, i) && condition(c, i) == BREAK_EXECUTE && address == linear)
            matched |= 1U << i;
    }
    return matched;
}

void debug_exception(struct cpu *c, uint64_t bits) {
    /* B0-B3 tell this exception's conditions; the other bits are never cleared by the processor */
    c->dr6 = (c->dr6 & ~(uint64_t)DR6_B) | bits;
    event_deliver(c, (struct event){.kind = EVENT_TRAP, .vector = VECTOR_DB});
}
