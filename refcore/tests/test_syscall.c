/* SPDX-License-Identifier: BSD-2-Clause */
/* test_syscall - SYSCALL, SYSRET, SYSENTER and SYSEXIT by vendor and mode. Each expectation cites its
 * rule. */
#include "scene.h"

/* SYSCALL from 64-bit mode, and SYSRET back. */
static void round_trip(const char *vendor) {
    scene_long(vendor, 3);
    EMIT(0x0f, 0x05);
    EXPECT(refcore_write_msr(g.m, 0xc0000081, (uint64_t)0x33 << 48 | (uint64_t)CODE64 << 32 | 0x7700),
           "STAR");
    EXPECT(refcore_write_msr(g.m, 0xc0000082, CODE + 0x100) && refcore_write_msr(g.m, 0xc0000084, TF | IF),
           "LSTAR");
    EXPECT(refcore_write_msr(g.m, 0xc0000083, CODE + 0x200), "CSTAR");
    g.s.rflags |= IF | TF;
    put(CODE + 0x100, 0x90, 1);
    go(1);
    EXPECT(g.s.rip == CODE + 0x100 && g.s.gpr[CX] == CODE + 2 && g.s.gpr[11] == (2 | IF | TF) &&
               g.s.cpl == 0 && !(g.s.rflags & (IF | TF)) && g.s.segment[CS].selector == CODE64 &&
               g.s.segment[SS].selector == CODE64 + 8,
           "SDM 2B SYSCALL, Operation");
    go_on(1);
    EXPECT(g.s.rip == CODE + 0x101, "SYSCALL with a masked TF does not trap");
    put(CODE + 0x101, 0x070f48, 3);
    go(1);
    EXPECT(g.s.rip == CODE + 2 && g.s.cpl == 3 && g.s.segment[CS].selector == 0x43 && (g.s.rflags & TF),
           "SDM 2B SYSRET, Operation");
    EXPECT(g.s.segment[SS].selector == 0x3b, "SYSRET: SS of STAR + 8 with RPL 3");
    go_on(1);
    EXPECT(handler() == DB_ && frame(0) == CODE + 2,
           "SYSRET: the loaded TF traps before the next instruction");
}

/* SYSRETD to compatibility mode; a return address that is not canonical. */
static void sysret(const char *vendor, bool amd) {
    scene_long(vendor, 0);
    EMIT(0x0f, 0x07);
    EXPECT(refcore_write_msr(g.m, 0xc0000081, (uint64_t)0x18 << 48), "STAR");
    g.s.gpr[CX] = UINT64_C(0x1234500004321);
    g.s.gpr[11] = 0x202;
    go(1);
    EXPECT(g.s.rip == 0x4321 && g.s.segment[CS].selector == USER_CODE && g.s.cpl == 3,
           "SDM 2B SYSRET: 32-bit operand size");
    /* not canonical */
    scene_long(vendor, 0);
    EMIT(0x48, 0x0f, 0x07);
    EXPECT(refcore_write_msr(g.m, 0xc0000081, (uint64_t)0x33 << 48), "STAR");
    g.s.gpr[CX] = UINT64_C(1) << 60;
    go(1);
    EXPECT(amd ? g.s.cpl == 3 && g.s.rip == UINT64_C(1) << 60 : handler() == GP_ && frame(4) == STACK0,
           "SDM 2B SYSRET: #GP(0) at CPL 0; APM 3 SYSRET: no check");
    if (!amd)
        EXPECT_FAULT(GP_, 0, "SDM 2B SYSRET: RCX not canonical");
}

/* EFER.SCE, CPL. */
static void enable_and_level(const char *vendor) {
    scene_long(vendor, 0);
    EMIT(0x0f, 0x05);
    g.s.efer &= ~UINT64_C(1);
    go(1);
    EXPECT_FAULT(UD_, 0, "SDM 2B SYSCALL: EFER.SCE");
    scene_long(vendor, 0);
    EMIT(0x0f, 0x07);
    g.s.efer &= ~UINT64_C(1);
    go(1);
    EXPECT_FAULT(UD_, 0, "SDM 2B SYSRET: EFER.SCE");
    scene_long(vendor, 3);
    EMIT(0x0f, 0x07);
    go(1);
    EXPECT_FAULT(GP_, 0, "SDM 2B SYSRET: CPL");
}

/* Outside 64-bit mode: AMD's only. */
static void legacy(const char *vendor, bool amd) {
    for (unsigned mode = 0; mode < 2; mode++) {
        mode ? scene_compatibility(vendor, 3) : scene_protected(vendor, 3);
        EMIT(0x0f, 0x05);
        EXPECT(refcore_write_msr(g.m, 0xc0000081, (uint64_t)0x18 << 48 | (uint64_t)CODE32 << 32 | 0x7700),
               "STAR");
        EXPECT(refcore_write_msr(g.m, 0xc0000083, CODE + 0x200), "CSTAR");
        g.s.efer |= 1;
        g.s.rflags |= IF;
        go(1);
        if (!amd) {
            EXPECT_FAULT(UD_, 0, "SDM 2B SYSCALL: #UD outside 64-bit mode");
            continue;
        }
        EXPECT(g.s.cpl == 0 && g.s.rip == (mode ? CODE + 0x200 : 0x7700) && g.s.gpr[CX] == CODE + 2 &&
                   (mode ? g.s.gpr[11] == (2 | IF) : !(g.s.rflags & IF)),
               "APM 3 SYSCALL, SYSCALL_LEGACY_MODE and compatibility mode");
        mode ? scene_compatibility(vendor, 0) : scene_protected(vendor, 0);
        EMIT(0x0f, 0x07);
        EXPECT(refcore_write_msr(g.m, 0xc0000081, (uint64_t)0x18 << 48), "STAR");
        g.s.efer |= 1;
        g.s.gpr[CX] = 0x4321;
        go(1);
        EXPECT(g.s.cpl == 3 && g.s.rip == 0x4321 && (g.s.rflags & IF) && g.s.segment[SS].selector == 0x20,
               "APM 3 SYSRET, SYSRET_NON_64BIT_MODE");
    }
    scene_real(vendor);
    EMIT(0x0f, 0x07);
    g.s.efer |= 1;
    go(1);
    EXPECT_FAULT(UD_, 0, "SYSRET in real mode");
}

/* SYSENTER and SYSEXIT; modes: protected, 64-bit; with a null selector in the MSR, or not. */
static void sysenter(const char *vendor, bool amd) {
    for (unsigned mode = 0; mode < 4; mode++) {
        mode & 1 ? scene_long(vendor, 3) : scene_protected(vendor, 3);
        EMIT(0x0f, 0x34);
        EXPECT(refcore_write_msr(g.m, 0x174, mode & 2 ? 3 : CODE32 | 3), "SYSENTER_CS");
        EXPECT(refcore_write_msr(g.m, 0x175, 0x9000) && refcore_write_msr(g.m, 0x176, CODE + 0x300),
               "SYSENTER_ESP, _EIP");
        g.s.rflags |= IF;
        go(1);
        if ((mode & 1) && amd)
            EXPECT_FAULT(UD_, 0, "APM 3 SYSENTER: #UD in long mode");
        else if (mode & 2)
            EXPECT_FAULT(GP_, 0, "SDM 2B SYSENTER: SYSENTER_CS null");
        else
            EXPECT(g.s.rip == CODE + 0x300 && g.s.gpr[SP] == 0x9000 && g.s.cpl == 0 && !(g.s.rflags & IF) &&
                       g.s.segment[CS].selector == CODE32 && g.s.segment[SS].selector == CODE32 + 8,
                   "SDM 2B SYSENTER, Operation");
        mode & 1 ? scene_long(vendor, 0) : scene_protected(vendor, 0);
        EMIT(0x0f, 0x35);
        EXPECT(refcore_write_msr(g.m, 0x174, mode & 2 ? 3 : CODE32), "SYSENTER_CS");
        g.s.gpr[CX] = 0xb000;
        g.s.gpr[DX] = 0x4321;
        go(1);
        if ((mode & 1) && amd)
            EXPECT_FAULT(UD_, 0, "APM 3 SYSEXIT: #UD in long mode");
        else if (mode & 2)
            EXPECT_FAULT(GP_, 0, "SDM 2B SYSEXIT: SYSENTER_CS null");
        else
            EXPECT(g.s.rip == 0x4321 && g.s.gpr[SP] == 0xb000 && g.s.cpl == 3 &&
                       g.s.segment[CS].selector == CODE32 + 19,
                   "SDM 2B SYSEXIT, Operation");
    }
    scene_real(vendor);
    EMIT(0x0f, 0x34);
    go(1);
    EXPECT_FAULT(GP_, 0, "SDM 2B SYSENTER, Real-Address Mode Exceptions");
    scene_real(vendor);
    EMIT(0x0f, 0x35);
    go(1);
    EXPECT_FAULT(GP_, 0, "SDM 2B SYSEXIT, Real-Address Mode Exceptions");
    scene_protected(vendor, 3);
    EMIT(0x0f, 0x35);
    go(1);
    EXPECT_FAULT(GP_, 0, "SDM 2B SYSEXIT: CPL");
}

/* SYSEXIT to 64-bit mode. */
static void sysexit_long(void) {
    for (unsigned i = 0; i < 3; i++) {
        scene_long("intel-max", 0);
        EMIT(0x48, 0x0f, 0x35);
        EXPECT(refcore_write_msr(g.m, 0x174, CODE32), "SYSENTER_CS");
        g.s.gpr[CX] = i == 1 ? UINT64_C(1) << 50 : 0xb000;
        g.s.gpr[DX] = i == 2 ? UINT64_C(1) << 50 : 0x4321;
        go(1);
        if (i)
            EXPECT_FAULT(GP_, 0, "SDM 2B SYSEXIT: RCX or RDX not canonical");
        else
            EXPECT(g.s.rip == 0x4321 && g.s.segment[CS].selector == CODE32 + 35 &&
                       (g.s.segment[CS].rights & 0x2000),
                   "SDM 2B SYSEXIT: 64-bit operand size");
    }
}

/* An unmasked TF traps at the handler's first instruction. */
static void syscall_trap(void) {
    scene_long("intel-max", 3);
    EMIT(0x0f, 0x05);
    EXPECT(refcore_write_msr(g.m, 0xc0000081, (uint64_t)CODE64 << 32) &&
               refcore_write_msr(g.m, 0xc0000082, CODE + 0x100) && refcore_write_msr(g.m, 0xc0000084, 0),
           "LSTAR");
    g.s.rflags |= TF;
    go(2);
    EXPECT(handler() == DB_ && frame(0) == CODE + 0x100, "SYSCALL with TF not masked");
}

int main(void) {
    static const char *const vendors[] = {"intel-max", "zen"};
    g.test = "test_syscall";
    for (unsigned amd = 0; amd < 2; amd++) {
        round_trip(vendors[amd]);
        sysret(vendors[amd], amd);
        enable_and_level(vendors[amd]);
        legacy(vendors[amd], amd);
        sysenter(vendors[amd], amd);
    }
    sysexit_long();
    syscall_trap();
    return scene_end();
}
