/* SPDX-License-Identifier: BSD-2-Clause */
/* VERR/VERW - Verify a Segment for Reading or Writing.  SDM Vol. 2B, VERR/VERW, "Operation". */
HANDLER(VERR) {
    uint16_t selector = (uint16_t)rm_read(c, o, 2);
    SYNC;
    struct descriptor d;
    set_zf(c, selector_visible(c, selector, &d) && d_readable(d));
    NEXT;
}
ENTRY(VERR);

HANDLER(VERW) {
    uint16_t selector = (uint16_t)rm_read(c, o, 2);
    SYNC;
    struct descriptor d;
    set_zf(c, selector_visible(c, selector, &d) && d_data_writable(d));
    NEXT;
}
ENTRY(VERW);
