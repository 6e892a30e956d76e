/* SPDX-License-Identifier: BSD-2-Clause */
/* DAA - Decimal Adjust AL After Addition.  SDM Vol. 2A, DAA, "Operation". OF is undefined. */
HANDLER(DAA) {
    uint8_t old_al = REG8_AT(0), al = old_al;
    bool old_cf = CF, aux = (old_al & 15) > 9 || flag_af(c);
    bool carry = old_al > 0x99 || old_cf;
    if (aux)
        al = (uint8_t)(al + 6);
    if (carry)
        al = (uint8_t)(al + 0x60);
    REG8_AT(0) = al;
    flags_decimal(c, al, carry, aux);
    NEXT;
}
ENTRY(DAA);
