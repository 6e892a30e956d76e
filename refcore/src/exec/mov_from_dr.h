/* SPDX-License-Identifier: BSD-2-Clause */
/* MOV - Move from Debug Registers.  SDM Vol. 2B, MOV-Move to/from Debug Registers. */
HANDLER(MOV_FROM_DR) {
    unsigned dr = debug_register(c, o);
    uint64_t value = dr < 4 ? c->dr[dr] : dr == 6 ? c->dr6 : c->dr7;
    reg_write(c, o->rm, value, LONG_BYTES);
    NEXT;
}
ENTRY(MOV_FROM_DR);
