/* SPDX-License-Identifier: BSD-2-Clause */
/* port.c - IN, OUT, INS, OUTS. */
#include "string_access.h"

/* Ports are at most 32 bits wide: REX.W has no effect. */
static inline unsigned port_size(const struct op *o) {
    return OPERAND_BYTES == 8 ? 4 : OPERAND_BYTES;
}

static inline struct string port_string(const struct cpu *c, const struct op *o) {
    struct string s = string_begin(c, o);
    if (s.size == 8) {
        s.size = 4;
        s.shift = 2;
        s.step = c->rflags & FLAG_DF ? 0 - UINT64_C(4) : UINT64_C(4);
    }
    return s;
}

/* Whether a port access has raised what is due before the next iteration. SDM Vol. 2B, REP, "Description": a repeating
 * string operation can be suspended by an exception or interrupt. */
static inline bool port_string_interrupted(struct cpu *c) {
    return c->pending_debug || c->run_state != RUN_NORMAL ||
           ((c->rflags & FLAG_IF) && c->bus->interrupt_pending(c->bus->device, c));
}

/* Leaves with rip at the instruction itself. RF is set in the image of a trap or interrupt between two
 * iterations: SDM Vol. 3B, "Instruction-Breakpoint Exception Condition"; event_boundary() clears it when the
 * instruction resumes. */
#define PORT_STRING_SUSPEND                                                                                  \
    do {                                                                                                     \
        SYNC;                                                                                                \
        if ((c->step || c->left <= 0 || port_string_interrupted(c)) && c->profile->choice.rep_trap_rf)       \
            c->rflags |= FLAG_RF;                                                                            \
        LEAVE;                                                                                               \
    } while (0)

#include "in.h"
#include "ins.h"
#include "out.h"
#include "outs.h"
