/* SPDX-License-Identifier: BSD-2-Clause */
/* FSTSW/FNSTSW - Store x87 FPU Status Word.  SDM Vol. 2A, FSTSW/FNSTSW, "Operation". */
HANDLER(FNSTSW_M16) {
    x87_available(c, o);
    mem_write16(c, o, o->seg, EA, c->x87.status);
    NEXT;
}
ENTRY(FNSTSW_M16);
HANDLER(FNSTSW_AX) {
    x87_available(c, o);
    reg_write(c, R_AX, c->x87.status, 2);
    NEXT;
}
ENTRY(FNSTSW_AX);
