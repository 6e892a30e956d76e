/* SPDX-License-Identifier: BSD-2-Clause */
/* RDFSBASE, RDGSBASE - Read FS/GS Segment Base.  SDM Vol. 2B, RDFSBASE/RDGSBASE, "Operation". */
HANDLER(RDFSBASE) {
    if (!(c->cr4 & CR4_FSGSBASE))
        UD;
    reg_write(c, o->rm, c->seg[SEG_FS].base, W_BYTES);
    NEXT;
}
ENTRY(RDFSBASE);

HANDLER(RDGSBASE) {
    if (!(c->cr4 & CR4_FSGSBASE))
        UD;
    reg_write(c, o->rm, c->seg[SEG_GS].base, W_BYTES);
    NEXT;
}
ENTRY(RDGSBASE);
