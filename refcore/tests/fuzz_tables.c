/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_tables.c - sane descriptor tables, task state segments, handlers and page tables of a random machine.
 * Patches from the input make them insane later. */
#include "cpu/profile.h"
#include "fuzz.h"

#include <string.h>

static void put(struct fuzz_scene *s, uint32_t at, uint64_t value, unsigned size) {
    if (at + size <= sizeof s->low)
        memcpy(s->low + at, &value, size);
}

/* ---- handlers: they step over a byte of what faulted, so that a run goes on ---- */

enum { STUB = 0xc000, STUB_STEP = 0x10, DOUBLE_FAULT_STACK = 0xe300 };
enum { S32, S32_ERROR, S64, S64_ERROR, S16, S16_ERROR, RETF32, RETF64, IRET, SYSRET, SYSEXIT, HALT, STUBS };
static const struct {
    uint8_t size, code[15];
} stubs[STUBS] = {
    [S32] = {4, {0xff, 0x04, 0x24, 0xcf}}, /* inc dword [esp]; iret */
    [S32_ERROR] = {7, {0x83, 0xc4, 0x04, 0xff, 0x04, 0x24, 0xcf}},
    [S64] = {6, {0x48, 0xff, 0x04, 0x24, 0x48, 0xcf}},
    [S64_ERROR] = {10, {0x48, 0x83, 0xc4, 0x08, 0x48, 0xff, 0x04, 0x24, 0x48, 0xcf}},
    [S16] = {8,
             {0x55, 0x89, 0xe5, 0xff, 0x46, 0x02, 0x5d,
              0xcf}}, /* push bp; mov bp, sp; inc word [bp + 2]; pop bp; iret */
    [S16_ERROR] = {11, {0x55, 0x89, 0xe5, 0xff, 0x46, 0x04, 0x5d, 0x83, 0xc4, 0x02, 0xcf}},
    [RETF32] = {3, {0xca, 0x08, 0x00}},
    [RETF64] = {2, {0x48, 0xcb}},
    [IRET] = {3, {0xcf, 0xeb, 0xfd}}, /* iret, again for the next task switch */
    [SYSRET] = {3, {0x48, 0x0f, 0x07}},
    [SYSEXIT] = {2, {0x0f, 0x35}},
    [HALT] = {3, {0xf4, 0xeb, 0xfd}},
};
static uint32_t stub_at(unsigned which) {
    return STUB + which * STUB_STEP;
}
static bool has_error(unsigned vector) {
    return vector == 8 || (vector >= 10 && vector <= 14) || vector == 17;
}

/* ---- descriptors ---- */

static bool is_long(const struct fuzz_scene *s) {
    return s->mode >= FUZZ_COMPAT;
}

static uint64_t system_descriptor(uint32_t base, uint32_t limit, unsigned type, unsigned dpl) {
    return (limit & 0xffff) | (uint64_t)(base & 0xffffff) << 16 | (uint64_t)(0x80 | dpl << 5 | type) << 40 |
           (uint64_t)(limit >> 16 & 15) << 48 | (uint64_t)(base >> 24) << 56;
}
static uint64_t gate(uint16_t selector, uint32_t offset, unsigned type, unsigned dpl, unsigned low) {
    return (offset & 0xffff) | (uint64_t)selector << 16 | (uint64_t)(low & 31) << 32 |
           (uint64_t)(0x80 | dpl << 5 | type) << 40 | (uint64_t)(offset >> 16) << 48;
}

static void descriptors(struct fuzz_scene *s) {
    static const uint64_t segments[] = {
        0,
        0x00cf9b000000ffff,
        0x00cf93000000ffff,
        0x00009b000000ffff,
        0x000093000000ffff,
        0x00af9b000000ffff,
        0x00cffb000000ffff,
        0x00cff3000000ffff,
        0x00affb000000ffff, /* SYSRET's 33, 3B, 43 */
        0x00cf9f000000ffff, /* 48: conforming */
        0x00cf97000000000f, /* 50: expand-down */
    };
    memcpy(s->low + FUZZ_GDT, segments, sizeof segments);
    memcpy(s->low + FUZZ_LDT, segments, sizeof segments);
    uint32_t at = FUZZ_GDT;
    put(s, at + 0x58, is_long(s) ? 0 : system_descriptor(FUZZ_LDT, 0xff, 2, 0), 8);
    put(s, at + 0x60, system_descriptor(FUZZ_TSS, 0x20ff, s->mode == FUZZ_PM16 ? 3 : 11, 0), 8); /* and 68 */
    if (is_long(s)) {
        put(s, at + 0x70, system_descriptor(FUZZ_TSS, 0x20ff, 9, 3), 8); /* 64-bit TSS, available: 70, 78 */
        put(s, at + 0x80, system_descriptor(FUZZ_LDT, 0xff, 2, 0), 8);   /* LDT: 80, 88 */
        put(s, at + 0x98, gate(0x28, stub_at(RETF64), 12, 3, 0), 8);     /* call gate: 98, A0 */
    } else {
        put(s, at + 0x70, system_descriptor(0x9000, 0x67, 9, 3), 8);
        put(s, at + 0x80, system_descriptor(0x9400, 0x2b, 1, 3), 8);
        put(s, at + 0x88, gate(0x08, stub_at(RETF32), 12, 3, 2), 8);
        put(s, at + 0x90, gate(0x18, stub_at(RETF32), 4, 3, 2), 8);
        put(s, at + 0x98, gate(0x70, 0, 5, 3, 0), 8);
        put(s, at + 0xa0, gate(0xa8, stub_at(RETF32), 12, 3, 1), 8);
    }
    put(s, at + 0xa8, 0x00cfbb000000ffff, 8); /* ring 1 code and data */
    put(s, at + 0xb0, 0x00cfb3000000ffff, 8);
    put(s, at + 0xb8, 0x00cf13000000ffff, 8); /* not present */
    put(s, at + 0xc0, 0x0000fb000000ffff, 8); /* ring 3, 16-bit */
    put(s, at + 0xc8, 0x0000f3000000ffff, 8);
    put(s, at + 0xd0, 0x00cff9000000ffff, 8); /* execute-only */
    put(s, at + 0xd8, 0x00409b0000000fff, 8); /* byte limit */
}

/* Vectors 20h..2Fh vary; the others are interrupt gates to the stubs. */
static void interrupts(struct fuzz_scene *s) {
    bool wide = is_long(s), small = s->mode == FUZZ_PM16 || (s->head.handlers & 1);
    for (unsigned v = 0; v < 256; v++) {
        put(s, v * 4, stub_at(S16), 4);
        uint32_t at = FUZZ_IDT + v * (wide ? 16 : 8);
        if (at + 16 > FUZZ_TSS)
            break;
        unsigned dpl = v == 3 || v == 4 || v >= 0x30 ? 3 : v & 3;
        if (wide) {
            unsigned ist = v == 8 || (v >= 0x28 && v < 0x2c) || (s->head.handlers >> 1 & 1) ? 1 : 0;
            put(s, at, gate(0x28, stub_at(has_error(v) ? S64_ERROR : S64), v & 1 ? 15 : 14, dpl, ist), 8);
        } else if (v == 0x20 || (v == 8 && (s->head.handlers >> 2 & 1))) {
            put(s, at, gate(0x70, 0, 5, 3, 0), 8);
        } else if (v == 0x28) {
            put(s, at, gate(0x80, 0, 5, 3, 0), 8);
        } else if (small != (v == 0x22)) {
            put(s, at, gate(0x18, stub_at(has_error(v) ? S16_ERROR : S16), v & 1 ? 7 : 6, dpl, 0), 8);
        } else {
            uint16_t selector = v == 0x24 ? 0xab : v == 0x26 ? 0x48 : 0x08;
            put(s, at, gate(selector, stub_at(has_error(v) ? S32_ERROR : S32), v & 1 ? 15 : 14, dpl, 0), 8);
        }
    }
}

/* after pages(): CR3 */
static void tasks(struct fuzz_scene *s) {
    if (is_long(s)) {
        put(s, FUZZ_TSS + 4, 0xdf00, 8);
        put(s, FUZZ_TSS + 12, 0xe700, 8);
        put(s, FUZZ_TSS + 20, 0xe700, 8);
        put(s, FUZZ_TSS + 36, DOUBLE_FAULT_STACK, 8);
    } else if (s->mode == FUZZ_PM16) {
        put(s, FUZZ_TSS + 2, 0x0020df00, 4);
        put(s, FUZZ_TSS + 6, 0x00b1e700, 4);
    } else {
        put(s, FUZZ_TSS + 4, 0xdf00, 4);
        put(s, FUZZ_TSS + 8, 0x10, 4);
        put(s, FUZZ_TSS + 12, 0xe700, 4);
        put(s, FUZZ_TSS + 16, 0xb1, 4);
    }
    put(s, FUZZ_TSS + 102, 0x88, 2); /* behind the interrupt redirection bitmap */
    put(s, FUZZ_TSS + 0x2088, 0xff, 1);
    /* the tasks switched to: 32-bit, 16-bit */
    static const struct {
        uint16_t at, value;
    } task32[] = {{0x1c, 0},    {0x20, 0},    {0x24, 2},    {0x38, 0xe900}, {0x48, 0x10},
                  {0x4c, 0x08}, {0x50, 0x10}, {0x54, 0x10}, {0x58, 0x10},   {0x5c, 0x10}};
    for (unsigned i = 0; i < sizeof task32 / sizeof *task32; i++)
        put(s, 0x9000U + task32[i].at, task32[i].value, 2);
    put(s, 0x901c, s->state.cr3, 4);
    put(s, FUZZ_TSS + 0x1c, is_long(s) ? 0 : s->state.cr3, 4);
    put(s, 0x9020, stub_at(IRET), 4);
    put(s, 0x940e, stub_at(IRET), 2);
    put(s, 0x9410, 2, 2);
    put(s, 0x941a, 0xea00, 2);
    put(s, 0x9422, 0x10, 2);
    put(s, 0x9424, 0x18, 2);
    put(s, 0x9426, 0x20, 2);
    put(s, 0x9428, 0x20, 2);
}

/* ---- paging: 0..1 MiB identical; 2 or 4 MiB in, a large page; an alias whose entries are random; device
 * pages ---- */

enum { P = 1, W = 2, U = 4, A = 0x20, D = 0x40, PS = 0x80 };

/* the alias's entry of page i: present more often than not */
static uint64_t varied(struct fuzz_scene *s, unsigned i, bool wide) {
    uint64_t r = fuzz_random(s), entry = (uint64_t)(i & 0xff) << 12 | (r & 0xfff) | ((r >> 16 & 7) != 0);
    if (wide && (s->state.efer & EFER_NXE) && (r >> 20 & 3) == 0)
        entry |= UINT64_C(1) << 63;
    if (wide && is_long(s))
        entry |= (r >> 24 & 15) << 59;
    if ((r >> 32 & 0xff) == 0)
        entry |= UINT64_C(1) << 45;
    return wide ? entry : (uint32_t)entry;
}

/* Tables at 0x10000 and on. head.paging: bits 0..2 the flags of identical pages, 3..5 of their parents, 6:
 * pages are clean, 7: vm86 is paged. */
static void pages(struct fuzz_scene *s) {
    uint8_t knob = s->head.paging;
    uint64_t leaf = (uint64_t)(P | W | U | A | D) ^ ((knob & 3) << 1) ^ (knob >> 6 & 1 ? A | D : 0);
    uint64_t up = (uint64_t)(P | W | U) ^ (knob >> 3 & 3) << 1;
    if (s->mode <= FUZZ_PAGED) {
        for (unsigned i = 0; i < 1024; i++) {
            put(s, 0x11000 + i * 4, (uint64_t)(i & 0xff) << 12 | leaf, 4);
            put(s, 0x12000 + i * 4, varied(s, i, false), 4);
        }
        put(s, 0x10000, 0x11000 | up, 4);
        put(s, 0x10004, leaf | PS, 4);
        put(s, 0x10008, 0x12000 | up, 4);
        put(s, 0x10c00, 0x12000 | up, 4);
        put(s, 0x10fec, 0xfec00000 | leaf | PS, 4);
        s->state.cr3 = 0x10000;
        return;
    }
    for (unsigned i = 0; i < 512; i++) {
        put(s, 0x1d000 + i * 8, (uint64_t)(i & 0xff) << 12 | leaf, 8);
        put(s, 0x1e000 + i * 8, varied(s, i, true), 8);
    }
    put(s, 0x1b000, 0x1d000 | up, 8);
    put(s, 0x1b008, leaf | PS, 8);
    put(s, 0x1b010, 0x1e000 | up, 8);
    put(s, 0x1bff8, 0x1e000 | up, 8);
    put(s, 0x1c000 + 0x1f6 * 8, 0xfec00000 | leaf | PS, 8); /* I/O APIC and local APIC */
    put(s, 0x1c000 + 0x1f7 * 8, 0xfee00000 | leaf | PS, 8);
    put(s, 0x1cff8, 0x1e000 | up, 8);
    uint32_t directories = s->mode == FUZZ_PAE ? 0x13000 : 0x1a000;
    uint64_t flags = s->mode == FUZZ_PAE ? P : up;
    put(s, directories, 0x1b000 | flags, 8);
    put(s, directories + 24, 0x1c000 | flags, 8);
    if (s->mode == FUZZ_PAE) {
        memcpy(s->state.pdpte, s->low + directories, sizeof s->state.pdpte);
        s->state.cr3 = directories;
        return;
    }
    if (profile_has(s->profile, FEATURE_PAGE1GB))
        put(s, 0x1a008, leaf | PS, 8);
    put(s, 0x1aff0, 0x1b000 | up, 8);
    put(s, 0x1aff8, 0x1b000 | up, 8);
    put(s, 0x19000, 0x1a000 | up, 8);
    put(s, 0x19ff8, 0x1a000 | up, 8);
    put(s, 0x18000, 0x19000 | up, 8);
    put(s, 0x18ff8, 0x19000 | up, 8);
    s->state.cr3 = s->mode == FUZZ_LONG5 ? 0x18000 : 0x19000;
}

void fuzz_tables(struct fuzz_scene *s) {
    for (unsigned i = 0; i < STUBS; i++)
        memcpy(s->low + stub_at(i), stubs[i].code, stubs[i].size);
    if (s->state.cr0 & CR0_PG)
        pages(s);
    descriptors(s);
    interrupts(s);
    tasks(s);
    s->msr[s->msrs].index = 0xc0000082;
    s->msr[s->msrs++].value = stub_at(SYSRET);
    s->msr[s->msrs].index = 0x176;
    s->msr[s->msrs++].value = stub_at(SYSEXIT);
}
