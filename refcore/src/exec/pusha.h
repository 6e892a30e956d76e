/* SPDX-License-Identifier: BSD-2-Clause */
/* PUSHA/PUSHAD - Push All General-Purpose Registers.  SDM Vol. 2B, PUSHA/PUSHAD, "Operation";
 * "Real-Address Mode Exceptions", "Virtual-8086 Mode Exceptions": #GP for SP of 7, 9, 11, 13, 15; APM Vol.
 * 3, PUSHA, knows only #SS. Slots before one that faults are written, and rSP stays (silicon). */
HANDLER(PUSHA) {
    unsigned size = OPERAND_BYTES;
    uint64_t mask = stack_mask(c), sp = c->r[R_SP] & mask;
    if (!in_protected(c) && c->profile->vendor == VENDOR_INTEL && sp >= 7 && sp <= 15 && (sp & 1))
        GP0;
    for (unsigned i = 0; i < 8; i++)
        stack_write(c, o, (sp - (i + 1) * size) & mask, c->r[i], size);
    set_sp(c, sp - 8 * size);
    NEXT;
}
ENTRY(PUSHA);
