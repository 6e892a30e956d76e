/* SPDX-License-Identifier: BSD-2-Clause */
/* LIDT - Load Interrupt Descriptor Table Register.  SDM Vol. 2A, LGDT/LIDT, "Operation". */
HANDLER(LIDT) {
    REQUIRE_CPL0;
    c->idtr = table_load(c, o);
    NEXT;
}
ENTRY(LIDT);
