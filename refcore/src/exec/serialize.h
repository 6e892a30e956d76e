/* SPDX-License-Identifier: BSD-2-Clause */
/* SERIALIZE - Serialize Instruction Execution.  SDM Vol. 2B, SERIALIZE. */
HANDLER(SERIALIZE) {
    SYNC;
    LEAVE_NEXT;
}
ENTRY(SERIALIZE);
