/* SPDX-License-Identifier: BSD-2-Clause */
/* watch.c - data breakpoints. SDM Vol. 3B, "Debug Control Register (DR7)", "Breakpoint Field Recognition". */
#include "mem.h"

enum { BREAK_EXECUTE = 0, BREAK_WRITE = 1, BREAK_IO = 2, BREAK_ACCESS = 3 };

static inline unsigned condition(uint64_t dr7, unsigned i) {
    return (unsigned)(dr7 >> (16 + 4 * i)) & 3;
}
static inline bool enabled(uint64_t dr7, unsigned i) {
    return (dr7 >> (2 * i) & 3) != 0;
}

bool watch_active(const struct cpu *c) {
    if (LIKELY(!(c->dr7 & 0xff)))
        return false;
    for (unsigned i = 0; i < 4; i++)
        if (enabled(c->dr7, i) && (condition(c->dr7, i) & 1))
            return true;
    return false;
}

void watch_data(struct cpu *c, uint64_t linear, unsigned size, bool write) {
    static const uint8_t lengths[4] = {1, 2, 8, 4};
    for (unsigned i = 0; i < 4; i++) {
        unsigned when = condition(c->dr7, i);
        if (!enabled(c->dr7, i) || !(when & 1) || (when == BREAK_WRITE && !write))
            continue;
        uint64_t length = lengths[c->dr7 >> (18 + 4 * i) & 3];
        uint64_t first = c->dr[i] & ~(length - 1);
        if (!in_64bit_code(c))
            first = (uint32_t)first;
        if (linear <= first + length - 1 && first <= linear + size - 1)
            c->pending_debug |= UINT64_C(1) << i;
    }
}
