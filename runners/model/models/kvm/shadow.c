/* SPDX-License-Identifier: BSD-2-Clause */
/* shadow.c - a KVM without nested paging keeps shadows of the guest's page tables, and follows what the guest writes to them; what
 * the host writes it does not see. Moving a memory slot makes KVM drop all shadows and translations. */
#include "kvm.h"

#include <errno.h>
#include <string.h>

enum { SLOT = 30 };
/* One page that no guest uses, at one of two places: above RAM, below the APIC. */
#define PLACE UINT64_C(0xfd000000)

const char *shadow_refresh(struct shadow *s, const struct vm *vm, const struct ringdiff_state *state) {
    if (!s->stale || !(state->cr0 & CR0_PG))
        return 0;
    s->at = s->at == PLACE ? PLACE + PAGE : PLACE;
    if (vm_set_slot(vm, SLOT, 0, s->at, PAGE, vm->ram) < 0)
        return strerror(errno);
    s->stale = false;
    return 0;
}
