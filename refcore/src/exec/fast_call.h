/* SPDX-License-Identifier: BSD-2-Clause */
/* SYSCALL, SYSRET, SYSENTER, SYSEXIT.  SDM Vol. 2B, each entry's "Operation"; event/syscall.c. */
static COLD HANDLER_RESULT syscall_elsewhere(struct cpu *c, const struct op *o) {
    SYNC;
    event_syscall(c);
    RESUME;
}
HANDLER(SYSCALL) {
    if (UNLIKELY(!in_64bit_code(c) || !(c->efer & EFER_SCE)))
        TAIL_CALL(syscall_elsewhere);
    SYNC;
    syscall_long(c, c->lstar);
    RESUME;
}
ENTRY(SYSCALL);

static COLD HANDLER_RESULT sysret_elsewhere(struct cpu *c, const struct op *o) {
    SYNC;
    event_sysret(c, OPERAND_BYTES);
    RESUME;
}
/* From the kernel of a 64-bit program to that, where SS is loaded with all its parts. */
HANDLER(SYSRET) {
    if (UNLIKELY(!in_64bit_code(c) || OPERAND_BYTES != 8 || c->cpl != 0 || !(c->efer & EFER_SCE) ||
                 !c->profile->choice.sysret_loads_ss_fully))
        TAIL_CALL(sysret_elsewhere);
    SYNC;
    uint64_t base = c->star >> 48;
    sysret_to_64(c, base);
    sysret_ss(c, base);
    mode_entered_64(c);
    RESUME;
}
ENTRY(SYSRET);

HANDLER(SYSENTER) {
    SYNC;
    event_sysenter(c);
    RESUME;
}
ENTRY(SYSENTER);

HANDLER(SYSEXIT) {
    SYNC;
    event_sysexit(c, OPERAND_BYTES);
    RESUME;
}
ENTRY(SYSEXIT);
