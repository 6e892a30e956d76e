/* SPDX-License-Identifier: BSD-2-Clause */
/* PUSHF/PUSHFD/PUSHFQ - Push EFLAGS.  SDM Vol. 2B, PUSHF, "Operation": VM and RF are clear in the image. */
HANDLER(PUSHF) {
    unsigned size = OPERAND_BYTES;
    uint64_t image = flags_get(c) & ~(uint64_t)(FLAG_VM | FLAG_RF);
    if (in_vm86(c) && flags_iopl(c) < 3) {
        if (!(c->cr4 & CR4_VME) || size != 2)
            GP0;
        image = (image & ~(uint64_t)FLAG_IF) | FLAG_IOPL | (c->rflags & FLAG_VIF ? FLAG_IF : 0);
    }
    push_value(c, o, image, size);
    NEXT;
}
ENTRY(PUSHF);
