/* SPDX-License-Identifier: BSD-2-Clause */
/* test_spaces.c - translations kept beyond loads of CR3 (cpu/space.c) against a walk of the tables as they
 * are then. Random address spaces share page tables; tables are written by physical address, through a
 * mapping of their own in the space in use, and by writes of many bytes; then CR3 is loaded, or INVLPG
 * made, and what is read is where the tables say. SDM Vol. 3A, "Operations that Invalidate TLBs and
 * Paging-Structure Caches". */
#include "cpu/profile.h"
#include "cpu/reset.h"
#include "mem/mem.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    RAM = 4 << 20,
    ROOTS = 7, /* more than are kept */
    ROOT = 0x10000,
    TABLES = 5,
    TABLE = 0x20000,
    FRAMES = RAM >> 12,
    REGIONS = 3, /* of 4 MiB, of the linear space */
    ROUNDS = 400000,
    FLAGS = 7, /* P, R/W, U/S */
    TAG_AT = 0xff8,
};

static unsigned long long checks, faults, wrong;
static uint64_t seed = 1;

static uint32_t any(uint32_t below) {
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed >> 33) % below;
}

static uint32_t word(const struct cpu *c, uint32_t address) {
    uint32_t value;
    memcpy(&value, c->physical->ram + address, 4);
    return value;
}

/* The physical address by the tables as they are now; false: not present. */
static bool model(const struct cpu *c, uint32_t linear, uint32_t *address) {
    if (!(c->cr0 & CR0_PG)) {
        *address = linear % RAM;
        return linear < RAM; /* beyond, nothing answers: not looked at */
    }
    uint32_t pde = word(c, (uint32_t)c->cr3 + (linear >> 22) * 4);
    if (!(pde & 1))
        return false;
    if ((pde & 0x80) && (c->cr4 & CR4_PSE)) {
        *address = (pde & 0xffc00000) | (linear & 0x3fffff);
        return true;
    }
    uint32_t pte = word(c, (pde & 0xfffff000) + (linear >> 12 & 1023) * 4);
    *address = (pte & 0xfffff000) | (linear & 0xfff);
    return pte & 1;
}

static uint32_t any_linear(void) {
    /* few pages, so that they are used again and again */
    uint32_t page = any(25);
    return any(REGIONS) << 22 | (page < 24 ? page : 1023) << 12;
}

static void compare(struct cpu *c, uint32_t linear, const char *after) {
    uint32_t address;
    volatile uint32_t expected = 0;
    volatile uint32_t found = 0;
    bool present = model(c, linear | TAG_AT, &address);
    if (present)
        expected = word(c, address);
    if (!present && !(c->cr0 & CR0_PG))
        return;
    volatile bool faulted = false;
    if (setjmp(c->escape) == 0)
        found = (uint32_t)linear_read(c, linear | TAG_AT, 4, TLB_SUPERVISOR);
    else
        faulted = true;
    checks++;
    faults += faulted;
    if (faulted != !present || (present && found != expected)) {
        if (wrong++ < 10)
            printf("test_spaces: %s: CR3 %x, linear %x: %s %x, the tables say %s %x\n", after,
                   (unsigned)c->cr3, linear, faulted ? "#PF" : "read", found, present ? "" : "not present",
                   expected);
    }
}

/* Writes a doubleword of a table in one of three ways. */
static void table_write(struct cpu *c, uint32_t address, uint32_t value) {
    uint32_t linear = any_linear() & 0xffc00000, at;
    unsigned way = any(3);
    if (way == 0) {
        physical_write(c, address, &value, 4);
        return;
    }
    /* through a mapping, where there is one: what the TLB holds may be older, so by the model */
    for (uint32_t page = 0; page < 1024; page++) {
        uint32_t here = linear | page << 12 | (address & 0xfff);
        if (!model(c, here, &at) || at != address)
            continue;
        /* what the TLB lets be written at once is written so, where that is the right place */
        const struct tlb_entry *e = tlb_slot(&c->tlbs[TLB_SUPERVISOR], here);
        bool known = (e->write & ~TLB_WATCHED) == (here & ~0xfffU) &&
                     e->add + here == (uint64_t)(uintptr_t)(c->physical->ram + address);
        if (!known)
            tlb_flush_page(c, here);
        if (way == 1) {
            linear_write(c, here, value, 4, TLB_SUPERVISOR);
        } else {
            uint8_t run[64];
            uint32_t start = (address & ~63U);
            memcpy(run, c->physical->ram + start, sizeof run);
            memcpy(run + (address - start), &value, 4);
            linear_write_bytes(c, here & ~63U, run, sizeof run, TLB_SUPERVISOR);
        }
        return;
    }
    physical_write(c, address, &value, 4);
}

static uint32_t any_pte(void) {
    uint32_t frame = any(4) == 0   ? TABLE >> 12 | any(TABLES)
                     : any(4) == 0 ? ROOT >> 12 | any(ROOTS)
                                   : 0x100 + any(32);
    return any(8) == 0 ? 0 : frame << 12 | FLAGS;
}

/* Writes what is there already, so that pages have been written before they are known for tables. */
static void touch(struct cpu *c) {
    uint32_t linear = any_linear(), address;
    tlb_flush_page(c, linear);
    if (model(c, linear, &address))
        linear_write(c, linear, word(c, address), 4, TLB_SUPERVISOR);
}

static uint32_t any_pde(void) {
    if (any(16) == 0)
        return 0;
    return any(5) == 0 ? 0x80 | FLAGS : (TABLE + any(TABLES) * 0x1000) | FLAGS;
}

static void table_write_and_invlpg(struct cpu *c) {
    uint32_t linear = any_linear(), pde = word(c, (uint32_t)c->cr3 + (linear >> 22) * 4);
    uint32_t kind = pde & (c->cr4 & CR4_PSE ? 0x81 : 1);
    bool table = kind == 1, large = kind == 0x81;
    if (table)
        table_write(c, (pde & 0xfffff000) + (linear >> 12 & 1023) * 4, any_pte());
    else
        table_write(c, (uint32_t)c->cr3 + (linear >> 22) * 4, any_pde());
    tlb_flush_page(c, linear);
    if (table)
        compare(c, linear, "INVLPG");
    else if (large) /* all of it is dropped */
        compare(c, (linear & 0xffc00000) | (any_linear() & 0x3fffff), "INVLPG of a large page");
}

/* MOV to CR3, or to CR0 or CR4 with another paging mode */
static void load_control(struct cpu *c) {
    switch (any(8)) {
    case 0:
        c->cr0 ^= CR0_PG;
        break;
    case 1:
        c->cr4 ^= CR4_PSE;
        break;
    default:
        c->cr3 = ROOT + any(ROOTS) * 0x1000;
        break;
    }
    tlb_flush(c, false);
}

static void start(struct cpu *c, struct physical *p) {
    if (!physical_create(p, RAM, -1))
        exit(2);
    c->physical = p;
    cpu_reset(c, profile_find("skylake-server"));
    for (uint32_t frame = 0; frame < FRAMES; frame++)
        memcpy(p->ram + (frame << 12) + TAG_AT, &frame, 4); /* beyond the entries that are used */
    for (uint32_t n = 0; n < TABLES; n++)
        for (uint32_t i = 0; i < 1024; i++) {
            uint32_t pte = i < 24 || i == 1023       ? any_pte()
                           : i < 24 + ROOTS          ? (ROOT + (i - 24) * 0x1000) | FLAGS
                           : i < 24 + ROOTS + TABLES ? (TABLE + (i - 24 - ROOTS) * 0x1000) | FLAGS
                                                     : 0;
            memcpy(p->ram + TABLE + n * 0x1000 + i * 4, &pte, 4);
        }
    for (uint32_t n = 0; n < ROOTS; n++)
        for (uint32_t i = 0; i < REGIONS; i++) {
            uint32_t pde = any_pde();
            memcpy(p->ram + ROOT + n * 0x1000 + i * 4, &pde, 4);
        }
    c->cr0 = CR0_PE | CR0_PG | CR0_WP | CR0_ET;
    c->cr4 = CR4_PSE;
    c->cr3 = ROOT;
    tlb_flush(c, true);
    mode_replaced(c);
}

/* A page is written as data before it is met as a table: what let it be written is gone then. */
static void data_becomes_table(struct cpu *c) {
    const uint32_t root = ROOT + 0x100000, table = root + 0x1000, data = root + 0x2000;
    const uint32_t words[][2] = {
        {root, table | FLAGS}, {root + 4, data | FLAGS}, {table, data | FLAGS}, {data + 4, 0x100000 | FLAGS}};
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        memcpy(c->physical->ram + words[i][0], &words[i][1], 4);
    c->cr3 = root;
    tlb_flush(c, true);
    tlb_flush(c, false);
    linear_write(c, TAG_AT, data >> 12, 4, TLB_SUPERVISOR); /* a write tag for `data` */
    compare(c, 0x401000, "first use of a table");
    linear_write(c, 4, 0x101000 | FLAGS, 4, TLB_SUPERVISOR);
    tlb_flush(c, false);
    compare(c, 0x401000, "a table that was data");
}

int main(void) {
    struct cpu *c = aligned_alloc(64, (sizeof *c + 63) / 64 * 64);
    static struct physical p;
    if (!c)
        return 2;
    memset(c, 0, sizeof *c);
    start(c, &p);
    data_becomes_table(c);
    unsigned long long kept = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        uint64_t before = c->epochs;
        load_control(c);
        kept += c->epochs == before;
        bool clean = true; /* no table was written since: what is read has to be where they say */
        for (unsigned i = any(10); i-- > 0;) {
            switch (any(12)) {
            case 0:
                table_write_and_invlpg(c);
                clean = false;
                break;
            case 1: /* any space's tables */
                table_write(c, TABLE + any(TABLES) * 0x1000 + any(24) * 4, any_pte());
                clean = false;
                break;
            case 2:
                table_write(c, ROOT + any(ROOTS) * 0x1000 + any(REGIONS) * 4, any_pde());
                clean = false;
                break;
            case 3:
            case 4:
                if (clean)
                    touch(c);
                break;
            default:
                if (clean)
                    compare(c, any_linear(), "CR3");
                break;
            }
        }
        if (any(40) == 0)
            c->table_writes = TABLE_WRITES - 1; /* the next write has all tables forgotten */
    }
    /* both kinds of load must have been met: those after which all was dropped, and those after which it
     * stayed */
    if (kept < ROUNDS / 10 || faults < checks / 100 || faults > checks / 2) {
        printf("test_spaces: %llu of %u loads kept their translations, %llu faults in %llu reads\n", kept,
               ROUNDS, faults, checks);
        wrong++;
    }
    physical_destroy(&p);
    free(c);
    printf("test_spaces: %llu failures\n", wrong);
    return wrong != 0;
}
