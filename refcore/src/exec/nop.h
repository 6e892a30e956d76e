/* SPDX-License-Identifier: BSD-2-Clause */
/* NOP - No Operation, PREFETCHh, PREFETCHW.  SDM Vol. 2B, NOP, PREFETCHh, PREFETCHW; reserved NOPs: SDM Vol.
 * 2D, "Two-Byte Opcode Map". No memory access, and so no fault, whatever the operand. */
HANDLER(NOP) {
    (void)c;
    NEXT;
}
ENTRY(NOP);
const struct entry entry_PREFETCHH = {.run = {{run_NOP}}};
const struct entry entry_PREFETCHW = {.run = {{run_NOP}}};

/* 0F 0D with a register: reserved NOP on Intel (SDM Vol. 2D), #UD on AMD (APM Vol. 3, PREFETCH/PREFETCHW). */
HANDLER(PREFETCHW_REGISTER) {
    if (c->profile->vendor == VENDOR_AMD)
        UD;
    NEXT;
}
ENTRY(PREFETCHW_REGISTER);
