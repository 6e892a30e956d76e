/* SPDX-License-Identifier: BSD-2-Clause */
/* SWAPGS - Swap GS Base Register.  SDM Vol. 2B, SWAPGS, "Operation". */
HANDLER(SWAPGS) {
    REQUIRE_CPL0;
    uint64_t base = c->seg[SEG_GS].base;
    c->seg[SEG_GS].base = c->kernel_gs_base;
    c->kernel_gs_base = base;
    NEXT;
}
ENTRY(SWAPGS);
