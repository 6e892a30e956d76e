/* SPDX-License-Identifier: BSD-2-Clause */
#include "scene.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, ARENA = 0x40000, ARENA_SIZE = 0x30000 };

bool scene_open(struct scene *s) {
    s->file = memfd_create("scene", 0);
    if (s->file < 0 || ftruncate(s->file, RAM_SIZE) != 0)
        return false;
    s->ram = mmap(0, RAM_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, s->file, 0);
    return s->ram != MAP_FAILED;
}

void scene_close(struct scene *s) {
    munmap(s->ram, RAM_SIZE);
    close(s->file);
}

static void put(struct scene *s, uint32_t at, uint64_t value, unsigned size) {
    memcpy(s->ram + at, &value, size);
}

static void descriptor(struct scene *s, unsigned selector, uint32_t base, uint32_t limit, unsigned rights) {
    const uint64_t low = (limit & 0xffff) | (uint64_t)(base & 0xffff) << 16;
    const uint64_t high = rights | (limit & 0xf0000) | (base & 0xff000000) | (base >> 16 & 0xff);
    put(s, GDT + selector, low | high << 32, 8);
}

static void descriptors(struct scene *s, bool long_mode, uint32_t mode) {
    const unsigned code = mode == RINGDIFF_LONG64 ? 0xa09b00 : 0xc09b00;
    descriptor(s, KCODE, 0, 0xfffff, long_mode ? 0xa09b00 : code);
    descriptor(s, KDATA, 0, 0xfffff, 0xc09300);
    descriptor(s, UCODE, 0, 0xfffff, code | 0x6000);
    descriptor(s, UDATA, 0, 0xfffff, 0xc0f300);
    descriptor(s, KTSS, TSS, 0x67, 0x8b00);
    descriptor(s, UDOWN, 0, DATA | 0xfff, 0x40f700);
    descriptor(s, UCODE16, ARENA, 0xffff, 0xfb00);
    descriptor(s, UDATA16, ARENA, 0xffff, 0xf300);
}

static void gates(struct scene *s, bool long_mode) {
    for (unsigned v = 0; v < 256; v++) {
        const uint64_t at = STUBS + 16 * v;
        const uint64_t gate = (at & 0xffff) | KCODE << 16 | UINT64_C(0xee00) << 32 | (at >> 16) << 48;
        if (long_mode) {
            put(s, IDT + 16 * v, gate, 8);
            put(s, IDT + 16 * v + 8, 0, 8);
        } else
            put(s, IDT + 8 * v, gate, 8);
    }
}

/* One page table for the pages around the arena; `size`: of an entry. */
static void page_table(struct scene *s, uint32_t at, unsigned size, bool nx) {
    for (uint32_t page = 0x30000; page < 0x70000; page += PAGE) {
        uint64_t entry = page | 7;
        if (page == READ_ONLY)
            entry = page | 5;
        if (page == SUPERVISOR || page >= 0x60000)
            entry = page | 3;
        if (page == NO_EXECUTE && nx)
            entry |= UINT64_C(1) << 63;
        if (page >= ABSENT && page < 0x60000)
            entry = 0;
        put(s, at + (page >> 12) * size, entry, size);
    }
}

static void page_tables(struct scene *s, uint32_t mode, bool long_mode, struct ringdiff_state *state) {
    state->cr3 = TABLES;
    if (mode == RINGDIFF_PM32_P32) {
        put(s, TABLES, (TABLES + 3 * PAGE) | 7, 4);
        page_table(s, TABLES + 3 * PAGE, 4, false);
        return;
    }
    page_table(s, TABLES + 3 * PAGE, 8, true);
    put(s, TABLES + 2 * PAGE, (TABLES + 3 * PAGE) | 7, 8);
    if (long_mode) {
        put(s, TABLES + PAGE, (TABLES + 2 * PAGE) | 7, 8);
        put(s, TABLES, (TABLES + PAGE) | 7, 8);
    } else {
        put(s, TABLES, (TABLES + 2 * PAGE) | 1, 8);
        state->pdpte[0] = (TABLES + 2 * PAGE) | 1;
    }
    state->cr4 |= 1 << 5;
    state->efer |= 1 << 11;
}

struct ringdiff_segment scene_segment(const struct scene *s, unsigned selector) {
    struct ringdiff_segment g = {.selector = (uint16_t)selector};
    uint64_t d;
    memcpy(&d, s->ram + GDT + (selector & 0xfff8), 8);
    if ((selector & 0xfffc) == 0) {
        g.null = 1;
        return g;
    }
    g.rights = d >> 40 & 0xf0ff;
    g.limit = (uint32_t)((d & 0xffff) | (d >> 32 & 0xf0000));
    if (d >> 55 & 1)
        g.limit = g.limit << 12 | 0xfff;
    g.base = (d >> 16 & 0xffffff) | (d >> 32 & 0xff000000);
    return g;
}

static void real_mode(struct scene *s, struct ringdiff_state *state) {
    for (unsigned v = 0; v < 256; v++)
        put(s, IDT + 4 * v, (uint64_t)(STUBS >> 4) << 16 | 16 * v, 4);
    for (unsigned i = ES; i <= GS; i++)
        state->segment[i] =
            (struct ringdiff_segment){.selector = ARENA >> 4, .rights = 0x93, .limit = 0xffff, .base = ARENA};
    state->segment[CS].rights = 0x9b;
    state->idtr_limit = 0x3ff;
    state->cr0 &= ~UINT64_C(1);
}

static void segments(struct scene *s, struct ringdiff_state *state, bool bits16, unsigned cpl) {
    const unsigned user = cpl ? 3 : 0;
    unsigned code = cpl ? UCODE | 3 : KCODE, data = cpl ? UDATA | 3 : KDATA;
    if (bits16)
        code = UCODE16 | user, data = UDATA16 | user;
    for (unsigned i = ES; i <= GS; i++)
        state->segment[i] = scene_segment(s, i == CS ? code : data);
    if (cpl == 0 && bits16)
        for (unsigned i = ES; i <= GS; i++)
            state->segment[i].rights &= 0xff9f;
    state->segment[LDTR] = (struct ringdiff_segment){.null = 1};
    state->segment[TR] = scene_segment(s, KTSS);
}

struct ringdiff_state scene_set(struct scene *s, uint32_t mode, unsigned cpl) {
    const bool long_mode = mode & (RINGDIFF_LONG64 | RINGDIFF_COMPAT16 | RINGDIFF_COMPAT32);
    const bool bits16 = mode & (RINGDIFF_COMPAT16 | RINGDIFF_PM16 | RINGDIFF_REAL);
    struct ringdiff_state state = {
        .rflags = 2, .cpl = (uint8_t)cpl, .cr0 = 0x31, .dr6 = 0xffff0ff0, .dr7 = 0x400};
    state.fcw = 0x37f, state.mxcsr = 0x1f80, state.xcr0 = 7;
    state.cr4 = 0x600;
    memset(s->ram + ARENA, 0, ARENA_SIZE);
    for (unsigned i = 0; i < 16; i++)
        state.gpr[i] = UINT64_C(0x0101010101010101) * (i + 1);
    for (unsigned i = 0; i < 8 && !(mode & RINGDIFF_LONG64); i++)
        state.gpr[i] = (uint32_t)state.gpr[i];
    state.rip = bits16 ? CODE - ARENA : CODE;
    state.gpr[4] = bits16 ? STACK_TOP - ARENA : STACK_TOP;
    state.gdtr_base = GDT, state.gdtr_limit = 0x4f;
    state.idtr_base = IDT, state.idtr_limit = long_mode ? 0xfff : 0x7ff;
    descriptors(s, long_mode, mode);
    put(s, TSS + 4, STACK0, 4);
    put(s, TSS + 8, KDATA, long_mode ? 0 : 4);
    gates(s, long_mode);
    if (long_mode)
        state.efer = 0x501;
    if (mode & (RINGDIFF_PM32_P32 | RINGDIFF_PM32_PAE) || long_mode) {
        page_tables(s, mode, long_mode, &state);
        state.cr0 |= UINT64_C(1) << 31 | 1 << 16;
    }
    if (mode == RINGDIFF_REAL)
        real_mode(s, &state);
    else
        segments(s, &state, bits16, cpl);
    return state;
}
