/* SPDX-License-Identifier: BSD-2-Clause */
/* test_paging - what the processor models see of paging: large pages with and without PSE-36 and PAT,
 * reserved bits, PDPTEs, 1 GiB pages, SMAP's two ways past it, INVLPG; then what CR0, CR4 and XCR0 leave of
 * x87, MMX, SSE and AVX. test_mem.c has the access rights bit by bit. */
#include "scene.h"

enum { PSE = 0x10, PAE = 0x20, OSFXSR = 0x200, OSXSAVE = 0x40000, SMAP = 0x200000 };
enum { MP = 2, EM = 4, TS = 8 };
enum { MARK = 0x11223344 };

/* MOV EAX, [at]; the value of DATA is MARK */
static void read_at(uint32_t at) {
    EMIT(0xa1, BYTES4(at));
    put(DATA, MARK, 4);
    g.s.gpr[AX] = 0;
    go(1);
}
static bool read_mark(void) {
    return g.s.rip == CODE + 5U && g.s.gpr[AX] == MARK;
}

/* ---- 32-bit paging ---- */

/* The directory's second entry maps the first 4 MiB again; with PS ignored it names a table there is none
 * at. */
static void large_32(void) {
    static const struct {
        const char *profile;
        uint32_t bits; /* of the entry, beside P, W, U and PS */
        uint64_t cr4;
        int error; /* of the #PF; -1: the page is read */
        const char *rule;
    } cases[] = {
        {"pentium", 0, PSE, -1, "SDM 3A, 32-Bit Paging: 4-MByte page"},
        {"pentium", 1 << 13, PSE, 9, "SDM 3A, 32-Bit Paging: bits 21:13 reserved without PSE-36"},
        {"pentium", 1 << 21, PSE, 9, "SDM 3A, 32-Bit Paging: bits 21:13 reserved without PSE-36"},
        {"pentium", 1 << 12, PSE, 9, "SDM 3A, 32-Bit Paging: bit 12 reserved without PAT"},
        {"skylake-server", 1 << 12, PSE, -1, "SDM 3A, 32-Bit Paging: bit 12 is PAT"},
        {"skylake-server", 1 << 21, PSE, 9, "SDM 3A, 32-Bit Paging: bit 21 reserved where M is 40"},
        {"80386", 0, 0, 0, "the 80386 has no large pages: PS is ignored, the table's entry is absent"},
        {"pentium", 0, 0, 0, "SDM 3A, 32-Bit Paging: PS ignored while CR4.PSE = 0"},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        scene_protected(cases[i].profile, 0);
        g.s.cr4 = cases[i].cr4;
        scene_paging();
        put(TABLES + 4, 0x87 | cases[i].bits, 4);
        read_at(0x400000 + DATA);
        if (cases[i].error >= 0) {
            EXPECT_FAULT(PF_, (uint64_t)cases[i].error, cases[i].rule);
            EXPECT(g.s.cr2 == 0x400000 + DATA, "SDM 3A, Interrupt 14-Page-Fault Exception (#PF): CR2");
            continue;
        }
        EXPECT(read_mark(), cases[i].rule);
        EXPECT((get(TABLES + 4, 4) & 0x60) == 0x20, "SDM 3A, Accessed and Dirty Flags: a read sets A only");
        g.at = g.s.rip = CODE;
        EMIT(0xa3, BYTES4(0x400000 + DATA));
        go(1);
        EXPECT((get(TABLES + 4, 4) & 0x60) == 0x60, "SDM 3A, Accessed and Dirty Flags: a write sets D");
    }
    /* PSE-36: bit 13 is address bit 32, where nothing answers */
    scene_protected("skylake-server", 0);
    g.s.cr4 = PSE;
    scene_paging();
    put(TABLES + 4, 0x2087, 4);
    read_at(0x400000 + DATA);
    EXPECT(g.s.rip == CODE + 5U && g.s.gpr[AX] == 0xffffffff,
           "SDM 3A, 32-Bit Paging: PDE bits 20:13 with PSE-36");
    /* bit 7 of a PTE */
    static const struct {
        const char *profile;
        uint64_t cr4;
        bool reserved;
    } ptes[] = {{"pentium", PSE, true}, {"pentium", 0, false}, {"skylake-server", PSE, false}};
    for (unsigned i = 0; i < sizeof ptes / sizeof *ptes; i++) {
        scene_protected(ptes[i].profile, 0);
        g.s.cr4 = ptes[i].cr4;
        scene_paging();
        scene_page(DATA, DATA | 0x87);
        read_at(DATA);
        if (ptes[i].reserved)
            EXPECT_FAULT(PF_, 9,
                         "SDM 3A, 32-Bit Paging: bit 7 of a PTE reserved without PAT, if CR4.PSE = 1");
        else
            EXPECT(read_mark(), "SDM 3A, 32-Bit Paging: bit 7 of a PTE is PAT, or ignored while CR4.PSE = 0");
    }
}

/* ---- wide entries ---- */

static void wide_entries(void) {
    /* the PDPTE of the second GiB is absent: no entry in memory is read */
    scene_protected("intel-max", 0);
    g.s.cr4 = PAE;
    scene_paging();
    g.s.pdpte[1] = TABLES + 0x1000; /* a directory that would do */
    read_at(0x40000000);
    EXPECT_FAULT(PF_, 0, "SDM 3A, PAE Paging: a PDPTE with P = 0");
    EXPECT(g.s.cr2 == 0x40000000, "CR2");
    /* PML4E with PS; a 1 GiB page; its reserved bits */
    static const struct {
        uint64_t at, entry;
        int error;
        const char *rule;
    } cases[] = {
        {TABLES + 8, 0x87, 9, "SDM 3A, 4-Level Paging: PS of a PML4E is reserved"},
        {TABLES + 0x1000 + 8, 0x87, -1, "SDM 3A, 4-Level Paging: 1-GByte page"},
        {TABLES + 0x1000 + 8, 0x1087, -1, "SDM 3A, 4-Level Paging: bit 12 is PAT"},
        {TABLES + 0x1000 + 8, 0x2087, 9, "SDM 3A, 4-Level Paging: bits 29:13 of a 1-GByte page are reserved"},
        {TABLES + 0x1000 + 8, 0x20000087, 9, "SDM 3A, 4-Level Paging: bits 29:13 reserved"},
        {TABLES + 0x1000 + 8, 0x86, 0, "SDM 3A, 4-Level Paging: P = 0"},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        scene_long("intel-max", 0);
        put(cases[i].at, cases[i].entry, 8);
        uint64_t at = (cases[i].at == TABLES + 8 ? UINT64_C(0x8000000000) : 0x40000000) + DATA;
        EMIT(0x8b, 0x01, 0x90, 0x90, 0x90); /* MOV EAX, [RCX] */
        put(DATA, MARK, 4);
        g.s.gpr[CX] = at;
        go(1);
        if (cases[i].error >= 0) {
            EXPECT_FAULT(PF_, (uint64_t)cases[i].error, cases[i].rule);
            EXPECT(g.s.cr2 == at, "CR2");
        } else {
            EXPECT(g.s.rip == CODE + 2U && g.s.gpr[AX] == MARK, cases[i].rule);
        }
    }
    /* SMAP: user pages are out of a supervisor's reach unless EFLAGS.AC is set; an implicit access has no
     * such way out */
    for (unsigned i = 0; i < 4; i++) {
        bool ac = i & 1, smap = i & 2;
        scene_long("intel-max", 0);
        for (uint64_t page = 0; page < 512; page++)
            scene_page(page << 12, page << 12 | 3);
        scene_page(DATA, DATA | 7);
        EMIT(0x8b, 0x01, 0x8e, 0xe0); /* MOV EAX, [RCX]; MOV FS, EAX */
        put(DATA, 4, 4);
        put(LDT, segment_descriptor(0, 0xfffff, AR_DATA32), 8);
        g.s.gpr[CX] = DATA;
        g.s.cr4 |= smap ? SMAP : 0;
        g.s.rflags |= ac ? AC : 0;
        go(1);
        if (smap && !ac) {
            EXPECT_FAULT(PF_, 1, "SDM 3A, Determination of Access Rights: SMAP");
            EXPECT(g.s.cr2 == DATA && !(g.s.rflags & AC), "CR2");
            continue;
        }
        EXPECT(g.s.rip == CODE + 2U && g.s.gpr[AX] == 4,
               "SDM 3A, Determination of Access Rights: SMAP and AC");
        scene_page(LDT, LDT | 7);
        go(1);
        if (smap)
            EXPECT(handler() == PF_ && frame(0) == 1 && g.s.cr2 == LDT,
                   "SDM 3A, Access Rights: implicit supervisor-mode accesses regardless of EFLAGS.AC");
        else
            EXPECT(g.s.rip == CODE + 4U && g.s.segment[FS].selector == 4, "without SMAP");
    }
    /* INVLPG ends what is cached of a page: of one that was read, of one that was only executed; of a large
     * page, too */
    for (unsigned large = 0; large < 2; large++) {
        scene_long("intel-max", 0);
        EMIT(0x8b, 0x01, 0x0f, 0x01, 0x3a, 0x8b, 0x01); /* MOV EAX, [RCX]; INVLPG [RDX]; MOV EAX, [RCX] */
        put(DATA, MARK, 4);
        put(DATA + 0x1000, 5, 4);
        uint64_t base = large ? 0x40000000 : 0;
        uint64_t entry_at = large ? TABLES + 0x1000 + 8 : TABLES + 0x3000 + 8 * (DATA >> 12);
        put(entry_at, large ? 0x87 : DATA | 7, 8);
        g.s.gpr[CX] = base + DATA;
        g.s.gpr[DX] = base + (large ? 0x2345678 : DATA + 0xfff); /* any byte of the page */
        go(1);
        EXPECT(g.s.gpr[AX] == MARK, "before the entry changes");
        put(entry_at, large ? 0 : (DATA + 0x1000) | 7, 8);
        go_on(2);
        if (large)
            EXPECT(handler() == PF_ && g.s.cr2 == base + DATA, "SDM 2A INVLPG: a 1-GByte page");
        else
            EXPECT(g.s.rip == CODE + 7U && g.s.gpr[AX] == 5, "SDM 2A INVLPG");
    }
    scene_long("intel-max", 0);
    EMIT(0xff, 0xe1);         /* JMP RCX */
    put(DATA, 0x39010f90, 4); /* there: NOP; INVLPG [RCX]; NOP */
    put(DATA + 4, 0x90, 1);
    put(DATA + 0x1000, 0xf4f4f4f4f4, 5); /* what the page becomes: HLT */
    g.s.gpr[CX] = DATA;
    go(2);
    scene_page(DATA, (DATA + 0x1000) | 7);
    go_on(2);
    EXPECT(g.s.halted && g.s.rip == DATA + 5U, "SDM 2A INVLPG: translations of fetches");
}

/* ---- x87, MMX, SSE, AVX ---- */

static void extensions(void) {
    enum { FLD1, WAIT, MMX, SSE, AVX, KINDS };
    static const uint8_t code[KINDS][4] = {
        {0xd9, 0xe8}, {0x9b, 0x90}, {0x0f, 0xef, 0xc0}, {0x0f, 0x57, 0xc0}, {0xc5, 0xf8, 0x57, 0xc0}};
    static const uint8_t length[KINDS] = {2, 1, 3, 3, 4};
    for (unsigned i = 0; i < 2 * 2 * 2 * 2 * 2 * 3 * KINDS; i++) {
        unsigned kind = i % KINDS, n = i / KINDS, components = n % 3;
        bool mp = (n /= 3) & 1, em = n & 2, ts = n & 4, fxsr = n & 8, xsave = n & 16;
        scene_protected("intel-max", 0);
        code_bytes(code[kind], 4);
        g.s.cr0 |= (mp ? MP : 0) | (em ? EM : 0) | (ts ? TS : 0);
        g.s.cr4 = (fxsr ? OSFXSR : 0) | (xsave ? OSXSAVE : 0);
        g.s.xcr0 = components == 0 ? 1 : components == 1 ? 3 : 7;
        g.s.ftw = 0;
        g.s.fcw = 0x37f;
        go(1);
        int vector = -1;
        switch (kind) {
        case FLD1:
            vector = em || ts ? NM_ : -1;
            break;
        case WAIT:
            vector = mp && ts ? NM_ : -1;
            break;
        case MMX:
            vector = em ? UD_ : ts ? NM_ : -1;
            break;
        case SSE:
            vector = em || !fxsr ? UD_ : ts ? NM_ : -1;
            break;
        case AVX:
            vector = !xsave || components != 2 ? UD_ : ts ? NM_ : -1;
            break;
        }
        if (vector >= 0)
            EXPECT_FAULT(
                vector, 0,
                "SDM 3A, Control Registers: EM, TS, MP, OSFXSR, OSXSAVE; SDM 3A, tables of x87, MMX, SSE; "
                "SDM 2A, AVX Exceptions Type 4");
        else
            EXPECT(g.s.rip == CODE + (unsigned)length[kind], "the same: available");
    }
    /* VEX in real-address and virtual-8086 mode */
    for (unsigned i = 0; i < 2; i++) {
        if (i)
            scene_vm86("intel-max", 3, OSXSAVE);
        else
            scene_real("intel-max");
        code_bytes(code[AVX], 4);
        g.s.cr4 |= OSXSAVE;
        g.s.xcr0 = 7;
        go(1);
        if (i)
            EXPECT(handler() == UD_ && frame(0) == 0, "SDM 2A, VEX: #UD in virtual-8086 mode");
        else
            EXPECT_FAULT(UD_, 0, "SDM 2A, VEX: #UD in real-address mode");
    }
}

int main(void) {
    g.test = "test_paging";
    large_32();
    wide_entries();
    extensions();
    return scene_end();
}
