/* SPDX-License-Identifier: BSD-2-Clause */
/* INVPCID - Invalidate Process-Context Identifier.  SDM Vol. 2A, INVPCID, "Operation". Types: 0 one address,
 * 1 one PCID, 2 all with globals, 3 all but globals. */
HANDLER(INVPCID) {
    REQUIRE_CPL0;
    uint64_t type = reg_read(c, o->reg, LONG_BYTES);
    if (type > 3)
        GP0;
    uint64_t descriptor[2];
    mem_read_bytes(c, o, o->seg, EA, descriptor, 16, 0);
    if (descriptor[0] >> 12)
        GP0;
    if (type < 2 && !(c->cr4 & CR4_PCIDE) && descriptor[0] != 0)
        GP0;
    if (type == 0 && !canonical_for_register(c, descriptor[1]))
        GP0;
    SYNC;
    tlb_flush(c, true);
    RESUME_NEXT;
}
ENTRY(INVPCID);
