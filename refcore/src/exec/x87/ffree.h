/* SPDX-License-Identifier: BSD-2-Clause */
/* FFREE - Free Floating-Point Register.  SDM Vol. 2A, FFREE, "Operation". FFREEP (DF /0) also pops; it is in no opcode table but in all processors. */
HANDLER(FFREE) {
    X87_START;
    x87_free(c, o->rm & 7);
    c->x87.status &= (uint16_t)~X87_C1; /* undefined; so does AMD */
    NEXT;
}
ENTRY(FFREE);
HANDLER(FFREEP) {
    X87_START;
    x87_free(c, o->rm & 7);
    c->x87.status &= (uint16_t)~X87_C1; /* undefined; so does AMD */
    x87_pop(c);
    NEXT;
}
ENTRY(FFREEP);
