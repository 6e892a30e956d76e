/* SPDX-License-Identifier: BSD-2-Clause */
/* INT n/INTO/INT3/INT1 - Call to Interrupt Procedure.  SDM Vol. 2A, INT n/INTO/INT3/INT1, "Operation";
 * event/software.c. */
HANDLER(INT) {
    SYNC;
    event_software(c, EVENT_SOFTWARE, (uint8_t)o->imm);
    RESUME;
}
ENTRY(INT);

HANDLER(INT3) {
    SYNC;
    event_software(c, EVENT_INT3_INTO, VECTOR_BP);
    RESUME;
}
ENTRY(INT3);

HANDLER(INTO) {
    SYNC;
    if (!flag_of(c))
        RESUME_NEXT;
    event_software(c, EVENT_INT3_INTO, VECTOR_OF);
    RESUME;
}
ENTRY(INTO);

HANDLER(INT1) {
    SYNC;
    event_software(c, EVENT_ICEBP, VECTOR_DB);
    RESUME;
}
ENTRY(INT1);
