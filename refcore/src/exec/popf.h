/* SPDX-License-Identifier: BSD-2-Clause */
/* POPF/POPFD/POPFQ - Pop Stack Into EFLAGS.  SDM Vol. 2B, POPF, "Operation" and table "Effect of POPF on the
 * EFLAGS Register": VM, VIF and VIP are kept, RF is cleared. */
HANDLER(POPF) {
    unsigned size = OPERAND_BYTES;
    bool vm86 = in_vm86(c);
    if (vm86 && flags_iopl(c) < 3 && (!(c->cr4 & CR4_VME) || size != 2))
        GP0;
    uint64_t image = stack_top(c, o, size), old = flags_get(c), flags = old;
    uint64_t mask = FLAGS_STATUS | FLAG_TF | FLAG_DF | FLAG_NT;
    if (size != 2)
        mask |= FLAG_AC | FLAG_ID;
    if (c->cpl == 0)
        mask |= FLAG_IOPL;
    if (c->cpl <= flags_iopl(c) || in_real(c)) {
        mask |= FLAG_IF;
    } else if (vm86) { /* VME, 16 bits */
        if ((image & FLAG_TF) || ((image & FLAG_IF) && (old & FLAG_VIP)))
            GP0;
        flags = (flags & ~(uint64_t)FLAG_VIF) | (image & FLAG_IF ? FLAG_VIF : 0);
    }
    stack_release(c, size, size);
    flags_set(c, ((flags & ~mask) | (image & mask)) & ~(uint64_t)FLAG_RF);
    if (LIKELY(!((old ^ image) & (FLAG_TF | FLAG_IF | FLAG_AC | FLAG_RF))))
        NEXT;
    SYNC;
    mode_changed(c);
    RESUME_NEXT;
}
ENTRY(POPF);
