/* SPDX-License-Identifier: BSD-2-Clause */
/* SIDT - Store Interrupt Descriptor Table Register.  SDM Vol. 2B, SIDT, "Operation". */
HANDLER(SIDT) {
    REQUIRE_NO_UMIP;
    table_store(c, o, &c->idtr);
    NEXT;
}
ENTRY(SIDT);
