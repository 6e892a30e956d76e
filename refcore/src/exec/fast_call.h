/* SPDX-License-Identifier: BSD-2-Clause */
/* SYSCALL, SYSRET, SYSENTER, SYSEXIT.  SDM Vol. 2B, each entry's "Operation"; event/syscall.c. */
HANDLER(SYSCALL) {
    SYNC;
    event_syscall(c);
    RESUME;
}
ENTRY(SYSCALL);

HANDLER(SYSRET) {
    SYNC;
    event_sysret(c, OPERAND_BYTES);
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
