/* SPDX-License-Identifier: BSD-2-Clause */
/* EMMS - Empty MMX Technology State.  SDM Vol. 2A, EMMS, "Operation". */
HANDLER(EMMS) {
    if (c->unavailable & NO_MMX)
        RAISE(c->cr0 & CR0_EM ? VECTOR_UD : VECTOR_NM);
    if (c->x87.status & X87_ES) {
        c->op = o;
        x87_error(c);
    }
    c->x87.tags = 0;
    x87_set_top(
        c,
        0); /* SDM Vol. 1, "Effect of MMX, x87 FPU, FXSAVE, and FXRSTOR Instructions on the x87 FPU Tag Word" and TOS */
    NEXT;
}
ENTRY(EMMS);
