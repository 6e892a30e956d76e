/* SPDX-License-Identifier: BSD-2-Clause */
/* AAD - ASCII Adjust AX Before Division.  SDM Vol. 2A, AAD, "Operation". OF, AF and CF are undefined. */
HANDLER(AAD) {
    uint8_t al = (uint8_t)(REG8_AT(0) + REG8_AT(1) * (uint8_t)IMM);
    reg_write(c, R_AX, al, 2);
    flags_decimal(c, al, false, false);
    NEXT;
}
ENTRY(AAD);
