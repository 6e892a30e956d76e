/* SPDX-License-Identifier: BSD-2-Clause */
/* test_mem - the page walk over every combination of the bits that matter, against a model of its own; then
 * the ways of reaching memory: page crossings, A20, ROM, code pages, the wide accesses' checks. */
#include "cpu/profile.h"
#include "cpu/reset.h"
#include "mem/mem.h"

#include <stdio.h>
#include <stdlib.h>

static unsigned bad;

static void check(bool good, const char *what) {
    if (good)
        return;
    if (bad++ < 20)
        printf("test_mem: %s\n", what);
}

/* ---- a machine without devices ---- */

static struct cpu *machine(const char *profile, struct physical *p) {
    struct cpu *c = aligned_alloc(64, (sizeof *c + 63) / 64 * 64);
    if (!c || !physical_create(p, 4 << 20, -1))
        exit(2);
    memset(c, 0, sizeof *c);
    c->physical = p;
    cpu_reset(c, profile_find(profile));
    mode_replaced(c);
    return c;
}

static void machine_free(struct cpu *c) {
    physical_destroy(c->physical);
    free(c);
}

/* ---- the walk ---- */

enum shape { P32_4K, P32_4M, PAE_4K, PAE_2M, P4_4K, P4_2M, P4_1G, P5_4K, SHAPES };
static const char *const shape_names[] = {"32-bit 4K",  "32-bit 4M",  "PAE 4K",     "PAE 2M",
                                          "4-level 4K", "4-level 2M", "4-level 1G", "5-level 4K"};
/* entries of each shape from the top; the last maps the page, the one before it is the `parent` that is
 * varied */
static const unsigned depth_of[] = {2, 1, 2, 1, 4, 3, 2, 5};
static bool is_long(enum shape s) {
    return s >= P4_4K;
}
static unsigned entry_size(enum shape s) {
    return s <= P32_4M ? 4 : 8;
}

enum { BIT_P = 1, BIT_W = 2, BIT_U = 4, BIT_NX = 8, BIT_RSVD = 16 }; /* what is varied in an entry */

struct scene {
    enum shape shape;
    unsigned leaf, parent;
    bool wp, smep, smap, nxe, pke, ad, wd;
};

static const uint64_t linear_address = 0x40201abc; /* every index nonzero below the top, small */
static const uint64_t table_at[5] = {0x10000, 0x11000, 0x12000, 0x13000, 0x14000};

static uint64_t page_of(enum shape s) {
    return s == P32_4M ? 0x400000 : s == PAE_2M || s == P4_2M ? 0x600000 : s == P4_1G ? 0x80000000 : 0x234000;
}
static unsigned page_shift(enum shape s) {
    return s == P32_4M ? 22 : s == PAE_2M || s == P4_2M ? 21 : s == P4_1G ? 30 : 12;
}
static uint64_t entry_at(enum shape s, unsigned i) {
    unsigned left = depth_of[s] - 1 - i; /* levels below */
    unsigned shift = page_shift(s) + left * (entry_size(s) == 4 ? 10 : 9);
    uint64_t index = linear_address >> shift & (entry_size(s) == 4 ? 0x3ff : 0x1ff);
    return table_at[i] + index * entry_size(s);
}

/* the value of entry i; `reserved` bit chosen so that it is reserved in every such entry */
static uint64_t entry_value(const struct scene *s, unsigned i) {
    unsigned depth = depth_of[s->shape];
    bool leaf = i == depth - 1, large = leaf && page_shift(s->shape) > 12;
    unsigned bits = leaf ? s->leaf : i == depth - 2 ? s->parent : BIT_P | BIT_W | BIT_U;
    uint64_t v = leaf ? page_of(s->shape) : table_at[i + 1];
    if (large)
        v |= 0x80;
    v |= bits & 7;
    if (entry_size(s->shape) == 4)
        return v | (bits & BIT_RSVD && large ? 1U << 21 : 0);
    if (bits & BIT_NX)
        v |= UINT64_C(1) << 63;
    if (bits & BIT_RSVD)
        v |= large ? UINT64_C(1) << 13 : UINT64_C(1) << 51;
    if (leaf && is_long(s->shape))
        v |= UINT64_C(5) << 59;
    return v;
}

static void set_up(struct cpu *c, const struct scene *s) {
    c->cr0 = CR0_PE | CR0_PG | (s->wp ? CR0_WP : 0);
    c->cr4 = CR4_PSE | (s->shape >= PAE_4K ? CR4_PAE : 0) | (s->smep ? CR4_SMEP : 0) |
             (s->smap ? CR4_SMAP : 0) | (s->pke ? CR4_PKE : 0) | (s->shape == P5_4K ? CR4_LA57 : 0);
    c->efer = (s->nxe ? EFER_NXE : 0) | (is_long(s->shape) ? EFER_LME | EFER_LMA : 0);
    c->pkru = (s->ad ? 1U << 10 : 0) | (s->wd ? 2U << 10 : 0);
    c->cr3 = table_at[0];
    if (s->shape == PAE_4K || s->shape == PAE_2M)
        c->pdpte[linear_address >> 30] = table_at[0] | 1;
    for (unsigned i = 0; i < depth_of[s->shape]; i++) {
        uint64_t v = entry_value(s, i);
        memcpy(c->physical->ram + entry_at(s->shape, i), &v, entry_size(s->shape));
    }
}

/* The model: -1 translates, else the error code; *reached: how many entries get their accessed flag. Rules as
 * the manual lists them, with all entries in hand. */
static int model(const struct scene *s, enum access access, enum tlb_class privilege, unsigned *reached) {
    bool wide = entry_size(s->shape) == 8, user_access = privilege == TLB_USER;
    int base = (access == ACCESS_WRITE ? 2 : 0) | (user_access ? 4 : 0);
    bool nx_works = wide && s->nxe;
    if (access == ACCESS_EXECUTE && (nx_works || s->smep))
        base |= 16;
    unsigned depth = depth_of[s->shape], user = 4, write = 2, nx = 0;
    *reached = 0;
    for (unsigned i = 0; i < depth; i++) {
        bool leaf = i == depth - 1;
        unsigned bits = leaf ? s->leaf : i == depth - 2 ? s->parent : BIT_P | BIT_W | BIT_U;
        if (!(bits & BIT_P))
            return base;
        bool reserved = bits & BIT_RSVD && (wide || (leaf && page_shift(s->shape) > 12));
        if (reserved || (wide && bits & BIT_NX && !s->nxe))
            return base | 1 | 8;
        user &= bits;
        write &= bits;
        nx |= wide ? bits & BIT_NX : 0;
        if (!leaf)
            *reached = i + 1;
    }
    bool fault = false, key = false;
    switch (access) {
    case ACCESS_READ:
        fault = user_access ? !user : user && s->smap && privilege != TLB_SUPERVISOR_AC;
        break;
    case ACCESS_WRITE:
        if (user_access)
            fault = !user || !write;
        else
            fault = (s->wp && !write) || (user && s->smap && privilege != TLB_SUPERVISOR_AC);
        break;
    case ACCESS_EXECUTE:
        fault = nx || (user_access ? !user : user && s->smep);
        break;
    }
    if (s->pke && is_long(s->shape) && user && access != ACCESS_EXECUTE)
        key = s->ad || (s->wd && access == ACCESS_WRITE && (user_access || s->wp));
    if (fault || key)
        return base | 1 | (key ? 32 : 0);
    *reached = depth;
    return -1;
}

/* -1 and the physical address, or the error code of the page fault */
static int try_walk(struct cpu *c, enum access access, enum tlb_class privilege, uint64_t *physical) {
    if (setjmp(c->escape))
        return c->raised.vector == VECTOR_PF ? (int)c->raised.error : 1000 + c->raised.vector;
    *physical = walk(c, linear_address, access, privilege);
    return -1;
}

static void walk_case(struct cpu *c, const struct scene *s, enum access access, enum tlb_class privilege) {
    unsigned reached;
    int expected = model(s, access, privilege, &reached);
    set_up(c, s);
    uint64_t physical = 0;
    int got = try_walk(c, access, privilege, &physical);
    unsigned depth = depth_of[s->shape];
    bool good = got == expected;
    if (expected < 0) {
        uint64_t inside = (UINT64_C(1) << page_shift(s->shape)) - 1;
        good = good && physical == ((page_of(s->shape) & ~inside) | (linear_address & inside));
    } else {
        good = good && c->cr2 == linear_address;
    }
    for (unsigned i = 0; i < depth; i++) {
        uint64_t now = 0, want = entry_value(s, i);
        memcpy(&now, c->physical->ram + entry_at(s->shape, i), entry_size(s->shape));
        if (i < reached)
            want |= 0x20;
        if (i == depth - 1 && expected < 0 && access == ACCESS_WRITE)
            want |= 0x40;
        good = good && now == want;
    }
    if (!good && bad++ < 20)
        printf("test_mem: %s leaf %x parent %x wp %d smep %d smap %d nxe %d pke %d ad %d wd %d access %d "
               "class %d: got %d, model %d\n",
               shape_names[s->shape], s->leaf, s->parent, s->wp, s->smep, s->smap, s->nxe, s->pke, s->ad,
               s->wd, (int)access, (int)privilege, got, expected);
}

static unsigned test_walk(void) {
    struct physical p;
    struct cpu *c = machine("intel-max", &p);
    c->physical_limit = UINT64_C(1) << 46;
    struct profile narrow = *c->profile;
    narrow.physical_bits = 39; /* so that bit 51, and bit 21 of a 4 MiB PDE, are reserved */
    c->profile = &narrow;
    unsigned cases = 0;
    for (unsigned shape = 0; shape < SHAPES; shape++) {
        struct scene s = {.shape = (enum shape)shape};
        bool one_level = depth_of[shape] == 1;
        for (unsigned control = 0; control < 128; control++) {
            s.wp = control & 1;
            s.smep = control & 2;
            s.smap = control & 4;
            s.nxe = control & 8;
            s.pke = control & 16;
            s.ad = control & 32;
            s.wd = control & 64;
            for (s.leaf = 0; s.leaf < 32; s.leaf++)
                for (s.parent = 0; s.parent < (one_level ? 1U : 32U); s.parent++)
                    for (unsigned k = 0; k < 9; k++, cases++)
                        walk_case(c, &s, (enum access)(k % 3), (enum tlb_class)(k / 3));
        }
    }
    machine_free(c);
    return cases;
}

/* What no profile with long mode lacks, 1 GiB pages: PS of a PDPTE is reserved then. SDM Vol. 3A, "4-Level
 * Paging and 5-Level Paging", table "Format of a Page-Directory-Pointer-Table Entry that References a Page
 * Directory". */
static void test_no_1g(void) {
    struct physical p;
    struct cpu *c = machine("intel-max", &p);
    struct profile old = *c->profile;
    struct scene s = {.shape = P4_1G, .leaf = BIT_P | BIT_W | BIT_U, .parent = BIT_P | BIT_W | BIT_U};
    for (unsigned has = 0; has < 2; has++) {
        if (!has)
            old.features[FEATURE_PAGE1GB / 64] &= ~(UINT64_C(1) << (FEATURE_PAGE1GB % 64));
        c->profile = has ? profile_find("intel-max") : &old;
        set_up(c, &s);
        uint64_t physical = 0;
        int got = try_walk(c, ACCESS_READ, TLB_USER, &physical);
        check(got == (has ? -1 : 1 | 4 | 8), "PS of a PDPTE without 1 GiB pages");
    }
    machine_free(c);
}

/* ---- reaching memory ---- */

/* What physical_create() and physical_set_rom() refuse changes nothing. */
static void test_physical_sizes(void) {
    struct physical p;
    static const uint64_t refused[] = {0, 1, 0x10001, 0xc0010000, UINT64_MAX};
    for (unsigned i = 0; i < sizeof refused / sizeof *refused; i++) {
        check(!physical_create(&p, refused[i], -1) && !p.ram && !p.code_page,
              "a size of RAM that is refused");
        physical_destroy(&p); /* of nothing: harmless */
    }
}

static int raised(struct cpu *c) {
    return c->raised.vector << 8 | (int)c->raised.error;
}

/* 32-bit paging, the first 4 MiB mapped one to one through a table at 0x2000, user and writable */
static void map_flat(struct cpu *c) {
    uint32_t pde = 0x2007;
    memcpy(c->physical->ram + 0x1000, &pde, 4);
    for (uint32_t i = 0; i < 1024; i++) {
        uint32_t pte = i << 12 | 7;
        memcpy(c->physical->ram + 0x2000 + 4 * i, &pte, 4);
    }
    c->cr0 = CR0_PE | CR0_PG | CR0_WP | CR0_ET;
    c->cr3 = 0x1000;
    for (unsigned i = SEG_ES; i <= SEG_GS; i++) {
        c->seg[i] = (struct segment){.rights = AR_P | AR_S | AR_WRITE_READ | AR_DB | AR_G |
                                               (i == SEG_CS ? AR_CODE : 0),
                                     .limit = UINT32_MAX};
        segment_derive(&c->seg[i]);
    }
    tlb_flush(c, true);
    mode_replaced(c);
}

static void set_pte(struct cpu *c, uint32_t page, uint32_t flags) {
    uint32_t pte = page | flags;
    memcpy(c->physical->ram + 0x2000 + 4 * (page >> 12), &pte, 4);
    tlb_flush_page(c, page);
}

static uint64_t written_address, written_size;
static void note_written(struct cpu *c, uint64_t address, size_t size) {
    (void)c;
    written_address = address;
    written_size = size;
}

static void test_access(void) {
    struct physical p;
    struct cpu *c = machine("skylake-server", &p);
    map_flat(c);
    /* a crossing write whose second page faults changes nothing */
    set_pte(c, 0x5000, 5);
    memset(p.ram + 0x4ff0, 0x11, 16);
    volatile int code = 0;
    if (setjmp(c->escape) == 0)
        mem_write64(c, 0, SEG_DS, 0x4ffc, UINT64_C(0x2222222222222222));
    else
        code = raised(c);
    check(code == (VECTOR_PF << 8 | 3) && c->cr2 == 0x5000 && p.ram[0x4ffc] == 0x11,
          "crossing write into a read-only page");
    set_pte(c, 0x5000, 7);
    mem_write64(c, 0, SEG_DS, 0x4ffc, UINT64_C(0x8877665544332211));
    check(mem_read64(c, 0, SEG_DS, 0x4ffc) == UINT64_C(0x8877665544332211) &&
              mem_read32(c, 0, SEG_DS, 0x5000) == 0x88776655,
          "crossing write and read");
    /* read-modify-write asks for the right to write first; a page that is known needs no walk */
    set_pte(c, 0x5000, 5);
    code = 0;
    if (setjmp(c->escape) == 0)
        (void)mem_modify16(c, 0, SEG_DS, 0x5000);
    else
        code = raised(c);
    check(code == (VECTOR_PF << 8 | 3) && c->cr2 == 0x5000, "read-modify-write of a read-only page");
    set_pte(c, 0x5000, 7);
    check(mem_modify16(c, 0, SEG_DS, 0x5000) == 0x6655 && mem_modify32(c, 0, SEG_DS, 0x5000) == 0x88776655 &&
              mem_modify64(c, 0, SEG_DS, 0x4ff8) >> 32 == 0x44332211 &&
              mem_modify64(c, 0, SEG_DS, 0x4ff8) >> 32 == 0x44332211,
          "read-modify-write, missed and known");
    /* code pages: the watch hears of it first, and there is no write tag */
    code_watch_set(c, note_written);
    mem_write32(c, 0, SEG_DS, 0x6000, 1);
    tlb_protect_code(c, 0x6000);
    mem_write16(c, 0, SEG_DS, 0x6004, 0x1234);
    check(written_address == 0x6004 && written_size == 2 && p.ram[0x6005] == 0x12, "write to a code page");
    written_size = 0;
    p.code_page[6] = 0;
    mem_write16(c, 0, SEG_DS, 0x6004, 0x4321);
    mem_write16(c, 0, SEG_DS, 0x6004, 0x4322);
    check(written_size == 0 && tlb_slot(c->tlb, 0x6000)->write == 0x6000,
          "write tag after the code has gone");
    /* dirty tracking */
    check(physical_track_dirty(c), "dirty tracking");
    (void)mem_read16(c, 0, SEG_DS, 0x6004);
    check(!p.dirty_page[6], "a read leaves a page clean");
    mem_write16(c, 0, SEG_DS, 0x6004, 1);
    check(p.dirty_page[6] && !p.dirty_page[7], "a write marks its page");
    /* A20: bit 20 gone */
    p.ram[0x7000] = 0x77;
    p.ram[0x107000] = 0x78;
    check(mem_read8(c, 0, SEG_DS, 0x107000) == 0x78, "A20 enabled");
    cpu_a20(c, false);
    check(mem_read8(c, 0, SEG_DS, 0x107000) == 0x77, "A20 disabled");
    cpu_a20(c, true);
    /* ROM: read at both places, written at none */
    static uint8_t image[0x20000];
    image[0] = 0xe0;
    image[0x1ffff] = 0xff;
    check(physical_set_rom(&p, image, sizeof image), "ROM");
    tlb_flush(c, true);
    check(mem_read8(c, 0, SEG_DS, 0xe0000) == 0xe0 && mem_read8(c, 0, SEG_DS, 0xfffff) == 0xff,
          "ROM at 0xE0000");
    mem_write8(c, 0, SEG_DS, 0xe0000, 5);
    check(mem_read8(c, 0, SEG_DS, 0xe0000) == 0xe0, "ROM keeps");
    uint64_t top;
    physical_read(c, UINT64_C(0xfffffff8), &top, 8);
    check(top >> 56 == 0xff, "ROM at 4 GiB");
    physical_read(c, UINT64_C(0xd0000000), &top, 8);
    check(top == ~UINT64_C(0), "unclaimed addresses read all ones");
    top = 0;
    physical_write(c, UINT64_C(0xd0000000), &top, 8);
    physical_read(c, UINT64_C(0xd0000000), &top, 8);
    check(top == ~UINT64_C(0), "what is written there vanishes, without a bus too");
    /* alignment: #GP(0) where an operand demands it, #AC at CPL 3 */
    uint8_t sixteen[16];
    code = 0;
    if (setjmp(c->escape) == 0)
        mem_read_bytes(c, 0, SEG_DS, 0x6008, sixteen, 16, 16);
    else
        code = raised(c);
    check(code == VECTOR_GP << 8, "misaligned 16-byte operand");
    c->cpl = 3;
    c->cr0 |= CR0_AM;
    c->rflags |= FLAG_AC;
    mode_changed(c);
    code = 0;
    if (setjmp(c->escape) == 0)
        (void)mem_read32(c, 0, SEG_DS, 0x6002);
    else
        code = raised(c);
    check(code == VECTOR_AC << 8, "#AC");
    check(mem_read16(c, 0, SEG_DS, 0x6002) == 0, "aligned at CPL 3");
    c->rflags &= ~(uint64_t)FLAG_AC;
    /* data breakpoints */
    c->dr[1] = 0x6010;
    c->dr7 = 0x400 | 1 << 2 | UINT64_C(0xd) << 20; /* DR1, writes, 4 bytes */
    mode_changed(c);
    (void)mem_read32(c, 0, SEG_DS, 0x6010);
    check(c->pending_debug == 0, "a read misses a write breakpoint");
    mem_write8(c, 0, SEG_DS, 0x6013, 1);
    check(c->pending_debug == 2, "a write hits its last byte");
    c->pending_debug = 0;
    c->dr7 = 0x400;
    /* segment limits */
    c->seg[SEG_DS].limit = 0xfff;
    segment_derive(&c->seg[SEG_DS]);
    mode_changed(c);
    code = 0;
    if (setjmp(c->escape) == 0)
        (void)mem_read32(c, 0, SEG_DS, 0xffd);
    else
        code = raised(c);
    check(code == VECTOR_GP << 8, "beyond the limit");
    c->seg[SEG_SS].rights |= AR_DOWN_CONFORMING;
    c->seg[SEG_SS].limit = 0xfff;
    segment_derive(&c->seg[SEG_SS]);
    check(c->seg[SEG_SS].first == 0x1000 && c->seg[SEG_SS].last == UINT32_MAX, "expand-down");
    /* fetches stop at the page and fault on their first byte */
    uint8_t bytes[15];
    uint64_t address;
    check(fetch_code(c, 0x4ffe, 0, 15, bytes, &address) == 2 && address == 0x4ffe, "fetch to the page's end");
    set_pte(c, 0x5000, 6);
    code = 0;
    if (setjmp(c->escape) == 0)
        (void)fetch_code(c, 0x4ffe, 2, 13, bytes, &address);
    else
        code = raised(c);
    check(code == (VECTOR_PF << 8 | 4) && c->cr2 == 0x5000, "fetch from an absent page");
    /* descriptor tables are reached as supervisor from CPL 3 */
    set_pte(c, 0x8000, 3);
    check(linear_read(c, 0x8000, 8, TLB_SUPERVISOR) == 0, "implicit supervisor access at CPL 3");
    machine_free(c);
}

int main(void) {
    unsigned cases = test_walk();
    test_no_1g();
    test_physical_sizes();
    test_access();
    if (bad) {
        printf("test_mem: %u failures\n", bad);
        return 1;
    }
    printf("test_mem: %u walks agree with the model\n", cases);
    return 0;
}
