/* SPDX-License-Identifier: BSD-2-Clause */
/* CMC - Complement Carry Flag.  SDM Vol. 2A, CMC, "Operation". */
HANDLER(CMC) {
    c->lazy_carry ^= UINT64_C(3) << 62; /* CF flips, OF stays */
    NEXT;
}
ENTRY(CMC);
