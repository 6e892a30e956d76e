/* SPDX-License-Identifier: BSD-2-Clause */
/* test_return - IRET of every kind: what it loads, and its faults in their order. Each expectation cites its
 * rule. */
#include "scene.h"

static void iret_real(void) {
    scene_real("intel-max");
    EMIT(0x66, 0xcf);
    g.s.gpr[SP] = 0xa000;
    put(0xa000, 0x123, 4);
    put(0xa004, 0x900, 4);
    put(0xa008, 0x3f7fd7, 4);
    go(1);
    EXPECT(g.s.rip == 0x123 && (g.s.rflags & 0x3a0000) == 0x200000,
           "SDM 2A IRET, REAL-ADDRESS-MODE: VM, VIF, VIP stay");

    scene_real("intel-max");
    EMIT(0x66, 0xcf);
    put(STACK0, 0x10000, 4);
    go(1);
    EXPECT(handler() == GP_ && frame(0) == 0,
           "SDM 2A IRET, Real-Address Mode Exceptions: IP beyond CS's limit");
}

static void iret_frame(unsigned size, uint64_t rip, unsigned cs, uint64_t flags, uint64_t sp, unsigned ss) {
    uint64_t item[5] = {rip, cs, flags, sp, ss};
    for (unsigned i = 0; i < 5; i++)
        put(g.s.gpr[SP] + i * size, item[i], size);
}
static void emit_iret(unsigned size) {
    if (size == 2)
        EMIT(0x66, 0xcf);
    else if (size == 4)
        EMIT(0xcf);
    else
        EMIT(0x48, 0xcf);
}

static void iret_protected(void) {
    for (unsigned size = 2; size <= 4; size += 2) {
        for (unsigned rpl = 0; rpl <= 3; rpl += 3) {
            scene_protected("intel-max", 0);
            emit_iret(size);
            put(GDT + 0x18 + 5, 0xfa, 1); /* not accessed */
            put(GDT + 0x20 + 5, 0xf2, 1);
            g.s.gpr[SP] = 0x9000;
            iret_frame(size, 0x4321, rpl ? USER_CODE : CODE32, 0x3f7fd7 & ~(TF | NT | VM), 0xb123, USER_DATA);
            go(1);
            uint64_t want = size == 2
                                ? 0x3ed7
                                : 0x3f3ed7 & ~RF & ~VM; /* no breakpoint is armed: RF has no effect to see */
            EXPECT(g.s.cpl == rpl && g.s.rip == 0x4321 && (g.s.rflags & 0x3efed7) == (want & 0x3efed7),
                   "SDM 2A IRET, RETURN-TO-SAME/OUTER-PRIVILEGE-LEVEL");
            EXPECT(g.s.gpr[SP] == (rpl ? 0xb123 : 0x9000 + 3 * size), "SDM 2A IRET: stack pointer");
            EXPECT(!rpl || (get(GDT + 0x18 + 5, 1) == 0xfb && get(GDT + 0x20 + 5, 1) == 0xf3),
                   "accessed flags");
            EXPECT(!rpl || g.s.segment[DS].null,
                   "SDM 2A IRET, RETURN-TO-OUTER-PRIVILEGE-LEVEL: inner data segments go");
        }
        /* at CPL 3 with IOPL 0: IF and IOPL stay */
        scene_protected("intel-max", 3);
        emit_iret(size);
        g.s.gpr[SP] = 0x9000;
        iret_frame(size, 0x4321, USER_CODE, 0x3202, 0, 0);
        go(1);
        EXPECT(g.s.rip == 0x4321 && !(g.s.rflags & 0x3200), "SDM 2A IRET: IF by IOPL, IOPL by CPL");
    }
    static const struct {
        unsigned cs, ss;
        uint64_t rip;
        unsigned vector, error;
        const char *rule;
    } faults[] = {
        {0, 0, 0, GP_, 0, "CS null"},
        {0x100, 0, 0, GP_, 0x100, "CS beyond the limit"},
        {DATA32, 0, 0, GP_, DATA32, "CS of data"},
        {USER_CODE & ~3U, 0, 0, GP_, USER_CODE & ~3U, "RPL not DPL"},
        {FREE, 0, 0, NP_, FREE, "CS not present"},
        {CODE32, 0, 0x200000, GP_, 0, "EIP beyond the limit, same level"},
        {USER_CODE, USER_DATA, 0x200000, GP_, 0, "EIP beyond the limit, outer level"},
        {USER_CODE, 0, 0, GP_, 0, "SS null"},
        {USER_CODE, 0x103, 0, GP_, 0x100, "SS beyond the limit"},
        {USER_CODE, USER_DATA & ~3U, 0, GP_, USER_DATA & ~3U, "SS's RPL"},
        {USER_CODE, USER_CODE, 0, GP_, USER_CODE & ~3U, "SS of code"},
        {USER_CODE, DATA32 | 3, 0, GP_, DATA32, "SS's DPL"},
        {USER_CODE, (FREE + 8) | 3, 0, SS_, FREE + 8, "SS not present"},
        {CONFORMING | 3, USER_DATA, 0, 0, 0, "conforming, outer"},
        {(FREE + 16), 0, 0, GP_, FREE + 16, "conforming of DPL 3 at RPL 0"},
    };
    for (unsigned i = 0; i < sizeof faults / sizeof *faults; i++) {
        scene_protected("intel-max", 0);
        EMIT(0xcf);
        gdt(CODE32, segment_descriptor(0, 0x1ffff, 0x409b));
        gdt(USER_CODE, segment_descriptor(0, 0x1ffff, 0x40fb));
        gdt(FREE, segment_descriptor(0, 0xfffff, AR_CODE32 ^ AR_ABSENT));
        gdt(FREE + 8, segment_descriptor(0, 0xfffff, (AR_DATA32 | AR_DPL3) ^ AR_ABSENT));
        gdt(FREE + 16, segment_descriptor(0, 0xfffff, AR_CODE32 | AR_DPL3 | 4));
        g.s.gpr[SP] = 0x9000;
        iret_frame(4, faults[i].rip, faults[i].cs, 2, STACK3, faults[i].ss);
        go(1);
        if (faults[i].vector)
            EXPECT_FAULT((int)faults[i].vector, faults[i].error, faults[i].rule);
        else
            EXPECT(g.s.cpl == 3 && g.s.rip == 0, faults[i].rule);
    }
    /* a stack limit in the middle of the frame: same level, then what an outer return needs beyond it */
    for (unsigned room = 0; room < 20; room += 2) {
        scene_protected("intel-max", 0);
        EMIT(0xcf);
        g.s.gpr[SP] = 0x9000;
        iret_frame(4, 0x4321, USER_CODE, 2, STACK3, USER_DATA);
        g.s.segment[SS].limit = 0x9000 + room - 1;
        g.s.segment[SS].rights &= 0x7fff;
        go(1);
        EXPECT_FAULT(SS_, 0, "SDM 2A IRET: stack bytes not within the limit");
    }
    /* nested task without a task to return to */
    scene_protected("intel-max", 0);
    EMIT(0xcf);
    g.s.rflags |= NT;
    put(TSS_A, CODE32, 2);
    go(1);
    EXPECT_FAULT(TS_, CODE32, "SDM 2A IRET, TASK-RETURN: the back link's descriptor is no busy TSS");
    /* to virtual-8086 mode: EIP beyond 64 KiB */
    scene_protected("intel-max", 0);
    EMIT(0xcf);
    g.s.gpr[SP] = 0x9000;
    iret_frame(4, 0x10000, 0x1000, VM | 2, 0x100, 0);
    go(1);
    EXPECT_FAULT(GP_, 0, "SDM 2A IRET, RETURN-TO-VIRTUAL-8086-MODE: EIP beyond 64 KiB");
    scene_protected("intel-max", 3);
    EMIT(0xcf);
    g.s.gpr[SP] = 0x9000;
    iret_frame(4, 0x4321, USER_CODE, VM | 2, 0, 0);
    go(1);
    EXPECT(g.s.rip == 0x4321 && !(g.s.rflags & VM), "SDM 2A IRET: VM only at CPL 0");
}

/* To 64-bit and compatibility mode, same and outer level. */
static void long_returns(unsigned size, bool from_64_bit) {
    for (unsigned kind = 0; kind < 4; kind++) {
        bool outer = kind & 2, to_64_bit = !(kind & 1);
        unsigned cs = outer ? (to_64_bit ? USER_CODE64 : USER_CODE) : (to_64_bit ? CODE64 : CODE32);
        from_64_bit ? scene_long("intel-max", 0) : scene_compatibility("intel-max", 0);
        emit_iret(size);
        g.s.gpr[SP] = 0x9000;
        iret_frame(size, 0x4321, cs, 2, 0xb123, outer ? USER_DATA : DATA32);
        go(1);
        EXPECT(g.s.cpl == (outer ? 3 : 0) && g.s.rip == 0x4321 && g.s.segment[CS].selector == cs,
               "SDM 2A IRET, IA-32e-MODE");
        EXPECT(g.s.gpr[SP] == (from_64_bit || outer ? 0xb123 : 0x9000 + 3 * size),
               "SDM 2A IRET, IA-32e-MODE: 64-bit mode pops SS:RSP at every level, else an outer return does");
    }
}

static void iret_long(void) {
    for (unsigned size = 2; size <= 8; size *= 2) {
        long_returns(size, true);
        if (size < 8)
            long_returns(size, false);
    }
    /* SS: null for 64-bit code below CPL 3 only */
    scene_long("intel-max", 0);
    EMIT(0x48, 0xcf);
    g.s.gpr[SP] = 0x9000;
    iret_frame(8, 0x4321, CODE64, 2, 0xb123, 0);
    go(1);
    EXPECT(g.s.rip == 0x4321 && g.s.segment[SS].null,
           "SDM 2A IRET, IA-32e-MODE: SS null in 64-bit mode below CPL 3");
    static const struct {
        unsigned cs, ss, vector, error;
        uint64_t rip;
    } faults[] = {
        {CODE32, 0, GP_, 0, 0x4321},
        {USER_CODE64, 0, GP_, 0, 0x4321},
        {CODE64, DATA32, GP_, 0, UINT64_C(1) << 47},
        {FREE, DATA32, GP_, FREE, 0x4321}, /* L and D */
        {USER_CODE, 0, GP_, 0, 0x4321},
    };
    for (unsigned i = 0; i < sizeof faults / sizeof *faults; i++) {
        scene_long("intel-max", 0);
        EMIT(0x48, 0xcf);
        gdt(FREE, segment_descriptor(0, 0xfffff, AR_CODE64 | 0x4000));
        g.s.gpr[SP] = 0x9000;
        iret_frame(8, faults[i].rip, faults[i].cs, 2, 0xb123, faults[i].ss);
        go(1);
        EXPECT_FAULT((int)faults[i].vector, faults[i].error, "SDM 2A IRET, IA-32e-MODE-RETURN: faults");
    }
    scene_long("intel-max", 0);
    EMIT(0x48, 0xcf);
    g.s.rflags |= NT;
    go(1);
    EXPECT_FAULT(GP_, 0, "SDM 2A IRET, IA-32e-MODE: NT");
    /* accessed flags of CS and SS; a 16-bit stack segment takes SP only */
    scene_long("intel-max", 0);
    EMIT(0x48, 0xcf);
    gdt(FREE, segment_descriptor(0, 0xffff, 0xf2));
    gdt(USER_CODE, segment_descriptor(0, 0xfffff, (AR_CODE32 | AR_DPL3) ^ AR_ACCESSED_));
    g.s.gpr[SP] = 0x9000;
    iret_frame(8, 0x4321, USER_CODE, 2, 0xabcd1234, FREE | 3);
    go(1);
    EXPECT(g.s.cpl == 3 && g.s.gpr[SP] == 0x1234 && get(GDT + FREE + 5, 1) == 0xf3 &&
               get(GDT + 0x18 + 5, 1) == 0xfb,
           "SDM 2A IRET: SP alone for a 16-bit stack; accessed flags");
    /* the frame at the edge of canonical addresses */
    scene_long("intel-max", 0);
    EMIT(0x48, 0xcf);
    g.s.gpr[SP] = UINT64_C(0x7ffffffffff8);
    put(IDT + 16 * SS_ + 4, 1, 1);
    go(1);
    EXPECT(handler() == SS_ || handler() == PF_, "SDM 2A IRET, 64-Bit Mode Exceptions");
}

int main(void) {
    g.test = "test_return";
    iret_real();
    iret_protected();
    iret_long();
    return scene_end();
}
