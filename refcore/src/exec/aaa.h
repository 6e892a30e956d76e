/* SPDX-License-Identifier: BSD-2-Clause */
/* AAA - ASCII Adjust After Addition.  SDM Vol. 2A, AAA, "Operation". OF, SF, ZF and PF are undefined. */
HANDLER(AAA) {
    bool adjust = (REG8_AT(0) & 15) > 9 || flag_af(c);
    if (adjust)
        reg_write(c, R_AX, c->r[R_AX] + 0x106, 2);
    REG8_AT(0) &= 15;
    flags_decimal(c, REG8_AT(0), adjust, adjust);
    NEXT;
}
ENTRY(AAA);
