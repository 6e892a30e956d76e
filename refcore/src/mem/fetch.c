/* SPDX-License-Identifier: BSD-2-Clause */
/* fetch.c - instruction bytes. */
#include "place.h"

/* The linear address of the code byte at `offset`; false where the CS limit or canonicality forbids it. */
static bool code_linear(const struct cpu *c, uint64_t offset, uint64_t *linear) {
    if (in_64bit_code(c)) {
        *linear = offset;
        return is_canonical(c, offset);
    }
    const struct segment *s = &c->seg[SEG_CS];
    *linear = (uint32_t)(s->base + offset);
    return (uint32_t)offset <= s->limit;
}

unsigned fetch_code(struct cpu *c, uint64_t rip, unsigned have, unsigned want, uint8_t *to,
                    uint64_t *address) {
    enum tlb_class privilege = privilege_of(c, c->cpl);
    uint64_t offset = rip + have, linear;
    if (!code_linear(c, in_64bit_code(c) ? offset : (uint32_t)offset, &linear)) {
        c->op = 0;
        raise_fault_error(c, VECTOR_GP, 0);
    }
    unsigned in_page = (unsigned)(PAGE_BYTES - (linear & PAGE_OFFSET));
    if (want > in_page)
        want = in_page; /* the next page's faults come when its first byte is asked for */
    unsigned got = 1;
    while (got < want) {
        uint64_t next;
        if (!code_linear(c, in_64bit_code(c) ? offset + got : (uint32_t)(offset + got), &next))
            break;
        got++;
    }
    c->op = 0;
    uint8_t *host = translate(c, linear, ACCESS_EXECUTE, privilege, address);
    if (host)
        memcpy(to, host, got);
    else
        physical_read(c, *address, to, got);
    return got;
}
