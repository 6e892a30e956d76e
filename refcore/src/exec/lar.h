/* SPDX-License-Identifier: BSD-2-Clause */
/* LAR - Load Access Rights Byte.  SDM Vol. 2A, LAR, "Operation" and table "Segment and Gate Types". */
HANDLER(LAR) {
    uint16_t selector = (uint16_t)rm_read(c, o, 2);
    SYNC;
    struct descriptor d;
    /* 1 2 3 4 5 9 B C; in IA-32e mode 2 9 B C */
    unsigned types = in_long_mode(c) ? 0x1a04 : 0x1a3e;
    bool valid = selector_visible(c, selector, &d) && (!d_system(d) || type_in(d, types));
    if (valid)
        reg_write(c, o->reg, d.high & (OPERAND_BYTES == 2 ? 0xff00U : 0xf0ff00U), OPERAND_BYTES);
    set_zf(c, valid);
    NEXT;
}
ENTRY(LAR);
