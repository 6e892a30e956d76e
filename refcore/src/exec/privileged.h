/* SPDX-License-Identifier: BSD-2-Clause */
/* privileged.h - the checks that system instructions share. */
#ifndef REFCORE_EXEC_PRIVILEGED_H
#define REFCORE_EXEC_PRIVILEGED_H

#include "exec.h"

/* CPL is 0 in real mode and 3 in vm86 mode, so this is the whole check. */
#define REQUIRE_CPL0                                                                                         \
    do {                                                                                                     \
        if (c->cpl != 0)                                                                                     \
            GP0;                                                                                             \
    } while (0)
/* SDM Vol. 3A, "Control Registers", CR4.UMIP */
#define REQUIRE_NO_UMIP                                                                                      \
    do {                                                                                                     \
        if (c->cpl != 0 && (c->cr4 & CR4_UMIP))                                                              \
            GP0;                                                                                             \
    } while (0)
/* width of a register operand that has no 16-bit form */
#define LONG_BYTES (in_64bit_code(c) ? 8U : 4U)
#define W_BYTES    (OPERAND_BYTES == 8 ? 8U : 4U)

static inline void write_eax_edx(struct cpu *c, uint64_t value) {
    c->r[R_AX] = (uint32_t)value;
    c->r[R_DX] = value >> 32;
}
static inline uint64_t read_eax_edx(const struct cpu *c) {
    return (uint32_t)c->r[R_AX] | c->r[R_DX] << 32;
}
/* rAX as an address of the instruction's address size (MONITOR, CLZERO) */
static inline uint64_t address_in_rax(const struct cpu *c, const struct op *o) {
    switch (o->bits & OP_ADDRESS_MASK) {
    case OP_ADDRESS_16:
        return (uint16_t)c->r[R_AX];
    case OP_ADDRESS_32:
        return (uint32_t)c->r[R_AX];
    default:
        return c->r[R_AX];
    }
}

#endif
