/* SPDX-License-Identifier: BSD-2-Clause */
/* AAM - ASCII Adjust AX After Multiply.  SDM Vol. 2A, AAM, "Operation": #DE for a base of zero. OF, AF and
 * CF are undefined. */
HANDLER(AAM) {
    uint8_t base = (uint8_t)IMM, al = REG8_AT(0);
    if (base == 0)
        RAISE(VECTOR_DE);
    REG8_AT(1) = al / base;
    REG8_AT(0) = al % base;
    flags_decimal(c, REG8_AT(0), false, false);
    NEXT;
}
ENTRY(AAM);
