/* SPDX-License-Identifier: BSD-2-Clause */
/* STAC, CLAC - Set, Clear AC Flag in EFLAGS Register.  SDM Vol. 2B, STAC; Vol. 2A, CLAC, "Operation": #UD at
 * CPL > 0. */
HANDLER(STAC) {
    if (c->cpl != 0)
        UD;
    SYNC;
    c->rflags |= FLAG_AC;
    mode_changed(c);
    RESUME_NEXT;
}
ENTRY(STAC);

HANDLER(CLAC) {
    if (c->cpl != 0)
        UD;
    SYNC;
    c->rflags &= ~(uint64_t)FLAG_AC;
    mode_changed(c);
    RESUME_NEXT;
}
ENTRY(CLAC);
