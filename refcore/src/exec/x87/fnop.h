/* SPDX-License-Identifier: BSD-2-Clause */
/* FNOP - No Operation.  SDM Vol. 2A, FNOP, "Operation". FENI, FDISI and FSETPM of the 8087 and 80287 do nothing since the 80387. */
HANDLER(FNOP) {
    X87_START;
    NEXT;
}
ENTRY(FNOP);
HANDLER(FENI) {
    x87_available(c, o);
    NEXT;
}
ENTRY(FENI);
