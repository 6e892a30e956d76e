/* SPDX-License-Identifier: BSD-2-Clause */
/* CLC - Clear Carry Flag.  SDM Vol. 2A, CLC, "Operation". */
HANDLER(CLC) {
    FLAGS_CARRY_OVERFLOW(0, flag_of(c));
    NEXT;
}
ENTRY(CLC);
