/* SPDX-License-Identifier: BSD-2-Clause */
/* test_board - where processor and board meet: x87 errors through IRQ 13, INIT as an IPI, the local APIC's
 * enable bit in CPUID, fw_cfg. */
#include "scene.h"

enum { PIC_BASE = 0x20, IRQ13 = 0x2d };
enum { NE = 1 << 5, FSW_ZE = 4, FSW_ES = 0x8080, FCW_ZM_CLEAR = 0x37b };
enum { APIC_BASE_MSR = 0x1b, APIC_EN = 1 << 11, APIC_EXTD = 1 << 10, ICR_MSR = 0x830 };

/* mov al, imm8; out imm8, al */
static void out(unsigned port, unsigned value) {
    EMIT(0xb0, (uint8_t)value, 0xe6, (uint8_t)port);
}
/* Both 8259A at vectors 20h and 28h; `mask` of the second one; 8 instructions a chip. */
static void start_pic(unsigned mask) {
    static const uint8_t master[] = {0x11, PIC_BASE, 4, 1}, slave[] = {0x11, PIC_BASE + 8, 2, 1};
    for (unsigned i = 0; i < 4; i++) {
        out(i ? 0x21 : 0x20, master[i]);
        out(i ? 0xa1 : 0xa0, slave[i]);
    }
    out(0x21, 0xfb);
    out(0xa1, mask);
}
enum { START_PIC = 20 };

/* ---- x87 errors with CR0.NE = 0: SDM Vol. 1, Appendix D, "MS-DOS Compatibility Sub-mode" ---- */

/* A pending zero divide, NE clear; the instruction under test follows. */
static void pending_error(unsigned mask, bool interrupts) {
    scene_protected("intel-max", 0);
    g.s.rflags = 2 | (interrupts ? IF : 0);
    g.s.fcw = FCW_ZM_CLEAR;
    g.s.ftw = 0;
    g.s.fsw = FSW_ES | FSW_ZE;
    start_pic(mask);
}
static uint64_t here(void) {
    return g.at - CODE;
}

static void x87_errors(void) {
    static const struct {
        uint8_t code[2];
        const char *name;
    } waiting[] = {{{0x9b, 0x90}, "WAIT"}, {{0xd9, 0xe8}, "FLD1"}, {{0x0f, 0x77}, "EMMS"}};
    for (unsigned i = 0; i < 3; i++) {
        pending_error(0xdf, true);
        uint64_t at = g.s.rip + here();
        EMIT(waiting[i].code[0], waiting[i].code[1]);
        go(START_PIC + 2);
        EXPECT(
            handler() == IRQ13 && frame(0) == at,
            "SDM 1, D.2.1.1: the processor freezes before the waiting instruction and IRQ 13 returns to it");
        EXPECT((g.s.fsw & FSW_ES) == FSW_ES, "SDM 1, D.2.1.1: the exception stays pending");
    }
    /* #MF with NE set, whatever the PIC does */
    pending_error(0xdf, true);
    g.s.cr0 |= NE;
    EMIT(0x9b);
    go(START_PIC + 1);
    EXPECT(handler() == MF_, "SDM 3A, Interrupt 16: NE = 1 gives #MF");
    /* masked: frozen for ever */
    pending_error(0xff, true);
    EMIT(0x9b);
    EXPECT(go(1000) == REFCORE_HALT, "SDM 1, D.2.1.1: the frozen processor waits for an interrupt");
    pending_error(0xdf, false);
    EMIT(0xd9, 0xe8);
    EXPECT(go(1000) == REFCORE_HALT, "SDM 1, D.2.1.1: with IF clear it waits in vain");
    /* no-wait instructions run */
    pending_error(0xdf, true);
    EMIT(0xdf, 0xe0, 0xdb, 0xe2, 0x9b, 0xf4); /* fnstsw ax; fnclex; wait; hlt */
    EXPECT(go(1000) == REFCORE_HALT && (g.s.gpr[AX] & 0xffff) == (FSW_ES | FSW_ZE) && !g.s.fsw,
           "SDM 1, 8.3.12: non-waiting instructions do not report the error; cleared, it is none");
}

static void ignne(void) {
    /* the handler acknowledges by port F0h only: IGNNE# lets the instruction run */
    pending_error(0xdf, true);
    EMIT(0xd9, 0xe8, 0x9b, 0xdb, 0xe2, 0x90, 0xf4); /* fld1; wait; fnclex; nop; hlt */
    uint64_t code = g.at;
    g.at = handler_at(IRQ13);
    out(0xf0, 0);
    EMIT(0xcf);
    g.at = code;
    enum refcore_end end = go(1000);
    EXPECT(end == REFCORE_HALT && g.s.ftw == 0x80 && g.s.fsw == 0x3800,
           "SDM 1, D.2.1.2: after port F0h IGNNE# is active and FLD1 and WAIT run");
    EXPECT(g.s.gpr[SP] == STACK0, "SDM 1, D.2.1.2: one interrupt, returned from");
    /* IGNNE# ends with the error */
    pending_error(0xdf, true);
    EMIT(0x9b, 0xdb, 0xe2, 0xd9, 0xee, 0xd9, 0xe8, 0xd8, 0xf1,
         0x9b); /* wait fnclex fldz fld1 fdiv st0,st1 wait */
    uint64_t second = g.at - 1 - CODE + g.s.rip;
    code = g.at;
    g.at = handler_at(IRQ13);
    EMIT(0x43); /* inc ebx */
    out(0xf0, 0);
    EMIT(0xb0, 0x20, 0xe6, 0xa0, 0xe6, 0x20, 0xcf); /* mov al, 20h; out a0h, al; out 20h, al; iret */
    g.at = code;
    g.s.gpr[BX] = 0;
    go(START_PIC + 2 + 7 + 6 + 1);
    EXPECT(handler() == IRQ13 && frame(0) == second && g.s.gpr[BX] == 1,
           "SDM 1, D.2.1.2: IGNNE# is never active while FERR# is not, so a new error is reported again");
    /* port F0h before an error does nothing */
    pending_error(0xdf, true);
    out(0xf0, 0);
    uint64_t at = g.s.rip + here();
    EMIT(0x9b);
    go(START_PIC + 2 + 2);
    EXPECT(handler() == IRQ13 && frame(0) == at, "SDM 1, D.2.1.2: IGNNE# needs an active FERR#");
}

/* ---- INIT: SDM Vol. 3A, "Processor State After Reset", table "IA-32 and Intel 64 Processor States Following
 * Power-up, Reset, or INIT" ---- */

static void init_ipi(void) {
    static const unsigned shorthand[] = {1, 2, 0};
    for (unsigned i = 0; i < 3; i++) {
        scene_long("intel-max", 0);
        uint64_t cache = UINT64_C(0x60000000), value = 0;
        g.s.cr0 |= cache;
        g.s.fcw = 0x27f;
        g.s.mxcsr = 0x1f00;
        g.s.dr[0] = 0x1234;
        g.s.cr2 = 0x5678;
        EXPECT(refcore_write_msr(g.m, APIC_BASE_MSR, 0xfee00d00), "SDM 3A, x2APIC State Transitions");
        (void)refcore_write_msr(g.m, 0xc0000082, 0x1234000);
        (void)refcore_write_msr(g.m, 0xc0000102, 0x777000);
        (void)refcore_write_msr(g.m, 0x80f, 0x1ff);
        g.s.gpr[CX] = ICR_MSR;
        g.s.gpr[AX] = 0x4500 | shorthand[i] << 18;
        g.s.gpr[DX] = 0;
        EMIT(0x0f, 0x30);
        go(2);
        EXPECT(g.s.segment[CS].selector == 0xf000 && g.s.segment[CS].base == 0xffff0000 && g.s.rip == 0xfff0,
               "SDM 3A, First Instruction Executed: FFFFFFF0h");
        EXPECT(g.s.cr0 == (cache | 0x10),
               "SDM 3A, Processor State After Reset: INIT keeps CD and NW, sets ET");
        EXPECT(!g.s.cr2 && !g.s.cr3 && !g.s.cr4 && !g.s.efer && g.s.rflags == 2 && !g.s.cpl && !g.s.dr[0] &&
                   g.s.dr6 == 0xffff0ff0 && g.s.dr7 == 0x400,
               "SDM 3A, Processor State After Reset: INIT");
        EXPECT(g.s.idtr_base == 0 && g.s.idtr_limit == 0xffff && g.s.gdtr_limit == 0xffff &&
                   g.s.segment[TR].rights == 0x8b && g.s.segment[LDTR].rights == 0x82,
               "SDM 3A, Processor State After Reset: descriptor tables");
        EXPECT(g.s.gpr[DX] == 0x806f8 && !g.s.gpr[AX],
               "SDM 3A, Processor State After Reset: EDX, general registers");
        EXPECT(g.s.fcw == 0x27f && g.s.mxcsr == 0x1f00,
               "SDM 3A, Processor State After Reset: x87, MXCSR unchanged");
        EXPECT(refcore_read_msr(g.m, 0xc0000082, &value) && value == 0x1234000 &&
                   refcore_read_msr(g.m, 0xc0000102, &value) && value == 0x777000,
               "SDM 3A, Processor Initialization Overview: INIT leaves MSRs unchanged");
        EXPECT(refcore_read_msr(g.m, APIC_BASE_MSR, &value) && value == 0xfee00d00,
               "SDM 3A, x2APIC State Transitions: INIT keeps the mode");
        EXPECT(refcore_read_msr(g.m, 0x80f, &value) && value == 0xff &&
                   refcore_read_msr(g.m, 0x835, &value) && value == 0x10000,
               "SDM 3A, Local APIC State After an INIT Reset: SVR 000000FFh, LVT masked");
    }
    /* level de-assert, others-only, SMI: nothing */
    static const uint32_t nothing[] = {0x8500 | 2 << 18, 0x4500 | 3 << 18, 0x4200 | 1 << 18};
    for (unsigned i = 0; i < 3; i++) {
        scene_long("intel-max", 0);
        (void)refcore_write_msr(g.m, APIC_BASE_MSR, 0xfee00d00);
        g.s.gpr[CX] = ICR_MSR;
        g.s.gpr[AX] = nothing[i];
        g.s.gpr[DX] = 0;
        EMIT(0x0f, 0x30, 0x90);
        uint64_t at = g.s.rip;
        go(2);
        EXPECT(g.s.rip == at + 3,
               "SDM 3A, Interrupt Command Register: no INIT for this processor; SMM is out of scope");
    }
}

/* ---- CPUID.01H:EDX.APIC: SDM Vol. 3A, "Detecting the Local APIC", "Enabling or Disabling the Local APIC"
 * ---- */

static void apic_flag(void) {
    static const char *const with[] = {"skylake-server", "zen"};
    for (unsigned i = 0; i < 2; i++) {
        for (unsigned leaf = 0; leaf < 1 + i; leaf++) {
            for (unsigned on = 0; on < 2; on++) {
                scene_long(with[i], 0);
                EMIT(0x0f, 0xa2);
                EXPECT(refcore_write_msr(g.m, APIC_BASE_MSR, 0xfee00100 | (on ? APIC_EN : 0)),
                       "SDM 3A, Local APIC Status and Location");
                g.s.gpr[AX] = leaf ? 0x80000001 : 1;
                go(1);
                EXPECT((g.s.gpr[DX] >> 9 & 1) == on,
                       "SDM 3A, Enabling or Disabling the Local APIC: the flag follows EN");
            }
        }
    }
    scene_protected("pentium", 0);
    EMIT(0x0f, 0xa2);
    g.s.gpr[AX] = 1;
    go(1);
    EXPECT(g.s.gpr[DX] >> 9 & 1, "SDM 3A, Detecting the Local APIC: on without IA32_APIC_BASE");
}

/* ---- fw_cfg: QEMU documentation, "QEMU Firmware Configuration (fw_cfg) Device" ---- */

enum { REQUEST = DATA, BUFFER = DATA + 0x100 };

/* mov dx, 510h; mov ax, key; out dx, ax; inc dx; mov edi, BUFFER; mov ecx, size; rep insb; hlt */
static void fwcfg_read(unsigned key, unsigned size) {
    scene_protected("intel-max", 0);
    for (unsigned i = 0; i < 256; i += 8)
        put(BUFFER + i, UINT64_MAX, 8);
    EMIT(0x66, 0xba, 0x10, 0x05, 0x66, 0xb8, BYTES2(key), 0x66, 0xef, 0x42, 0xbf, BYTES4(BUFFER), 0xb9,
         BYTES4(size), 0xf3, 0x6c, 0xf4);
    EXPECT(go(100) == REFCORE_HALT, "fw_cfg: the program ends");
}
static uint64_t big(uint64_t at, unsigned size) {
    uint64_t value = 0;
    for (unsigned i = 0; i < size; i++)
        value = value << 8 | get(at + i, 1);
    return value;
}
static bool is_file(uint64_t at, unsigned size, unsigned key, const char *name) {
    char text[56];
    refcore_read_memory(g.m, at + 8, text, sizeof text);
    return big(at, 4) == size && big(at + 4, 2) == key && strncmp(text, name, sizeof text) == 0;
}

static void fwcfg(void) {
    fwcfg_read(0, 6);
    EXPECT(get(BUFFER, 4) == 0x554d4551 && get(BUFFER + 4, 4) == 0xffff0000,
           "fw_cfg, Signature: QEMU, then zeros");
    fwcfg_read(1, 4);
    EXPECT(get(BUFFER, 4) == 3, "fw_cfg, Revision / feature bitmap: traditional and DMA interfaces");
    fwcfg_read(3, 8);
    uint64_t ram = get(BUFFER, 8);
    EXPECT(ram >= USED && ram % 0x10000 == 0, "fw_cfg: RAM size");
    fwcfg_read(5, 2);
    EXPECT(get(BUFFER, 2) == 1, "fw_cfg: one processor");
    fwcfg_read(0x19, 68);
    EXPECT(big(BUFFER, 4) == 1 && is_file(BUFFER + 4, 20, 0x20, "etc/e820"), "fw_cfg, File Directory");
    fwcfg_read(0x20, 21);
    EXPECT(get(BUFFER, 8) == 0 && get(BUFFER + 8, 8) == ram && get(BUFFER + 16, 5) == 1, "fw_cfg: etc/e820");
}

/* The request of 16 bytes at REQUEST, big-endian; its answer. mov dx, 518h; mov eax, bswap(REQUEST); out dx,
 * eax; hlt */
static uint64_t fwcfg_dma(uint32_t control, uint32_t length, uint64_t address) {
    put(REQUEST, __builtin_bswap32(control), 4);
    put(REQUEST + 4, __builtin_bswap32(length), 4);
    put(REQUEST + 8, __builtin_bswap64(address), 8);
    EMIT(0x66, 0xba, 0x18, 0x05, 0xb8, BYTES4(__builtin_bswap32(REQUEST)), 0xef, 0xf4);
    EXPECT((g.at == CODE + 11 ? go(100) : go_on(100)) == REFCORE_HALT, "fw_cfg DMA: the program ends");
    return big(REQUEST, 4);
}
static void fwcfg_by_dma(void) {
    scene_protected("intel-max", 0);
    EMIT(0x66, 0xba, 0x14, 0x05, 0xed, 0x89, 0xc3, 0x66, 0xba, 0x18, 0x05, 0xed, 0xf4);
    go(100);
    EXPECT((uint32_t)g.s.gpr[BX] == 0x554d4551 && (uint32_t)g.s.gpr[AX] == 0x47464320,
           "fw_cfg, DMA Address Register: reads as QEMU CFG");
    scene_protected("intel-max", 0);
    put(BUFFER, UINT64_MAX, 8);
    EXPECT(fwcfg_dma(8 | 2, 6, BUFFER) == 0 && get(BUFFER, 8) == 0xffff0000554d4551,
           "fw_cfg DMA: select 0 and read; zeros beyond the end");
    scene_protected("intel-max", 0);
    EXPECT(fwcfg_dma(0x190000 | 8 | 4, 4, 0) == 0, "fw_cfg DMA: select the directory, skip its count");
    uint64_t file = BUFFER + 0x20;
    scene_protected("intel-max", 0);
    EXPECT(fwcfg_dma(0x190000 | 8 | 2, 68, file - 4) == 0 && is_file(file, 20, 0x20, "etc/e820"),
           "fw_cfg DMA: the directory");
    scene_protected("intel-max", 0);
    EXPECT(fwcfg_dma(8 | 16, 4, BUFFER) == 1, "fw_cfg DMA: no item can be written: error bit");
    scene_protected("intel-max", 0);
    EXPECT(fwcfg_dma(8 | 2, 0x10, UINT64_C(0xfffffffffffffff8)) == 1,
           "fw_cfg DMA: only RAM can be read into: error bit");
}

int main(void) {
    g.test = "test_board";
    x87_errors();
    ignne();
    init_ipi();
    apic_flag();
    fwcfg();
    fwcfg_by_dma();
    return scene_end();
}
