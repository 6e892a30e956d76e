/* SPDX-License-Identifier: BSD-2-Clause */
/* FCLEX/FNCLEX - Clear Exceptions.  SDM Vol. 2A, FCLEX/FNCLEX, "Operation". */
HANDLER(FNCLEX) {
    x87_available(c, o);
    c->x87.status &= (uint16_t) ~(X87_EXCEPTIONS | X87_SF);
    x87_no_error(c);
    NEXT;
}
ENTRY(FNCLEX);
