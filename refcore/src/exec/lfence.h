/* SPDX-License-Identifier: BSD-2-Clause */
/* LFENCE, MFENCE, SFENCE - Load, Memory, Store Fence.  SDM Vol. 2A, LFENCE; Vol. 2B, MFENCE, SFENCE. Memory
 * is in program order here. */
HANDLER(LFENCE) {
    (void)c;
    NEXT;
}
ENTRY(LFENCE);
const struct entry entry_MFENCE = {.run = {{run_LFENCE}}};
const struct entry entry_SFENCE = {.run = {{run_LFENCE}}};
