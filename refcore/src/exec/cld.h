/* SPDX-License-Identifier: BSD-2-Clause */
/* CLD - Clear Direction Flag.  SDM Vol. 2A, CLD, "Operation". */
HANDLER(CLD) {
    c->rflags &= ~(uint64_t)FLAG_DF;
    NEXT;
}
ENTRY(CLD);
