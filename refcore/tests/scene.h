/* SPDX-License-Identifier: BSD-2-Clause */
/* scene.h - a machine in a known state for tests of event/, seg/ and mem/: descriptor tables, task-state
 * segments, page tables and one handler a vector, all at fixed places; code runs through the public interface
 * and the final state is looked at. */
#ifndef REFCORE_TESTS_SCENE_H
#define REFCORE_TESTS_SCENE_H

#include "refcore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* physical = linear addresses */
enum {
    GDT = 0x1000,
    IDT = 0x2000,
    TSS_A = 0x4000, /* the current one */
    TSS_B = 0x4400, /* 32-bit, available */
    TSS_C = 0x4800, /* 16-bit, available */
    LDT = 0x5000,
    HANDLERS = 0x8000, /* 16 bytes a vector, up to 0x9000 */
    STACK0 = 0xa000,
    STACK3 = 0xb000,
    INNER = 0xc000, /* level 0 in the TSS; level 1 and 2: 0x400 lower each */
    IST1 = 0xd000,
    CODE = 0x10000,
    DATA = 0x14000,
    TABLES = 0x20000, /* page tables, top first */
    USED = 0x60000,
};
/* selectors */
enum {
    CODE32 = 0x08,
    DATA32 = 0x10,
    USER_CODE = 0x1b,
    USER_DATA = 0x23,
    TSS_SELECTOR = 0x28, /* 16 bytes in IA-32e mode */
    CODE64 = 0x38,
    USER_CODE64 = 0x43,
    CODE16 = 0x48,
    DATA16 = 0x50,
    CONFORMING = 0x58, /* DPL 0, 32-bit */
    CODE_1 = 0x60,     /* DPL 1, 32-bit */
    DATA_1 = 0x68,
    LDT_SELECTOR = 0x70, /* 16 bytes in IA-32e mode */
    TSS_B_SELECTOR = 0x80,
    TSS_C_SELECTOR = 0x88,
    FREE = 0x90, /* to FREE_END: for the test to fill */
    FREE_END = 0xf8,
};
enum { ES, CS, SS, DS, FS, GS, LDTR, TR };
enum { AX, CX, DX, BX, SP, BP, SI, DI };
enum { DE_, DB_, NMI_, BP_, OF_, BR_, UD_, NM_, DF_, TS_ = 10, NP_, SS_, GP_, PF_, MF_ = 16, AC_ };
/* RFLAGS */
enum { TF = 0x100, IF = 0x200, NT = 0x4000, RF = 0x10000, VM = 0x20000, AC = 0x40000 };
/* access bytes with flags in bits 12..15: P DPL S type, G D L AVL */
enum {
    AR_CODE32 = 0xc09b,
    AR_DATA32 = 0xc093,
    AR_CODE64 = 0xa09b,
    AR_DPL1 = 0x20,
    AR_DPL3 = 0x60,
    AR_ABSENT = 0x80,   /* XOR */
    AR_ACCESSED_ = 0x1, /* XOR */
};
/* gate types, present */
enum { CALL16 = 0x84, TASK = 0x85, INT16 = 0x86, TRAP16 = 0x87, CALL32 = 0x8c, INT32 = 0x8e, TRAP32 = 0x8f };

struct scene {
    struct refcore *m;
    const char *profile;
    struct refcore_state s;
    uint64_t start; /* rip of the instruction under test */
    uint64_t at;    /* where the next byte of code goes */
    bool is_long, real;
    unsigned bad;
    const char *test;
};
static struct scene g;

/* ---- memory ---- */

static inline void put(uint64_t at, uint64_t value, unsigned size) {
    refcore_write_memory(g.m, at, &value, size);
}
static inline uint64_t get(uint64_t at, unsigned size) {
    uint64_t value = 0;
    refcore_read_memory(g.m, at, &value, size);
    return value;
}
/* the bytes of code at the place where the next instruction starts */
static inline void code_bytes(const uint8_t *bytes, size_t size) {
    refcore_write_memory(g.m, g.at, bytes, size);
    g.at += size;
}
#define EMIT(...) code_bytes((const uint8_t[]){__VA_ARGS__}, sizeof(const uint8_t[]){__VA_ARGS__})
#define BYTES2(v) (uint8_t)(v), (uint8_t)((unsigned)(v) >> 8)
#define BYTES4(v) BYTES2(v), BYTES2((unsigned)(v) >> 16)

/* ---- descriptors ---- */

static inline uint64_t segment_descriptor(uint32_t base, uint32_t limit, unsigned rights) {
    return (uint64_t)(limit & 0xffff) | (uint64_t)(base & 0xffffff) << 16 | (uint64_t)(rights & 0xff) << 40 |
           (uint64_t)(limit >> 16 & 15) << 48 | (uint64_t)(rights >> 12 & 15) << 52 |
           (uint64_t)(base >> 24) << 56;
}
static inline uint64_t gate_descriptor(unsigned selector, uint32_t offset, unsigned rights) {
    return (offset & 0xffff) | (uint64_t)selector << 16 | (uint64_t)rights << 40 |
           (uint64_t)(offset >> 16) << 48;
}
static inline void gdt(unsigned selector, uint64_t descriptor) {
    put(GDT + (selector & ~7U), descriptor, 8);
}
static inline uint32_t handler_at(unsigned vector) {
    return HANDLERS + 16 * vector;
}
/* the IDT entry: selector, offset, type with DPL in bits 5..6 */
static inline void idt(unsigned vector, unsigned selector, uint32_t offset, unsigned rights) {
    uint64_t gate = gate_descriptor(selector, offset, rights);
    if (g.is_long) {
        put(IDT + 16 * vector, gate, 8);
        put(IDT + 16 * vector + 8, 0, 8);
    } else {
        put(IDT + 8 * vector, gate, 8);
    }
}
/* Fills a segment register from the GDT, as a load would. */
static inline void segment(unsigned which, unsigned selector) {
    uint64_t d = get(GDT + (selector & ~7U), 8);
    uint32_t limit = (uint32_t)((d & 0xffff) | (d >> 32 & 0xf0000));
    if (d >> 55 & 1)
        limit = limit << 12 | 0xfff;
    g.s.segment[which] = (struct refcore_segment){
        .selector = (uint16_t)selector,
        .rights = (uint16_t)(d >> 40 & 0xf0ff),
        .limit = limit,
        .base = (d >> 16 & 0xffffff) | (d >> 32 & 0xff000000),
        .null = selector < 4,
    };
}

/* ---- scenes ---- */

/* A machine of the profile at reset with its lower memory zero; one machine a profile for the whole test. */
static inline void scene_reset(const char *profile) {
    static struct {
        const char *profile;
        struct refcore *m;
    } known[8];
    unsigned i = 0;
    while (known[i].m && strcmp(known[i].profile, profile) != 0)
        i++;
    if (!known[i].m) {
        known[i].profile = profile;
        known[i].m = refcore_create(profile, 4 << 20);
    }
    g.m = known[i].m;
    g.profile = profile;
    if (!g.m) {
        printf("no machine %s\n", profile);
        exit(2);
    }
    static const uint8_t zero[USED];
    refcore_reset(g.m);
    refcore_write_memory(g.m, 0, zero, sizeof zero);
    refcore_get_state(g.m, &g.s);
    g.is_long = g.real = false;
    g.start = g.at = CODE;
    g.s.rip = CODE;
}

static inline void scene_tables(void) {
    gdt(CODE32, segment_descriptor(0, 0xfffff, AR_CODE32));
    gdt(DATA32, segment_descriptor(0, 0xfffff, AR_DATA32));
    gdt(USER_CODE, segment_descriptor(0, 0xfffff, AR_CODE32 | AR_DPL3));
    gdt(USER_DATA, segment_descriptor(0, 0xfffff, AR_DATA32 | AR_DPL3));
    gdt(TSS_SELECTOR, segment_descriptor(TSS_A, 0x67, 0x8b));
    gdt(TSS_SELECTOR + 8, 0);
    gdt(CODE64, segment_descriptor(0, 0xfffff, AR_CODE64));
    gdt(USER_CODE64, segment_descriptor(0, 0xfffff, AR_CODE64 | AR_DPL3));
    gdt(CODE16, segment_descriptor(0, 0xffff, 0x9b));
    gdt(DATA16, segment_descriptor(0, 0xffff, 0x93));
    gdt(CONFORMING, segment_descriptor(0, 0xfffff, AR_CODE32 | 4));
    gdt(CODE_1, segment_descriptor(0, 0xfffff, AR_CODE32 | AR_DPL1));
    gdt(DATA_1, segment_descriptor(0, 0xfffff, AR_DATA32 | AR_DPL1));
    gdt(LDT_SELECTOR, segment_descriptor(LDT, 0x7f, 0x82));
    gdt(LDT_SELECTOR + 8, 0);
    gdt(TSS_B_SELECTOR, segment_descriptor(TSS_B, 0x67, 0x89));
    gdt(TSS_C_SELECTOR, segment_descriptor(TSS_C, 0x2b, 0x81));
    for (unsigned v = 0; v < 256; v++)
        idt(v, g.is_long ? CODE64 : CODE32, handler_at(v), INT32 | AR_DPL3);
    g.s.gdtr_base = GDT;
    g.s.gdtr_limit = 0xff;
    g.s.idtr_base = IDT;
    g.s.idtr_limit = 0xfff;
    segment(TR, TSS_SELECTOR);
    segment(LDTR, LDT_SELECTOR);
    /* the stacks of inner levels */
    for (unsigned i = 0; i < 3; i++) {
        if (g.is_long) {
            put(TSS_A + 4 + 8 * i, INNER - 0x400 * i, 8);
        } else {
            put(TSS_A + 4 + 8 * i, INNER - 0x400 * i, 4);
            put(TSS_A + 8 + 8 * i, i == 0 ? DATA32 : i == 1 ? DATA_1 | 1 : 0, 4);
        }
    }
    if (g.is_long)
        put(TSS_A + 36, IST1, 8);
    put(TSS_A + 0x66, 0x68, 2); /* no I/O bitmap */
}

/* CPL 0 or 3 of the mode that is_long and the code segment tell. */
static inline void scene_level(unsigned cpl) {
    bool user = cpl == 3;
    segment(CS, g.is_long ? (user ? USER_CODE64 : CODE64) : user ? USER_CODE : CODE32);
    segment(SS, user ? USER_DATA : DATA32);
    segment(DS, user ? USER_DATA : DATA32);
    segment(ES, user ? USER_DATA : DATA32);
    segment(FS, user ? USER_DATA : DATA32);
    segment(GS, user ? USER_DATA : DATA32);
    g.s.cpl = (uint8_t)cpl;
    g.s.gpr[SP] = user ? STACK3 : STACK0;
}

/* 32-bit protected mode, flat, no paging. */
static inline void scene_protected(const char *profile, unsigned cpl) {
    scene_reset(profile);
    g.s.cr0 = 0x11;
    g.s.rflags = 2;
    scene_tables();
    scene_level(cpl);
}

/* 4 KiB pages, one to one, user and writable, for the first 4 MiB of 32-bit paging or 2 MiB of the wide
 * forms. */
static inline void scene_page(uint64_t page, uint64_t entry) {
    if (g.s.cr4 & 0x20)
        put((g.is_long ? TABLES + 0x3000 : TABLES + 0x2000) + 8 * (page >> 12), entry, 8);
    else
        put(TABLES + 0x1000 + 4 * (page >> 12), entry, 4);
}
static inline void scene_paging(void) {
    unsigned levels = g.is_long ? 4 : g.s.cr4 & 0x20 ? 3 : 2;
    for (unsigned i = 0; i + 1 < levels; i++)
        put(TABLES + 0x1000 * i, (TABLES + 0x1000 * (i + 1)) | (levels == 3 && i == 0 ? 1 : 7),
            levels == 2 ? 4 : 8);
    for (unsigned page = 0; page < 512; page++)
        scene_page(page << 12, page << 12 | 7);
    g.s.cr3 = TABLES;
    g.s.cr0 |= 0x80010000;
    if (levels == 3)
        g.s.pdpte[0] = (TABLES + 0x1000) | 1;
}

/* 64-bit mode, 4-level paging. */
static inline void scene_long(const char *profile, unsigned cpl) {
    scene_reset(profile);
    g.is_long = true;
    g.s.cr0 = 0x11;
    g.s.rflags = 2;
    g.s.cr4 = 0x20;
    g.s.efer = 0x501;
    scene_paging();
    scene_tables();
    scene_level(cpl);
}

/* compatibility mode: the same, with a 32-bit code segment */
static inline void scene_compatibility(const char *profile, unsigned cpl) {
    scene_long(profile, cpl);
    segment(CS, cpl == 3 ? USER_CODE : CODE32);
}

static inline void paragraph(unsigned which, unsigned selector, bool vm86) {
    g.s.segment[which] = (struct refcore_segment){.selector = (uint16_t)selector,
                                                  .rights = vm86 ? 0xf3 : 0x93,
                                                  .limit = 0xffff,
                                                  .base = (uint64_t)selector << 4};
}

/* Real mode; CS 1000h, the others 0, SP A000h, each vector of the table at 0 to its handler. */
static inline void scene_real(const char *profile) {
    scene_reset(profile);
    g.real = true;
    g.s.cr0 = 0x10;
    g.s.rflags = 2;
    g.s.idtr_base = 0;
    g.s.idtr_limit = 0x3ff;
    for (unsigned i = ES; i <= GS; i++)
        paragraph(i, i == CS ? CODE >> 4 : 0, false);
    for (unsigned v = 0; v < 256; v++)
        put(4 * v, (uint32_t)(HANDLERS >> 4) << 16 | 16 * v, 4);
    g.s.gpr[SP] = STACK0;
    g.s.rip = 0;
}

/* Virtual-8086 mode over the protected-mode tables; vectors of the table at 0 lead to 0900:n * 4. */
static inline void scene_vm86(const char *profile, unsigned iopl, uint64_t cr4) {
    scene_protected(profile, 0);
    g.s.rflags = 2 | 0x20000 | iopl << 12;
    g.s.cr4 = cr4;
    g.s.cpl = 3;
    for (unsigned i = ES; i <= GS; i++)
        paragraph(i, i == CS ? CODE >> 4 : 0x20 * (i + 1), true);
    paragraph(SS, 0, true);
    g.s.gpr[SP] = STACK3;
    g.s.rip = 0;
    for (unsigned v = 0; v < 256; v++)
        put(4 * v, 0x09000000U | 4 * v, 4);
}

/* ---- running ---- */

static inline void scene_enter(void) {
    g.start = g.s.rip;
    if (!refcore_set_state(g.m, &g.s)) {
        printf("%s: a state that cannot be set\n", g.test);
        exit(2);
    }
}
/* Runs `count` instructions, deliveries included, from g.s; g.s is what is there then. */
static inline enum refcore_end go(uint64_t count) {
    scene_enter();
    enum refcore_end end = refcore_run(g.m, count);
    refcore_get_state(g.m, &g.s);
    return end;
}
static inline enum refcore_end go_on(uint64_t count) {
    enum refcore_end end = refcore_run(g.m, count);
    refcore_get_state(g.m, &g.s);
    return end;
}
/* The vector whose handler is at CS:rIP, or -1. */
static inline int handler(void) {
    uint64_t at = g.s.segment[CS].base + g.s.rip;
    at = (g.is_long ? at : (uint32_t)at) - HANDLERS;
    return at < 0x1000 && at % 16 == 0 ? (int)(at / 16) : -1;
}
/* item `i` of the frame on the current stack, of the width of the scene's gates */
static inline uint64_t frame(unsigned i) {
    unsigned size = g.real ? 2 : g.is_long ? 8 : 4;
    uint64_t sp = g.real ? (uint16_t)g.s.gpr[SP] : g.s.gpr[SP];
    return get(g.s.segment[SS].base + sp + i * size, size);
}

/* ---- expectations: the text cites the rule ---- */

static inline void expect_at(bool good, const char *rule, int line) {
    if (good)
        return;
    if (g.bad++ < 40)
        printf("%s:%d: %s [%s: CS:RIP %x:%llx flags %llx cpl %u frame %llx %llx %llx %llx]\n", g.test, line,
               rule, g.profile, g.s.segment[CS].selector, (unsigned long long)g.s.rip,
               (unsigned long long)g.s.rflags, g.s.cpl, (unsigned long long)frame(0),
               (unsigned long long)frame(1), (unsigned long long)frame(2), (unsigned long long)frame(3));
}
#define EXPECT(condition, rule) expect_at((condition), rule, __LINE__)

/* The fault `vector` with its error code, reported at the instruction under test. */
static inline void expect_fault_at(int vector, uint64_t error, const char *rule, int line) {
    bool has_error = vector == DF_ || (vector >= TS_ && vector <= PF_) || vector == AC_;
    bool good = handler() == vector;
    if (!g.real && has_error)
        good = good && frame(0) == error && frame(1) == g.start;
    else
        good = good && frame(0) == g.start;
    expect_at(good, rule, line);
}
#define EXPECT_FAULT(vector, error, rule) expect_fault_at(vector, error, rule, __LINE__)

static inline int scene_end(void) {
    if (g.bad) {
        printf("%s: %u failures\n", g.test, g.bad);
        return 1;
    }
    printf("%s: 0 failures\n", g.test);
    return 0;
}

#endif
