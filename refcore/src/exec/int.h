/* SPDX-License-Identifier: BSD-2-Clause */
/* INT n/INTO/INT3/INT1 - Call to Interrupt Procedure.  SDM Vol. 2A, INT n/INTO/INT3/INT1, "Operation";
 * event/software.c. */
HANDLER(INT) {
    SYNC;
    event_software(c, EVENT_SOFTWARE, (uint8_t)o->imm);
    LEAVE;
}
ENTRY(INT);

HANDLER(INT3) {
    SYNC;
    event_software(c, EVENT_INT3_INTO, VECTOR_BP);
    LEAVE;
}
ENTRY(INT3);

HANDLER(INTO) {
    SYNC;
    if (!flag_of(c))
        LEAVE_NEXT;
    event_software(c, EVENT_INT3_INTO, VECTOR_OF);
    LEAVE;
}
ENTRY(INTO);

HANDLER(INT1) {
    SYNC;
    event_software(c, EVENT_ICEBP, VECTOR_DB);
    LEAVE;
}
ENTRY(INT1);
