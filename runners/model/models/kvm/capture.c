/* SPDX-License-Identifier: BSD-2-Clause */
/* capture.c - memory slots that end a window where a capture range begins. */
#include "kvm.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { HLT = 0xf4, REAL_MODE = 0x110000 /* what real mode reaches */ };

/* The kit's tables map the low half and the top 2 GiB to physical memory from 0. */
static uint64_t physical(uint64_t linear) {
    return linear & 0x7fffffff;
}

static int by_address(const void *a, const void *b) {
    const struct ringdiff_range *x = a, *y = b;
    return x->first < y->first ? -1 : x->first > y->first;
}

/* The next slot is for [from, to); the bytes are those at `host`. */
static bool add(struct captures *c, const struct vm *vm, uint32_t flags, uint64_t from, uint64_t to,
                const uint8_t *host) {
    return to <= from || vm_set_slot(vm, c->slots++, flags, from, to - from, host) == 0;
}

/* Slots for [0, ram_size) around the ranges, which are in order; of the low ones slots of their own. */
static bool build(struct captures *c, const struct vm *vm, const struct ringdiff_range *range,
                  uint32_t ranges) {
    uint64_t at = 0;
    for (unsigned slot = 0; slot < c->slots; slot++)
        vm_set_slot(vm, slot, 0, 0, 0, vm->ram);
    c->slots = 0;
    for (uint32_t i = 0; i < ranges && range[i].first < vm->ram_size; i++) {
        const uint64_t end = range[i].last + 1;
        if (!add(c, vm, 0, at, range[i].first, vm->ram + at))
            return false;
        if (end <= REAL_MODE && !add(c, vm, KVM_MEM_READONLY, range[i].first, end, c->halts))
            return false;
        at = end > at ? end : at;
    }
    return add(c, vm, 0, at, vm->ram_size, vm->ram + at);
}

/* Memory for the largest range, of HLT alone. */
static bool make_halts(struct captures *c, const struct ringdiff_range *range, uint32_t count) {
    size_t size = PAGE;
    for (uint32_t i = 0; i < count; i++) {
        if (range[i].last < REAL_MODE && range[i].last - range[i].first >= size)
            size = range[i].last - range[i].first + 1;
    }
    captures_free(c);
    c->halts = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (c->halts == MAP_FAILED)
        c->halts = NULL;
    if (!c->halts)
        return false;
    c->halts_size = size;
    memset(c->halts, HLT, size);
    return true;
}

void captures_free(struct captures *c) {
    if (c->halts)
        munmap(c->halts, c->halts_size);
    c->halts = NULL;
}

const char *captures_set(struct captures *c, const struct vm *vm, const struct ringdiff_range *range,
                         uint32_t count) {
    struct ringdiff_range places[RANGES_MAX];
    if (c->built && count == c->count && (!count || memcmp(range, c->range, count * sizeof *range) == 0))
        return 0;
    if (count > RANGES_MAX)
        return "more capture ranges than this model keeps apart";
    c->built = false;
    for (uint32_t i = 0; i < count; i++) {
        c->range[i] = range[i];
        places[i].first = physical(range[i].first);
        places[i].last = physical(range[i].last);
        if (places[i].first % PAGE != 0 || (places[i].last + 1) % PAGE != 0 ||
            places[i].first > places[i].last)
            return "a capture range is not made of whole pages";
    }
    c->count = count;
    qsort(places, count, sizeof *places, by_address);
    if (!make_halts(c, places, count) || !build(c, vm, places, count))
        return strerror(errno);
    c->built = true;
    return 0;
}

bool captures_have(const struct captures *c, const struct kvm_sregs *sregs, uint64_t rip) {
    const bool code64 = sregs->efer & EFER_LMA && sregs->cs.l;
    const uint64_t at = code64 ? rip : (uint32_t)(sregs->cs.base + rip);
    for (uint32_t i = 0; i < c->count; i++) {
        if (at >= c->range[i].first && at <= c->range[i].last)
            return true;
    }
    return false;
}
