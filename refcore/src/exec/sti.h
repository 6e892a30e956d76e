/* SPDX-License-Identifier: BSD-2-Clause */
/* STI - Set Interrupt Flag.  SDM Vol. 2B, STI, "Operation" and "Description": interrupts wait for one
 * instruction if IF was clear. */
HANDLER(STI) {
    if (in_real(c) || flags_iopl(c) >= c->cpl) {
        SYNC;
        if (!(c->rflags & FLAG_IF))
            c->shadow = SHADOW_STI;
        c->rflags |= FLAG_IF;
        mode_step_changed(c);
        RESUME_NEXT;
    }
    if (!virtual_interrupts(c) || (c->rflags & FLAG_VIP))
        GP0;
    c->rflags |= FLAG_VIF;
    SYNC;
    RESUME_NEXT;
}
ENTRY(STI);
