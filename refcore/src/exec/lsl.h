/* SPDX-License-Identifier: BSD-2-Clause */
/* LSL - Load Segment Limit.  SDM Vol. 2A, LSL, "Operation" and table "Segment and Gate Descriptor Types". */
HANDLER(LSL) {
    uint16_t selector = (uint16_t)rm_read(c, o, 2);
    SYNC;
    struct descriptor d;
    /* 1 2 3 9 B; in IA-32e mode 2 9 B */
    unsigned types = in_long_mode(c) ? 0x0a04 : 0x0a0e;
    bool valid = selector_visible(c, selector, &d) && (!d_system(d) || type_in(d, types));
    if (valid)
        reg_write(c, o->reg, d_limit(d), OPERAND_BYTES);
    set_zf(c, valid);
    NEXT;
}
ENTRY(LSL);
