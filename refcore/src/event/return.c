/* SPDX-License-Identifier: BSD-2-Clause */
/* return.c - IRET: which of its parts applies, and the flags it may change. SDM Vol. 2A, IRET/IRETD/IRETQ,
 * "Operation". */
#include "deliver.h"

void return_flags(struct cpu *c, uint64_t image, unsigned size, unsigned cpl) {
    uint64_t mask = FLAGS_STATUS | FLAG_TF | FLAG_DF | FLAG_NT;
    if (size != 2)
        mask |= FLAG_RF | FLAG_AC | FLAG_ID;
    if (cpl <= flags_iopl(c))
        mask |= FLAG_IF;
    if (cpl == 0) {
        mask |= FLAG_IOPL;
        if (size != 2)
            mask |= FLAG_VIF | FLAG_VIP;
    }
    /* the status flags all come from the image */
    flags_set(c, flags_with_rf(c, (c->rflags & ~mask) | (image & mask)));
}

void event_return(struct cpu *c, unsigned size) {
    /* SDM Vol. 3A, "Handling Multiple NMIs": unblocked even if the instruction faults */
    c->nmi_blocked = false;
    if (in_real(c))
        return_real(c, size);
    else if (in_vm86(c))
        return_vm86(c, size);
    else if (in_long_mode(c))
        return_long(c, size);
    else
        return_protected(c, size);
}
