/* SPDX-License-Identifier: BSD-2-Clause */
/* WRFSBASE, WRGSBASE - Write FS/GS Segment Base.  SDM Vol. 2C, WRFSBASE/WRGSBASE, "Operation". */
HANDLER(WRFSBASE) {
    if (!(c->cr4 & CR4_FSGSBASE))
        UD;
    uint64_t base = reg_read(c, o->rm, W_BYTES);
    if (!canonical_for_register(c, base))
        GP0;
    c->seg[SEG_FS].base = base;
    NEXT;
}
ENTRY(WRFSBASE);

HANDLER(WRGSBASE) {
    if (!(c->cr4 & CR4_FSGSBASE))
        UD;
    uint64_t base = reg_read(c, o->rm, W_BYTES);
    if (!canonical_for_register(c, base))
        GP0;
    c->seg[SEG_GS].base = base;
    NEXT;
}
ENTRY(WRGSBASE);
