/* SPDX-License-Identifier: BSD-2-Clause */
/* capture.c - memory slots with holes where the capture ranges are. */
#include "kvm.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The kit's tables map the low half and the top 2 GiB to physical memory from 0. */
static uint64_t physical(uint64_t linear) {
    return linear & 0x7fffffff;
}

static int by_address(const void *a, const void *b) {
    const struct ringdiff_range *x = a, *y = b;
    return x->first < y->first ? -1 : x->first > y->first;
}

/* Slots for [0, ram_size) without the holes, which are in order. */
static bool build(struct captures *c, const struct vm *vm, const struct ringdiff_range *hole,
                  uint32_t holes) {
    uint64_t at = 0;
    for (unsigned slot = 0; slot < c->slots; slot++)
        vm_set_slot(vm, slot, 0, 0, 0, vm->ram);
    c->slots = 0;
    for (uint32_t i = 0; i <= holes; i++) {
        const uint64_t end = i < holes && hole[i].first < vm->ram_size ? hole[i].first : vm->ram_size;
        if (end > at && vm_set_slot(vm, c->slots, 0, at, end - at, vm->ram + at) < 0)
            return false;
        c->slots += end > at;
        if (i < holes && hole[i].last + 1 > at)
            at = hole[i].last + 1;
    }
    return true;
}

const char *captures_set(struct captures *c, const struct vm *vm, const struct ringdiff_range *range,
                         uint32_t count) {
    struct ringdiff_range hole[RANGES_MAX];
    if (c->built && count == c->count && memcmp(range, c->range, count * sizeof *range) == 0)
        return 0;
    if (count > RANGES_MAX)
        return "more capture ranges than this model keeps apart";
    c->built = false;
    for (uint32_t i = 0; i < count; i++) {
        c->range[i] = range[i];
        hole[i].first = physical(range[i].first);
        hole[i].last = physical(range[i].last);
        if (hole[i].first % PAGE != 0 || (hole[i].last + 1) % PAGE != 0 || hole[i].first > hole[i].last)
            return "a capture range is not made of whole pages";
    }
    c->count = count;
    qsort(hole, count, sizeof *hole, by_address);
    if (!build(c, vm, hole, count))
        return strerror(errno);
    c->built = true;
    return 0;
}

bool captures_have(const struct captures *c, const struct kvm_regs *regs, const struct kvm_sregs *sregs) {
    const bool code64 = sregs->efer & EFER_LMA && sregs->cs.l;
    const uint64_t at = code64 ? regs->rip : (uint32_t)(sregs->cs.base + regs->rip);
    for (uint32_t i = 0; i < c->count; i++) {
        if (at >= c->range[i].first && at <= c->range[i].last)
            return true;
    }
    return false;
}
