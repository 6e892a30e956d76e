/* SPDX-License-Identifier: BSD-2-Clause */
/* FINCSTP, FDECSTP - Increment, Decrement Stack-Top Pointer.  SDM Vol. 2A, FINCSTP, "Operation". */
HANDLER(FINCSTP) {
    X87_START;
    x87_set_top(c, x87_top(c) + 1);
    c->x87.status &= (uint16_t)~X87_C1;
    NEXT;
}
ENTRY(FINCSTP);
HANDLER(FDECSTP) {
    X87_START;
    x87_set_top(c, x87_top(c) - 1);
    c->x87.status &= (uint16_t)~X87_C1;
    NEXT;
}
ENTRY(FDECSTP);
