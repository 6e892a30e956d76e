/* SPDX-License-Identifier: BSD-2-Clause */
/* SGDT - Store Global Descriptor Table Register.  SDM Vol. 2B, SGDT, "Operation". */
HANDLER(SGDT) {
    REQUIRE_NO_UMIP;
    table_store(c, o, &c->gdtr);
    NEXT;
}
ENTRY(SGDT);
