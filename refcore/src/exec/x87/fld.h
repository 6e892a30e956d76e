/* SPDX-License-Identifier: BSD-2-Clause */
/* FLD - Load Floating Point Value.  SDM Vol. 2A, FLD, "Operation". */
X87_LOAD(FLD_M32, "flds", 4)
X87_LOAD(FLD_M64, "fldl", 8)
X87_LOAD(FLD_M80, "fldt", 10)
HANDLER(FLD_STI) {
    X87_START;
    struct x87_register value = ST(o->rm & 7);
    bool empty = x87_empty(c, o->rm & 7), full = !x87_empty(c, 7);
    if (empty || full) {
        if (empty ? x87_underflow(c) : x87_overflow(c))
            x87_push(c, x87_indefinite);
        NEXT;
    }
    c->x87.status &= (uint16_t)~X87_C1;
    x87_push(c, value);
    NEXT;
}
ENTRY(FLD_STI);
