/* SPDX-License-Identifier: BSD-2-Clause */
/* STC - Set Carry Flag.  SDM Vol. 2B, STC, "Operation". */
HANDLER(STC) {
    FLAGS_CARRY_OVERFLOW(1, flag_of(c));
    NEXT;
}
ENTRY(STC);
