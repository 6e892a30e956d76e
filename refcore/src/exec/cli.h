/* SPDX-License-Identifier: BSD-2-Clause */
/* CLI - Clear Interrupt Flag.  SDM Vol. 2A, CLI, "Operation" and table "Decision Table for CLI Results". */
HANDLER(CLI) {
    if (in_real(c) || flags_iopl(c) >= c->cpl)
        c->rflags &= ~(uint64_t)FLAG_IF;
    else if (virtual_interrupts(c))
        c->rflags &= ~(uint64_t)FLAG_VIF;
    else
        GP0;
    NEXT;
}
ENTRY(CLI);
