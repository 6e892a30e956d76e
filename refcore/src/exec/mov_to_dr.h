/* SPDX-License-Identifier: BSD-2-Clause */
/* MOV - Move to Debug Registers.  SDM Vol. 2B, MOV-Move to/from Debug Registers. */
HANDLER(MOV_TO_DR) {
    unsigned dr = debug_register(c, o);
    uint64_t value = reg_read(c, o->rm, LONG_BYTES);
    if (dr >= 6 && value >> 32)
        GP0;
    SYNC;
    if (dr < 4)
        c->dr[dr] = value;
    else if (dr == 6)
        c->dr6 = (value & 0xe00f) | 0xffff0ff0; /* bit 12 reads 0, the other reserved bits read 1 */
    else
        c->dr7 = (value & 0xffff23ff) | 0x400; /* bit 10 reads 1; bits 11, 12, 14, 15 read 0 */
    mode_changed(c);
    RESUME_NEXT;
}
ENTRY(MOV_TO_DR);
