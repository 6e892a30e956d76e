/* SPDX-License-Identifier: BSD-2-Clause */
/* WAIT/FWAIT - Wait.  SDM Vol. 2A, WAIT/FWAIT, "Operation". #NM only with both CR0.MP and CR0.TS. */
HANDLER(FWAIT) {
    if (c->unavailable & NO_WAIT)
        RAISE(VECTOR_NM);
    if (c->x87.status & X87_ES) {
        c->op = o;
        x87_error(c);
    }
    NEXT;
}
ENTRY(FWAIT);
