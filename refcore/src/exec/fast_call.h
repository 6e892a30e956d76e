/* SPDX-License-Identifier: BSD-2-Clause */
/* SYSCALL, SYSRET, SYSENTER, SYSEXIT.  SDM Vol. 2B, each entry's "Operation"; event/syscall.c. */
HANDLER(SYSCALL) {
    SYNC;
    event_syscall(c);
    LEAVE;
}
ENTRY(SYSCALL);

HANDLER(SYSRET) {
    SYNC;
    event_sysret(c, OPERAND_BYTES);
    LEAVE;
}
ENTRY(SYSRET);

HANDLER(SYSENTER) {
    SYNC;
    event_sysenter(c);
    LEAVE;
}
ENTRY(SYSENTER);

HANDLER(SYSEXIT) {
    SYNC;
    event_sysexit(c, OPERAND_BYTES);
    LEAVE;
}
ENTRY(SYSEXIT);
