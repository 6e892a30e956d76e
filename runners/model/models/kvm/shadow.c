/* SPDX-License-Identifier: BSD-2-Clause */
/* shadow.c - a KVM without nested paging keeps shadows of the guest's page tables, and follows what the guest writes to them; what
 * the host writes it does not see. Moving a memory slot makes KVM drop all shadows and translations.
 *
 * That takes as long as five other calls, so kvm_pvm's own count of shadow tables made (the kernel's
 * Documentation/virt/kvm/api.rst, KVM_GET_STATS_FD) tells whether there is anything to drop. Under nested paging it says nothing of
 * the processor's translations. */
#include "kvm.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { SLOT = 30 };
/* One page that no guest uses, at one of two places: above RAM, below the APIC. */
#define PLACE UINT64_C(0xfd000000)

/* Where the count lies in the file; 0: there is none. */
static off_t find_count(int file) {
    struct kvm_stats_header head;
    off_t found = 0;
    if (pread(file, &head, sizeof head, 0) != sizeof head || head.name_size > 256 || head.num_desc > 1024)
        return 0;
    const size_t size = sizeof(struct kvm_stats_desc) + head.name_size, all = size * head.num_desc;
    char *list = malloc(all + 1);
    if (list && pread(file, list, all, head.desc_offset) == (ssize_t)all) {
        for (uint32_t i = 0; i < head.num_desc; i++) {
            struct kvm_stats_desc desc;
            memcpy(&desc, list + i * size, sizeof desc);
            if (strncmp(list + i * size + sizeof desc, "mmu_cache_miss", head.name_size) == 0)
                found = (off_t)head.data_offset + desc.offset;
        }
    }
    free(list);
    return found;
}

void shadow_open(struct shadow *s, const struct vm *vm) {
    *s = (struct shadow){.stale = true, .stats = -1};
    if (!strstr(host_kind(), "kvm_pvm"))
        return;
    s->stats = ioctl(vm->machine, KVM_GET_STATS_FD, NULL);
    s->count_at = s->stats >= 0 ? find_count(s->stats) : 0;
}

void shadow_close(struct shadow *s) {
    if (s->stats >= 0)
        close(s->stats);
    s->stats = -1;
}

/* Whether shadow tables have been made since the last drop; true if that is not known. */
static bool has_shadows(const struct shadow *s, uint64_t *count) {
    return !s->count_at || pread(s->stats, count, sizeof *count, s->count_at) != sizeof *count ||
           *count != s->count;
}

const char *shadow_refresh(struct shadow *s, const struct vm *vm, const struct ringdiff_state *state) {
    uint64_t count = 0;
    if (!s->stale || !(state->cr0 & CR0_PG))
        return 0;
    if (has_shadows(s, &count)) {
        s->at = s->at == PLACE ? PLACE + PAGE : PLACE;
        if (vm_set_slot(vm, SLOT, 0, s->at, PAGE, vm->ram) < 0)
            return strerror(errno);
        s->count = count;
    }
    s->stale = false;
    return 0;
}
