/* SPDX-License-Identifier: BSD-2-Clause */
/* IRET/IRETD/IRETQ - Interrupt Return.  SDM Vol. 2A, IRET/IRETD/IRETQ, "Operation"; event/return*.c. */
HANDLER(IRET) {
    SYNC;
    event_return(c, OPERAND_BYTES);
    RESUME;
}
ENTRY(IRET);
