/* SPDX-License-Identifier: BSD-2-Clause */
/* test_long - rules of IA-32e mode: process-context identifiers in INVPCID, CR3 and CR4; the base of 64-bit
 * code. */
#include "scene.h"

enum { PCIDE = 1 << 17 };

/* ---- PCIDs: SDM Vol. 2A INVPCID; SDM Vol. 2B MOV-Move to/from Control Registers; SDM Vol. 3A,
 * "Process-Context Identifiers" ---- */

static void invpcid(void) {
    static const struct {
        uint64_t type, low, address;
        bool pcide, fault;
        const char *rule;
    } cases[] = {
        {0, 0, 0x1000, false, false, "type 0, PCID 0 with PCIDE = 0"},
        {0, 5, 0x1000, false, true, "type 0, PCIDE = 0, PCID not 0"},
        {1, 5, 0, false, true, "type 1, PCIDE = 0, PCID not 0"},
        {2, 5, 0, false, false, "type 2 does not look at the PCID"},
        {3, 5, 0, false, false, "type 3 does not look at the PCID"},
        {0, 5, 0x1000, true, false, "type 0, PCIDE = 1"},
        {1, 0xfff, 0, true, false, "type 1, the greatest PCID"},
        {0, 0x1000, 0x1000, true, true, "bits 63:12 of the descriptor"},
        {2, UINT64_C(1) << 63, 0, true, true, "bits 63:12 of the descriptor, type 2"},
        {4, 0, 0, true, true, "type 4 does not exist"},
        {UINT64_C(1) << 32, 0, 0, true, true, "the type has 64 bits in 64-bit mode"},
        {0, 0, UINT64_C(1) << 60, true, true, "type 0, address not canonical"},
        {1, 0, UINT64_C(1) << 60, true, false, "type 1 does not look at the address"},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        scene_long("skylake-server", 0);
        g.s.cr4 |= cases[i].pcide ? PCIDE : 0;
        g.s.gpr[AX] = cases[i].type;
        g.s.gpr[BX] = DATA;
        put(DATA, cases[i].low, 8);
        put(DATA + 8, cases[i].address, 8);
        uint64_t start = g.s.rip;
        EMIT(0x66, 0x0f, 0x38, 0x82, 0x03);
        go(1);
        if (cases[i].fault)
            EXPECT_FAULT(GP_, 0, cases[i].rule);
        else
            EXPECT(g.s.rip == start + 5, cases[i].rule);
    }
    scene_long("skylake-server", 3);
    EMIT(0x66, 0x0f, 0x38, 0x82, 0x03);
    go(1);
    EXPECT_FAULT(GP_, 0, "SDM 2A INVPCID: CPL 3");
    scene_long("zen", 0);
    EMIT(0x66, 0x0f, 0x38, 0x82, 0x03);
    go(1);
    EXPECT_FAULT(UD_, 0, "SDM 2A INVPCID: #UD without the feature");
}

static void cr3(void) {
    static const struct {
        uint64_t high, low;
        bool pcide, fault;
        const char *rule;
    } cases[] = {
        {UINT64_C(1) << 63, 0, true, false, "CR3 bit 63 with PCIDE = 1: accepted, not stored"},
        {UINT64_C(1) << 63, 0, false, true, "CR3 bit 63 with PCIDE = 0: reserved"},
        {UINT64_C(1) << 62, 0, true, true, "CR3 bit 62: reserved"},
        {UINT64_C(1) << 46, 0, true, true, "CR3 bits from MAXPHYADDR: reserved"},
        {0, 0xfff, true, false, "CR3[11:0] is the PCID"},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        scene_long("skylake-server", 0);
        g.s.cr4 |= cases[i].pcide ? PCIDE : 0;
        g.s.gpr[AX] = TABLES | cases[i].high | cases[i].low;
        EMIT(0x0f, 0x22, 0xd8);
        go(1);
        if (cases[i].fault)
            EXPECT_FAULT(GP_, 0, cases[i].rule);
        else
            EXPECT(g.s.cr3 == (TABLES | cases[i].low), cases[i].rule);
    }
    /* CR4.PCIDE: only in IA-32e mode, only with PCID 0; PG cannot be cleared with it */
    scene_long("skylake-server", 0);
    g.s.gpr[AX] = g.s.cr4 | PCIDE;
    g.s.cr3 |= 8;
    EMIT(0x0f, 0x22, 0xe0);
    go(1);
    EXPECT_FAULT(GP_, 0, "SDM 2B MOV CR: PCIDE with CR3[11:0] not 0");
    scene_protected("skylake-server", 0);
    g.s.gpr[AX] = g.s.cr4 | PCIDE;
    EMIT(0x0f, 0x22, 0xe0);
    go(1);
    EXPECT_FAULT(GP_, 0, "SDM 2B MOV CR: PCIDE outside IA-32e mode");
    scene_compatibility("skylake-server", 0);
    g.s.cr4 |= PCIDE;
    g.s.gpr[AX] = g.s.cr0 & ~UINT64_C(0x80000000);
    EMIT(0x0f, 0x22, 0xc0);
    go(1);
    EXPECT_FAULT(GP_, 0, "SDM 2B MOV CR: clearing PG with PCIDE = 1");
}

/* ---- SDM Vol. 3A, "Segmentation in IA-32e Mode": what the fuzzer found: blocks were looked up at base + RIP
 * ---- */

static void code_base(void) {
    scene_long("intel-max", 0);
    gdt(FREE, segment_descriptor(0x120000, 0xfffff, AR_CODE64));
    idt(0x30, FREE, handler_at(0x30), INT32);
    put(handler_at(0x30), UINT64_C(0xf4c3ff48), 4); /* inc rbx; hlt */
    EMIT(0xcd, 0x30);
    uint64_t before = g.s.gpr[BX];
    EXPECT(go(1000) == REFCORE_HALT && g.s.gpr[BX] == before + 1 && g.s.segment[CS].selector == FREE,
           "SDM 3A, Segmentation in IA-32e Mode: the base of 64-bit code is 0 whatever its descriptor says");
}

int main(void) {
    g.test = "test_long";
    invpcid();
    cr3();
    code_base();
    return scene_end();
}
