/* SPDX-License-Identifier: BSD-2-Clause */
/* segments.c - modify_ldt(2) makes any expand-up, expand-down, data or non-conforming code segment of DPL 3. */
#include "native.h"

#include <asm/ldt.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { HOST_CODE64 = 0x33, HOST_CODE32 = 0x23, HOST_DATA = 0x2b }; /* Linux' flat user segments */
enum {
    RIGHTS_WRITE = 0x2, /* code: readable */
    RIGHTS_DOWN = 0x4,  /* code: conforming */
    RIGHTS_CODE = 0x8,
    RIGHTS_S = 0x10,
    RIGHTS_DPL = 0x60,
    RIGHTS_P = 0x80,
    RIGHTS_L = 0x2000,
    RIGHTS_DB = 0x4000,
};

static bool is_flat(const struct ringdiff_segment *s) {
    const unsigned fixed = RIGHTS_WRITE | RIGHTS_DOWN | RIGHTS_S | RIGHTS_DPL | RIGHTS_P | RIGHTS_DB;
    return s->base == 0 && s->limit == UINT32_MAX && (s->rights & fixed) == (fixed & ~(unsigned)RIGHTS_DOWN);
}

static const char *ldt_entry(struct segments *cache, unsigned index, const struct ringdiff_segment *s) {
    const bool pages = s->limit > 0xfffff;
    if (s->base > UINT32_MAX)
        return "a segment base above 4 GiB outside 64-bit mode";
    if (pages && (s->limit & 0xfff) != 0xfff)
        return "a segment limit that no descriptor gives";
    if ((s->rights & RIGHTS_CODE) && (s->rights & RIGHTS_DOWN))
        return "Linux makes no conforming code segments";
    struct user_desc d = {.entry_number = index,
                          .base_addr = (unsigned)s->base,
                          .limit = pages ? s->limit >> 12 : s->limit,
                          .seg_32bit = (s->rights & RIGHTS_DB) != 0,
                          .contents = (unsigned)s->rights >> 2 & 3U,
                          .read_exec_only = !(s->rights & RIGHTS_WRITE),
                          .limit_in_pages = pages};
    const uint64_t key = s->base << 32 | (s->limit & 0xfffff) << 8 |
                         (s->rights & (RIGHTS_WRITE | RIGHTS_DOWN | RIGHTS_CODE)) | pages |
                         (s->rights & RIGHTS_DB ? 0x40U : 0) | 0x80;
    if (cache->ldt[index] == key)
        return 0;
    if (syscall(SYS_modify_ldt, 0x11, &d, sizeof d) != 0)
        return "modify_ldt(2) failed: this kernel makes no segments for users";
    cache->ldt[index] = key;
    return 0;
}

static const char *choose(struct segments *cache, unsigned index, const struct ringdiff_segment *s,
                          uint16_t *to) {
    const unsigned wanted = RIGHTS_S | RIGHTS_P;
    if (s->null) {
        *to = 0;
        return index == SEG_CS || index == SEG_SS ? "CS or SS is null" : 0;
    }
    if ((s->rights & wanted) != wanted || (s->rights & RIGHTS_DPL) != RIGHTS_DPL)
        return "a segment register holds a segment that is not of DPL 3";
    if (is_flat(s) && !(s->rights & RIGHTS_CODE) && index != SEG_CS) {
        *to = HOST_DATA;
        return 0;
    }
    if (is_flat(s) && (s->rights & RIGHTS_CODE)) {
        *to = HOST_CODE32;
        return 0;
    }
    *to = (uint16_t)(index << 3 | 7);
    return ldt_entry(cache, index, s);
}

const char *segments_choose(struct segments *s, const struct ringdiff_state *state, struct selectors *to) {
    const struct ringdiff_segment *segment = state->segment;
    memset(to, 0, sizeof *to);
    to->long64 = state->efer >> 10 & 1 && segment[SEG_CS].rights & RIGHTS_L;
    if (to->long64) {
        to->segment[SEG_CS] = HOST_CODE64;
        to->segment[SEG_SS] = HOST_DATA;
        to->fs_base = segment[SEG_FS].base;
        to->gs_base = segment[SEG_GS].base;
        return to->fs_base >> 47 || to->gs_base >> 47 ? "FS or GS has its base in the host's kernel half" : 0;
    }
    for (unsigned i = SEG_ES; i <= SEG_GS; i++) {
        const char *error = choose(s, i, &segment[i], &to->segment[i]);
        if (error)
            return error;
    }
    return 0;
}
