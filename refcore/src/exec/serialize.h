/* SPDX-License-Identifier: BSD-2-Clause */
/* SERIALIZE - Serialize Instruction Execution.  SDM Vol. 2B, SERIALIZE. */
HANDLER(SERIALIZE) {
    SYNC;
    RESUME_NEXT;
}
ENTRY(SERIALIZE);
