/* SPDX-License-Identifier: BSD-2-Clause */
/* return.c - IRET: which of its parts applies, and the flags it may change. SDM Vol. 2A, IRET/IRETD/IRETQ,
 * "Operation". */
#include "deliver.h"

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
