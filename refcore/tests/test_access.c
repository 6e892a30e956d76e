/* SPDX-License-Identifier: BSD-2-Clause */
/* test_access - the edges of the canonical range and of segments, alignment checks by operand and in
 * deliveries, breakpoints on operands of every width, and memory that is neither RAM nor writable. Each
 * expectation cites its rule. */
#include "scene.h"

enum { AM = 0x40000, DE = 8, OSFXSR = 0x200, PAE = 0x20, LA57 = 0x1000 };
enum { UNCLAIMED = 0x50000000, APIC = (int)0xfee00000 };

/* ---- the canonical range ---- */

static void canonical(void) {
    const uint64_t top = UINT64_C(0x800000000000);
    static const struct {
        uint8_t code[4];
        uint64_t below; /* the operand's distance from the first address that is not canonical */
        int vector;
    } cases[] = {
        {{0x48, 0x8b, 0x01}, 0, GP_}, {{0x48, 0x8b, 0x01}, 7, GP_}, {{0x48, 0x8b, 0x01}, 8, PF_},
        {{0x48, 0x89, 0x01}, 7, GP_}, {{0x8a, 0x01}, 1, PF_},       {{0x8a, 0x01}, 0, GP_},
        {{0x48, 0x8b, 0x45}, 0, SS_}, {{0x48, 0x8b, 0x45}, 7, SS_}, {{0x48, 0x8b, 0x45}, 8, PF_},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        scene_long("intel-max", 0);
        EMIT(cases[i].code[0], cases[i].code[1], cases[i].code[2], cases[i].code[3]);
        uint64_t at = top - cases[i].below;
        g.s.gpr[CX] = g.s.gpr[BP] = at;
        go(1);
        EXPECT_FAULT(cases[i].vector, 0,
                     "SDM 2B MOV, 64-Bit Mode Exceptions: an operand with a byte that is not canonical");
        if (cases[i].vector == PF_)
            EXPECT(g.s.cr2 == at, "SDM 3A, Interrupt 14-Page-Fault Exception (#PF): CR2");
    }
    /* 57 bits with 5-level paging */
    for (unsigned i = 0; i < 2; i++) {
        scene_long("intel-max", 0);
        EMIT(0x48, 0x8b, 0x01);
        put(TABLES + 0x4000, TABLES | 7, 8);
        g.s.cr3 = TABLES + 0x4000;
        g.s.cr4 |= LA57;
        uint64_t at = i ? UINT64_C(1) << 56 : top;
        g.s.gpr[CX] = at;
        go(1);
        EXPECT_FAULT(i ? GP_ : PF_, 0, "SDM 1, Canonical Addressing: 57 bits with CR4.LA57");
        EXPECT(i || g.s.cr2 == at, "CR2 of an address beyond 48 bits");
    }
    /* a descriptor across the end: of the LDT, so that the handlers' segments can be read */
    scene_long("intel-max", 0);
    EMIT(0x8e, 0xd8); /* MOV DS, AX */
    g.s.gpr[AX] = 4;
    g.s.segment[LDTR].base = top - 5;
    go(1);
    EXPECT_FAULT(GP_, 0,
                 "SDM 3A, Interrupt 13-General Protection Exception (#GP): an address that is not canonical");
    /* RETF with a word of the stack across the end */
    scene_long("intel-max", 0);
    EMIT(0xcb);
    g.s.gpr[SP] = top - 7; /* the last of its four words */
    put(IDT + 16 * SS_ + 4, 1, 1);
    go(1);
    EXPECT(handler() == SS_ && frame(0) == 0 && frame(1) == CODE && frame(4) == top - 7,
           "SDM 2B RET, 64-Bit Mode Exceptions: stack not canonical");
}

/* ---- segments ---- */

static void data_segment(unsigned rights, uint32_t limit) {
    g.s.segment[DS].rights = (uint16_t)rights;
    g.s.segment[DS].limit = limit;
}

static void segments(void) {
    static const struct {
        unsigned rights;
        uint32_t limit, offset;
        bool faults;
    } cases[] = {
        {0x4097, 0xfff, 0xfff, true},           {0x4097, 0xfff, 0x1000, false},
        {0x4097, 0xfff, 0xfffffffc, false},     {0x4097, 0xfff, 0xfffffffd, true},
        {0x0097, 0xfff, 0xfffc, false},         {0x0097, 0xfff, 0xfffd, true},
        {0x0097, 0xfff, 0x10000, true},         {0x0097, 0xffff, 0xfffc, true},
        {0x4097, 0xffffffff, 0x1000, true},     {0x4093, 0x14003, 0x14000, false},
        {0x4093, 0x14003, 0x14001, true},       {0x4099, 0xfffff, 0x14000, true},
        {0x409b, 0xfffff, 0x14000, false},      {0x4013, 0xfffff, 0x14000, true},
        {0x4093, 0xffffffff, 0xfffffffe, true},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        scene_protected("intel-max", 0);
        EMIT(0x8b, 0x01);
        g.s.gpr[CX] = cases[i].offset;
        data_segment(cases[i].rights, cases[i].limit);
        go(1);
        if (cases[i].faults)
            EXPECT_FAULT(GP_, 0, "SDM 3A, Limit Checking, Type Checking: expand-down, execute-only, limit");
        else
            EXPECT(g.s.rip == CODE + 2, "SDM 3A, Limit Checking: within the segment");
    }
    /* fetches: the limit of CS cuts an instruction off, not the one before it */
    for (unsigned i = 0; i < 2; i++) {
        scene_protected("intel-max", 0);
        EMIT(0x83, 0xc0, 0x01); /* ADD EAX, 1 */
        g.s.segment[CS].limit = CODE + 1 + i;
        go(1);
        if (i == 0) {
            EXPECT_FAULT(GP_, 0, "SDM 3A, Limit Checking: an instruction beyond the limit of CS");
            EXPECT(g.s.gpr[AX] == 0, "an instruction that cannot be fetched does nothing");
            continue;
        }
        EXPECT(g.s.gpr[AX] == 1 && g.s.rip == CODE + 3U, "an instruction that ends at the limit");
        go_on(1);
        EXPECT(handler() == GP_ && frame(1) == CODE + 3U, "the next one is beyond it");
    }
    /* a stack that can be executed only: POP's and RET's reads are refused alike */
    for (unsigned i = 0; i < 2; i++) {
        scene_protected("intel-max", 3);
        if (i)
            EMIT(0xcb);
        else
            EMIT(0x58);
        g.s.segment[SS].rights = 0x40f9;
        go(1);
        EXPECT_FAULT(SS_, 0, "SDM 3A, Type Checking: no data is read from an execute-only segment");
    }
}

/* ---- alignment ---- */

/* SDM Vol. 3A, "Interrupt 17-Alignment Check Exception (#AC)", table "Alignment Requirements by Data Type" */
static void alignment(void) {
    static const struct {
        uint8_t code[3];
        uint8_t length, multiple;
        const char *what;
    } cases[] = {
        {{0x8a, 0x01}, 2, 1, "byte"},
        {{0x66, 0x8b, 0x01}, 3, 2, "word"},
        {{0x8b, 0x01}, 2, 4, "doubleword"},
        {{0x89, 0x01}, 2, 4, "doubleword, stored"},
        {{0x01, 0x01}, 2, 4, "doubleword, read and written"},
        {{0xd9, 0x01}, 2, 4, "single precision"},
        {{0xdd, 0x01}, 2, 8, "double precision"},
        {{0xdb, 0x29}, 2, 8, "double extended precision"},
        {{0xdf, 0x29}, 2, 8, "quadword integer"},
        {{0x0f, 0x6f, 0x01}, 3, 8, "quadword"},
        {{0x0f, 0x10, 0x01}, 3, 16, "double quadword: MOVUPS, SDM 2B, Exceptions Type 4.UA"},
        {{0x66, 0xc4, 0x01}, 3, 2, "32-bit far pointer"},
        {{0xc4, 0x01}, 2, 4, "48-bit far pointer"},
        {{0x0f, 0x01, 0x01}, 3, 4, "GDTR contents"},
        {{0xd9, 0x31}, 2, 4, "FSTENV save area, 32-bit"},
        {{0x66, 0xd9, 0x31}, 3, 2, "FSTENV save area, 16-bit"},
        {{0xd9, 0x21}, 2, 4, "FLDENV save area, 32-bit"},
        {{0xdd, 0x31}, 2, 4, "FSAVE save area, 32-bit"},
        {{0x66, 0xdd, 0x31}, 3, 2, "FSAVE save area, 16-bit"},
        {{0xdd, 0x21}, 2, 4, "FRSTOR save area, 32-bit"},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++)
        for (unsigned add = 0; add < 16; add++) {
            scene_protected("intel-max", 3);
            code_bytes(cases[i].code, cases[i].length);
            g.s.cr0 |= AM;
            g.s.cr4 |= OSFXSR;
            g.s.rflags |= AC;
            g.s.fcw = 0x37f;
            g.s.ftw = 0;
            g.s.gpr[CX] = DATA + add;
            go(1);
            if (add % cases[i].multiple)
                EXPECT_FAULT(AC_, 0, cases[i].what);
            else
                EXPECT(g.s.rip == CODE + (unsigned)cases[i].length, cases[i].what);
        }
    for (unsigned add = 0; add < 8; add++) {
        scene_long("intel-max", 3);
        EMIT(0x0f, 0x01, 0x01); /* SGDT [RCX] */
        g.s.cr0 |= AM;
        g.s.rflags |= AC;
        g.s.gpr[CX] = DATA + add;
        go(1);
        if (add % 4)
            EXPECT_FAULT(AC_, 0, "SDM 3A, Interrupt 17: GDTR contents");
        else
            EXPECT(g.s.rip == CODE + 3U && get(DATA + add, 2) == 0xff && get(DATA + add + 2, 8) == GDT,
                   "SDM 3A, Interrupt 17: GDTR contents, ten bytes in 64-bit mode");
    }
    /* all of CR0.AM, EFLAGS.AC and CPL 3 are needed; the pops of RETF are data accesses too */
    for (unsigned i = 0; i < 16; i++) {
        bool am = i & 1, ac = i & 2, odd = i & 4, user = i & 8;
        scene_protected("intel-max", user ? 3 : 0);
        EMIT(0xcb);
        g.s.cr0 |= am ? AM : 0;
        g.s.rflags |= ac ? AC : 0;
        g.s.gpr[SP] += odd ? 2 : 0;
        put(g.s.gpr[SP], DATA, 4);
        put(g.s.gpr[SP] + 4, user ? USER_CODE : CODE32, 4);
        /* a breakpoint on the item that holds CS, so that the accesses are looked at whatever the flags */
        g.s.dr[0] = g.s.gpr[SP] + 4;
        g.s.dr7 = 0x400 | 1 | UINT64_C(7) << 16; /* accesses, 2 bytes */
        go(1);
        if (am && ac && odd && user) {
            EXPECT_FAULT(AC_, 0, "SDM 3A, Interrupt 17-Alignment Check Exception (#AC): RETF");
            continue;
        }
        EXPECT(g.s.rip == DATA, "SDM 3A, Interrupt 17: CR0.AM, EFLAGS.AC and CPL 3");
        go_on(1);
        EXPECT(handler() == DB_ && (g.s.dr6 & 15) == 1 && frame(0) == DATA,
               "SDM 3B, Data Memory and I/O Breakpoint Exception Conditions: RETF");
    }
    /* pushes of a delivery at CPL 3: #AC is benign, so after #PF the two are handled one after the other */
    scene_protected("intel-max", 3);
    scene_paging();
    EMIT(0xa1, BYTES4(0x1c0000));
    scene_page(0x1c0000, 0);
    idt(PF_, USER_CODE & ~3U, handler_at(PF_), INT32);
    g.s.cr0 |= AM;
    g.s.rflags |= AC;
    g.s.gpr[SP] = STACK3 + 2;
    go(1);
    EXPECT_FAULT(AC_, 0, "SDM 3A, Interrupt 8-Double Fault: a page fault, then a benign exception");
    EXPECT(g.s.cr2 == 0x1c0000, "the page fault has set CR2");
}

/* ---- breakpoints on wide operands, bases in 64-bit mode ---- */

static void wide(void) {
    enum { LOAD, STORE, FXSAVE, OPERANDS };
    static const uint8_t code[OPERANDS][4] = {
        {0x0f, 0x10, 0x04, 0x25}, {0x0f, 0x11, 0x04, 0x25}, {0x0f, 0xae, 0x04, 0x25}};
    for (unsigned i = 0; i < OPERANDS * 2; i++) { /* breakpoints on writes, on any access */
        bool any = i & 1;
        scene_long("intel-max", 0);
        code_bytes(code[i / 2], 4);
        EMIT(BYTES4(DATA), 0x90);
        g.s.cr4 |= OSFXSR;
        g.s.dr[0] = DATA + 8;
        g.s.dr[1] = DATA + 8; /* an instruction breakpoint there, which data accesses do not hit */
        g.s.dr7 = 0x400 | 1 | 4 | (any ? UINT64_C(0xb) : 9) << 16; /* 8 bytes */
        go(2);
        if (i / 2 == LOAD && !any)
            EXPECT(g.s.rip == CODE + 9U, "SDM 3B, Debug Control Register (DR7): a load and R/W = 01B");
        else
            EXPECT(handler() == DB_ && (g.s.dr6 & 15) == 1 && frame(0) == CODE + 8U,
                   "SDM 3B, Breakpoint Field Recognition: within a wide operand");
    }
    for (unsigned add = 0; add <= 16; add += 8) { /* MOVAPS XMM0, FS:[DATA] */
        scene_long("intel-max", 0);
        EMIT(0x64, 0x0f, 0x28, 0x04, 0x25, BYTES4(DATA));
        put(DATA + 0x100 + add, 0x1122334455667788, 8);
        g.s.cr4 |= OSFXSR;
        g.s.segment[FS].base = 0x100 + add;
        go(1);
        uint64_t low;
        memcpy(&low, g.s.ymm[0], 8);
        if (add == 8)
            EXPECT_FAULT(GP_, 0, "SDM 2B MOVAPS: the linear address, base included, is not aligned");
        else
            EXPECT(g.s.rip == CODE + 9U && low == 0x1122334455667788,
                   "SDM 1, Segmentation in 64-Bit Mode: FS has a base");
    }
    /* I/O breakpoints pass over what is armed for instructions or data */
    scene_protected("intel-max", 0);
    EMIT(0xe6, 0x80, 0x90);
    g.s.cr4 |= DE;
    g.s.dr[0] = g.s.dr[1] = g.s.dr[2] = 0x80;
    g.s.dr7 = 0x400 | 0x15 | 3 << 20 | 2 << 24; /* DR0 instructions, DR1 data, DR2 I/O */
    go(2);
    EXPECT(handler() == DB_ && (g.s.dr6 & 15) == 4 && frame(0) == CODE + 2U,
           "SDM 3B, Debug Control Register (DR7): R/W = 10B");
    /* both kinds of stated-privilege read of the vector table: INT n with VME after the program read it */
    scene_vm86("intel-max", 3, 1);
    EMIT(0xa1, BYTES2(0x800), 0xcd, 0x30); /* MOV AX, [800h]; INT 30h */
    paragraph(DS, 0, true);
    put(TSS_A + 0x66, 0x88, 2); /* the redirection bit map at 68h: all zero */
    g.s.segment[TR].limit = 0x90;
    go(2);
    EXPECT(g.s.segment[CS].selector == 0x900 && g.s.rip == 4 * 0x30 && (g.s.rflags & 0x20000),
           "SDM 3B, Software Interrupt Handling Methods in Virtual-8086 Mode: method 5");
}

/* ---- memory that is neither RAM nor writable ---- */

static void read_eax(uint32_t at, uint32_t value, const char *rule) {
    g.at = g.s.rip = CODE;
    EMIT(0xa1, BYTES4(at));
    g.s.gpr[AX] = 0;
    go(1);
    EXPECT(g.s.rip == CODE + 5U && g.s.gpr[AX] == value, rule);
}
static void write_eax(uint32_t at, uint32_t value) {
    g.at = g.s.rip = CODE;
    EMIT(0xa3, BYTES4(at));
    g.s.gpr[AX] = value;
    go(1);
    EXPECT(g.s.rip == CODE + 5U, "a store");
}

static void not_ram(void) {
    /* pages 180 and 182 are RAM, 181 answers nothing, 183 is the local APIC */
    scene_protected("intel-max", 0);
    scene_paging();
    scene_page(0x181000, UNCLAIMED | 7);
    scene_page(0x183000, (uint32_t)APIC | 7);
    put(0x180ffc, 0x1234abcd, 4);
    put(0x182000, 0x5678, 4);
    read_eax(0x180ffe, 0xffff1234, "an operand that begins in RAM and ends where nothing answers");
    read_eax(0x181ffe, 0x5678ffff, "an operand that begins where nothing answers");
    read_eax(0x181001, 0xffffffff, "all bytes where nothing answers");
    write_eax(0x180ffe, 0x11223344);
    EXPECT(get(0x180ffe, 2) == 0x3344, "the half of a store that lies in RAM");
    write_eax(0x181ffe, 0x55667788);
    EXPECT(get(0x182000, 2) == 0x5566, "the other half of a store that lies in RAM");
    write_eax(0x183080, 0x20);
    EXPECT(g.s.cr8 == 2, "SDM 3A, Task and Processor Priorities: TPR is CR8");
    read_eax(0x183080, 0x20, "SDM 3A, Local APIC Register Address Map: TPR at 80h");
    /* code where nothing answers: FFh FFh is no instruction */
    g.s.rip = 0x181000;
    go(1);
    EXPECT(handler() == UD_ && frame(0) == 0x181000, "SDM 2, opcode map: FF /7 is #UD");
    /* eight bytes, and beyond 4 GiB, with wide entries */
    scene_long("intel-max", 0);
    EMIT(0x48, 0x8b, 0x01, 0x48, 0x89, 0x01); /* MOV RAX, [RCX]; MOV [RCX], RAX */
    scene_page(0x181000, UINT64_C(0x100000000) | 7);
    g.s.gpr[CX] = 0x181008;
    go(2);
    EXPECT(g.s.gpr[AX] == UINT64_MAX && g.s.rip == CODE + 6U, "a quadword beyond 4 GiB");
    /* page tables where nothing answers: every entry is all ones */
    for (unsigned wide_entries = 0; wide_entries < 2; wide_entries++) {
        scene_protected("intel-max", 0);
        g.s.cr4 = wide_entries ? PAE : 0;
        scene_paging();
        put(wide_entries ? TABLES + 0x1000 + 8 : TABLES + 4, UNCLAIMED | 7, wide_entries ? 8 : 4);
        EMIT(0xa1, BYTES4(wide_entries ? 0x200000 : 0x400000));
        go(1);
        if (wide_entries) {
            EXPECT_FAULT(PF_, 9, "SDM 3A, PAE Paging: bits from MAXPHYADDR to 62 are reserved");
            EXPECT(g.s.cr2 == 0x200000, "CR2");
        } else {
            EXPECT(g.s.rip == CODE + 5U && g.s.gpr[AX] == 0xffffffff,
                   "SDM 3A, 32-Bit Paging: an entry of all ones maps the last page");
        }
    }
}

int main(void) {
    g.test = "test_access";
    canonical();
    segments();
    alignment();
    wide();
    not_ram();
    return scene_end();
}
