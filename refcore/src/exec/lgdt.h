/* SPDX-License-Identifier: BSD-2-Clause */
/* LGDT - Load Global Descriptor Table Register.  SDM Vol. 2A, LGDT/LIDT, "Operation". */
HANDLER(LGDT) {
    REQUIRE_CPL0;
    c->gdtr = table_load(c, o);
    NEXT;
}
ENTRY(LGDT);
