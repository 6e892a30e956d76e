/* SPDX-License-Identifier: BSD-2-Clause */
/* SMSW - Store Machine Status Word.  SDM Vol. 2B, SMSW, "Operation". A register gets as much of CR0 as the
 * operand size holds, memory always 16 bits. */
HANDLER(SMSW) {
    REQUIRE_NO_UMIP;
    if (o->bits & OP_MEMORY)
        mem_write16(c, o, o->seg, EA, (uint16_t)c->cr0);
    else
        reg_write(c, o->rm, c->cr0, OPERAND_BYTES);
    NEXT;
}
ENTRY(SMSW);
