/* SPDX-License-Identifier: BSD-2-Clause */
/* STD - Set Direction Flag.  SDM Vol. 2B, STD, "Operation". */
HANDLER(STD) {
    c->rflags |= FLAG_DF;
    NEXT;
}
ENTRY(STD);
