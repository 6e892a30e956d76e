/* SPDX-License-Identifier: BSD-2-Clause */
/* DAS - Decimal Adjust AL After Subtraction.  SDM Vol. 2A, DAS, "Operation". OF is undefined. */
HANDLER(DAS) {
    uint8_t old_al = REG8_AT(0), al = old_al;
    bool old_cf = CF, aux = (old_al & 15) > 9 || flag_af(c), carry = false;
    if (aux) {
        carry = old_cf || al < 6;
        al = (uint8_t)(al - 6);
    }
    if (old_al > 0x99 || old_cf) {
        al = (uint8_t)(al - 0x60);
        carry = true;
    }
    REG8_AT(0) = al;
    flags_decimal(c, al, carry, aux);
    NEXT;
}
ENTRY(DAS);
