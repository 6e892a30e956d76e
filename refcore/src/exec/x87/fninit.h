/* SPDX-License-Identifier: BSD-2-Clause */
/* FINIT/FNINIT - Initialize Floating-Point Unit.  SDM Vol. 2A, FINIT/FNINIT, "Operation". */
HANDLER(FNINIT) {
    x87_available(c, o);
    x87_initialise(c);
    NEXT;
}
ENTRY(FNINIT);
