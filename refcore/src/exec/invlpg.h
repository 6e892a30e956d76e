/* SPDX-License-Identifier: BSD-2-Clause */
/* INVLPG - Invalidate TLB Entries.  SDM Vol. 2A, INVLPG, "Description": no segment check; with a
 * non-canonical address a NOP. */
HANDLER(INVLPG) {
    REQUIRE_CPL0;
    SYNC;
    uint64_t linear = EA;
    if (!in_64bit_code(c))
        linear = (uint32_t)(linear + c->seg[o->seg].base);
    else if (o->seg >= SEG_FS)
        linear += c->seg[o->seg].base;
    if (!in_64bit_code(c) || is_canonical(c, linear))
        tlb_flush_page(c, linear);
    RESUME_NEXT;
}
ENTRY(INVLPG);
