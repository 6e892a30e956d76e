/* SPDX-License-Identifier: BSD-2-Clause */
/* LLDT, LTR, SLDT, STR - LDTR and TR.  SDM Vol. 2A, LLDT, LTR; Vol. 2B, SLDT, STR, "Operation"; seg/load.c.
 */
HANDLER(LLDT) {
    REQUIRE_CPL0;
    uint16_t selector = (uint16_t)rm_read(c, o, 2);
    SYNC;
    seg_lldt(c, selector);
    NEXT;
}
ENTRY(LLDT);

HANDLER(LTR) {
    REQUIRE_CPL0;
    uint16_t selector = (uint16_t)rm_read(c, o, 2);
    SYNC;
    seg_ltr(c, selector);
    NEXT;
}
ENTRY(LTR);

HANDLER(SLDT) {
    REQUIRE_NO_UMIP;
    rm_write(c, o, c->seg[SEG_LDTR].selector, o->bits & OP_MEMORY ? 2 : OPERAND_BYTES);
    NEXT;
}
ENTRY(SLDT);

HANDLER(STR) {
    REQUIRE_NO_UMIP;
    rm_write(c, o, c->seg[SEG_TR].selector, o->bits & OP_MEMORY ? 2 : OPERAND_BYTES);
    NEXT;
}
ENTRY(STR);
