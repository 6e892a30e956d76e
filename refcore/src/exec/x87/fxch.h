/* SPDX-License-Identifier: BSD-2-Clause */
/* FXCH - Exchange Register Contents.  SDM Vol. 2A, FXCH, "Operation". Empty registers, masked: the indefinite takes their place first. */
HANDLER(FXCH) {
    X87_START;
    unsigned i = o->rm & 7;
    if (x87_empty(c, 0) || x87_empty(c, i)) {
        if (!x87_underflow(c))
            NEXT;
        if (x87_empty(c, 0))
            x87_set(c, 0, x87_indefinite);
        if (x87_empty(c, i))
            x87_set(c, i, x87_indefinite);
    } else {
        c->x87.status &= (uint16_t)~X87_C1;
    }
    struct x87_register temp = ST(0);
    ST(0) = ST(i);
    ST(i) = temp;
    NEXT;
}
ENTRY(FXCH);
