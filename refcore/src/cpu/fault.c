/* SPDX-License-Identifier: BSD-2-Clause */
/* fault.c - how an instruction ends with an exception. */
#include "state.h"

/* SDM Vol. 3A, "Protected-Mode Exceptions and Interrupts": the vectors that push an error code. */
static bool pushes_error_code(unsigned vector) {
    switch (vector) {
    case VECTOR_DF:
    case VECTOR_TS:
    case VECTOR_NP:
    case VECTOR_SS:
    case VECTOR_GP:
    case VECTOR_PF:
    case VECTOR_AC:
        return true;
    default:
        return false;
    }
}

_Noreturn static void leave(struct cpu *c, unsigned vector, uint32_t error) {
    if (c->op)
        cpu_sync(c, c->op);
    c->raised = (struct event){.kind = EVENT_FAULT,
                               .vector = (uint8_t)vector,
                               .has_error = pushes_error_code(vector),
                               .error = error};
    longjmp(c->escape, 1);
}

_Noreturn void raise_fault(struct cpu *c, unsigned vector) {
    leave(c, vector, 0);
}

_Noreturn void raise_fault_error(struct cpu *c, unsigned vector, uint32_t error) {
    leave(c, vector, error);
}

_Noreturn void raise_page_fault(struct cpu *c, uint64_t linear, uint32_t error) {
    c->cr2 = linear;
    leave(c, VECTOR_PF, error);
}
