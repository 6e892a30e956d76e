/* SPDX-License-Identifier: BSD-2-Clause */
/* test_event - delivery through every kind of gate, its faults in their order, how faults combine, and what
 * is looked for between instructions. Each expectation cites its rule. */
#include "scene.h"

enum { INT_30 = 0x30 };

/* ---- real mode ---- */

static void real_mode(void) {
    scene_real("intel-max");
    EMIT(0xcd, 0x30);
    g.s.rflags = 0x202 | TF | AC;
    go(1);
    EXPECT(handler() == 0x30 && frame(0) == 2 && frame(1) == CODE >> 4 && frame(2) == (0x202 | TF),
           "SDM 2A INT n, REAL-ADDRESS-MODE: FLAGS, CS, IP");
    EXPECT(!(g.s.rflags & (IF | TF | AC)), "SDM 2A INT n, REAL-ADDRESS-MODE: IF, TF, AC := 0");
    put(HANDLERS + 16 * 0x30, 0xcf, 1);
    go(1);
    EXPECT(g.s.rip == 2 && (g.s.rflags & IF) && g.s.gpr[SP] == STACK0, "SDM 2A IRET, REAL-ADDRESS-MODE");

    scene_real("intel-max");
    EMIT(0xcd, 0x30);
    g.s.idtr_limit = 0x30 * 4 + 2;
    go(1);
    EXPECT_FAULT(GP_, 0, "SDM 2A INT n, REAL-ADDRESS-MODE: vector beyond the IDT's limit");

    scene_real("intel-max");
    EMIT(0xcd, 0x30);
    g.s.idtr_limit = 3;
    EXPECT(go(1) == REFCORE_SHUTDOWN, "SDM 3A, Interrupt 8: no vector for #GP, none for #DF: shutdown");

    scene_real("intel-max");
    EMIT(0x0f, 0x0b);
    g.s.gpr[SP] = 5;
    EXPECT(go(2) == REFCORE_SHUTDOWN, "SDM 2A INT n: #SS for want of stack, again for #SS and #DF: shutdown");
}

/* ---- through the IDT, 32-bit ---- */

static void gate_checks(bool is_long) {
    static const struct {
        unsigned gate, selector, vector, error;
        const char *rule;
    } cases[] = {
        {0x92 | 0x60, 0, GP_, 0x30 * 8 + 2, "not a gate"},
        {CALL32 | 0x60, 0, GP_, 0x30 * 8 + 2, "a call gate"},
        {INT32, 0, GP_, 0x30 * 8 + 2, "software interrupt below the gate's DPL"},
        {(INT32 | 0x60) ^ 0x80, 0, NP_, 0x30 * 8 + 2, "gate not present"},
        {INT32 | 0x60, 3, GP_, 0, "null selector"},
        {INT32 | 0x60, 0x100, GP_, 0x100, "selector beyond the GDT"},
        {INT32 | 0x60, DATA32, GP_, DATA32, "selector of data"},
        {INT32 | 0x60, FREE, NP_, FREE, "code not present"},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        is_long ? scene_long("intel-max", 3) : scene_protected("intel-max", 3);
        EMIT(0xcd, INT_30);
        unsigned code = is_long ? CODE64 : CODE32;
        gdt(FREE, segment_descriptor(0, 0xfffff, (is_long ? AR_CODE64 : AR_CODE32) ^ AR_ABSENT));
        idt(INT_30, cases[i].selector ? cases[i].selector : code, handler_at(INT_30), cases[i].gate);
        go(1);
        EXPECT_FAULT((int)cases[i].vector, cases[i].error, cases[i].rule);
    }
    is_long ? scene_long("intel-max", 0) : scene_protected("intel-max", 0);
    EMIT(0xcd, INT_30);
    idt(INT_30, is_long ? USER_CODE64 : USER_CODE, handler_at(INT_30), INT32);
    go(1);
    EXPECT_FAULT(GP_, (is_long ? USER_CODE64 : USER_CODE) & ~3U, "SDM 2A INT n: code's DPL above CPL");
    is_long ? scene_long("intel-max", 0) : scene_protected("intel-max", 0);
    EMIT(0xcd, 0xff);
    g.s.idtr_limit = (uint16_t)(0xff * (is_long ? 16 : 8) + (is_long ? 14 : 6));
    go(1);
    EXPECT_FAULT(GP_, 0xff * 8 + 2, "SDM 2A INT n: the gate's last byte beyond the IDT's limit");
}

static void protected_gates(void) {
    for (unsigned kind = 0; kind < 4; kind++) { /* 16 or 32 bits, interrupt or trap gate */
        for (unsigned cpl = 0; cpl <= 3; cpl += 3) {
            scene_protected("intel-max", cpl);
            EMIT(0xcd, INT_30);
            unsigned type = (kind & 1 ? INT32 : INT16) | (kind & 2 ? 1 : 0), slot = kind & 1 ? 4 : 2;
            idt(INT_30, CODE32, handler_at(INT_30) | 0xab0000, type | 0x60);
            gdt(CODE32, segment_descriptor(slot == 4 ? 0xff550000 : 0, 0xfffff, AR_CODE32));
            g.s.rflags = 2 | IF | NT;
            go(1);
            uint64_t sp = (cpl ? INNER : STACK0) - (cpl ? 5 : 3) * slot;
            EXPECT(handler() == INT_30 && g.s.cpl == 0 && g.s.gpr[SP] == sp &&
                       get(sp, slot) == g.start + 2U - (slot == 2 ? CODE : 0),
                   "SDM 2A INT n, INTRA/INTER-PRIVILEGE-LEVEL-INTERRUPT: frame by the gate's width");
            EXPECT((g.s.rflags & (IF | NT)) == (kind & 2 ? IF : 0),
                   "SDM 3A, Flag Usage By Exception- or Interrupt-Handler Procedure");
            if (cpl)
                EXPECT(get(sp + 4 * slot, 2) == USER_DATA && get(sp + 3 * slot, 2) == (uint16_t)STACK3,
                       "SDM 2A INT n, INTER-PRIVILEGE-LEVEL-INTERRUPT: SS and eSP pushed");
        }
    }
    /* conforming code keeps the level */
    scene_protected("intel-max", 3);
    EMIT(0xcd, INT_30);
    idt(INT_30, CONFORMING, handler_at(INT_30), INT32 | 0x60);
    gdt(CONFORMING, segment_descriptor(0, 0xfffff, (AR_CODE32 | 4) ^ AR_ACCESSED_));
    go(1);
    EXPECT(handler() == INT_30 && g.s.cpl == 3 && g.s.segment[CS].selector == (CONFORMING | 3),
           "SDM 2A INT n: a conforming handler runs at CPL");
    EXPECT(get(GDT + CONFORMING + 5, 1) & 1, "SDM 3A, Code- and Data-Segment Descriptor Types: accessed");
    /* EIP beyond the handler's limit, both levels */
    for (unsigned cpl = 0; cpl <= 3; cpl += 3) {
        scene_protected("intel-max", cpl);
        EMIT(0xcd, INT_30);
        gdt(FREE, segment_descriptor(0, 0x7fff, 0x409b));
        idt(INT_30, FREE, handler_at(INT_30), INT32 | 0x60);
        go(1);
        EXPECT_FAULT(GP_, 0, "SDM 2A INT n: EIP beyond the code segment's limit, EXT 0");
    }
    /* the inner stack: limit of the TSS, selector, type, presence, room */
    static const struct {
        unsigned ss, limit, vector, error;
    } stacks[] = {
        {DATA32, 8, TS_, TSS_SELECTOR}, {0, 0x67, TS_, 0},
        {0x100, 0x67, TS_, 0x100},      {DATA32 | 3, 0x67, TS_, DATA32},
        {DATA_1, 0x67, TS_, DATA_1},    {CODE32, 0x67, TS_, CODE32},
        {FREE, 0x67, SS_, FREE},        {FREE + 8, 0x67, SS_, FREE + 8},
    };
    for (unsigned i = 0; i < sizeof stacks / sizeof *stacks; i++) {
        scene_protected("intel-max", 3);
        EMIT(0xcd, INT_30);
        gdt(FREE, segment_descriptor(0, 0xfffff, AR_DATA32 ^ AR_ABSENT));
        gdt(FREE + 8, segment_descriptor(0, 0xff, 0x4093)); /* no room at INNER */
        put(TSS_A + 8, stacks[i].ss, 2);
        g.s.segment[TR].limit = stacks[i].limit;
        /* the handlers of faults stay at CPL 3 so that they need no inner stack */
        for (unsigned v = 0; v < 32; v++)
            idt(v, USER_CODE & ~3U, handler_at(v), INT32);
        go(1);
        EXPECT_FAULT((int)stacks[i].vector, stacks[i].error,
                     "SDM 2A INT n, INTER-PRIVILEGE-LEVEL-INTERRUPT: new stack");
    }
}

/* An exception sets EXT in the error codes of its delivery's faults; a software interrupt does not. */
static void external_bit(void) {
    for (unsigned is_long = 0; is_long < 2; is_long++) {
        is_long ? scene_long("intel-max", 0) : scene_protected("intel-max", 0);
        EMIT(0x0f, 0x0b);
        idt(UD_, 0, 0, INT32);
        go(1);
        EXPECT_FAULT(GP_, 1, "SDM 3A, Error Code: EXT for a null selector in the gate of an exception");
        is_long ? scene_long("intel-max", 0) : scene_protected("intel-max", 0);
        EMIT(0xf1);
        idt(DB_, 0, 0, 0x0e);
        go(1);
        EXPECT_FAULT(NP_, DB_ * 8 + 3, "SDM 3A, Error Code: INT1 counts as external");
        is_long ? scene_long("intel-max", 3) : scene_protected("intel-max", 3);
        EMIT(0xcc);
        idt(BP_, is_long ? CODE64 : CODE32, handler_at(BP_), INT32);
        go(1);
        EXPECT_FAULT(GP_, BP_ * 8 + 2, "SDM 2A INT3: the gate's DPL is checked");
        is_long ? scene_long("intel-max", 3) : scene_protected("intel-max", 3);
        EMIT(0xf1);
        idt(DB_, is_long ? CODE64 : CODE32, handler_at(DB_), INT32);
        g.s.dr7 |= 0x2000;
        go(1);
        EXPECT(handler() == DB_ && frame(0) == g.start + 1, "SDM 2A INT1: no DPL check");
        EXPECT(!(g.s.dr7 & 0x2000),
               "SDM 3B, Debug Control Register (DR7): GD cleared on entry to the handler");
        is_long ? scene_long("intel-max", 0) : scene_protected("intel-max", 0);
        EMIT(0xcd, 0x01);
        g.s.dr7 |= 0x2000;
        go(1);
        EXPECT(handler() == DB_ && (g.s.dr7 & 0x2000), "INT 1 with CD: not a debug exception");
    }
}

/* ---- through the IDT, IA-32e mode ---- */

static void long_gates(void) {
    /* from each level, with and without IST; the frame is aligned down to 16 bytes */
    for (unsigned i = 0; i < 8; i++) {
        unsigned cpl = i & 1 ? 3 : 0, ist = i & 2 ? 1 : 0;
        scene_long("intel-max", cpl);
        EMIT(0xcd, INT_30);
        idt(INT_30, CODE64, handler_at(INT_30), (i & 4 ? TRAP32 : INT32) | 0x60);
        put(IDT + 16 * INT_30 + 4, ist, 1);
        g.s.gpr[SP] -= 5;
        g.s.rflags |= IF;
        uint64_t old = g.s.gpr[SP];
        go(1);
        uint64_t top = ist ? IST1 : cpl ? INNER : STACK0 - 16;
        EXPECT(handler() == INT_30 && g.s.gpr[SP] == top - 40 && frame(3) == old,
               "SDM 3A, 64-Bit Mode Stack Frame; IST: stack and alignment");
        EXPECT((g.s.segment[SS].selector == 0) == (cpl == 3),
               "SDM 3A, Stack Switching in IA-32e Mode: SS null");
        EXPECT(!(g.s.rflags & IF) == !(i & 4), "SDM 3A, Flag Usage: IF through an interrupt gate");
    }
    /* code that is not 64-bit, or 64-bit and D */
    for (unsigned i = 0; i < 2; i++) {
        scene_long("intel-max", 0);
        EMIT(0xcd, INT_30);
        gdt(FREE, segment_descriptor(0, 0xfffff, i ? AR_CODE64 | 0x4000 : AR_CODE32));
        idt(INT_30, FREE, handler_at(INT_30), INT32);
        go(1);
        EXPECT_FAULT(GP_, FREE, "SDM 2A INT n, IA-32e-MODE: the target is a 64-bit code segment");
    }
    /* conforming handler from CPL 3: no stack switch */
    scene_long("intel-max", 3);
    EMIT(0xcd, INT_30);
    gdt(FREE, segment_descriptor(0, 0xfffff, AR_CODE64 | 4));
    idt(INT_30, FREE, handler_at(INT_30), INT32 | 0x60);
    go(1);
    EXPECT(handler() == INT_30 && g.s.cpl == 3 && g.s.segment[SS].selector == USER_DATA,
           "a conforming handler in 64-bit mode");
    /* RIP and RSP not canonical */
    scene_long("intel-max", 0);
    EMIT(0xcd, INT_30);
    put(IDT + 16 * INT_30 + 8, 0x8000, 4);
    go(1);
    EXPECT_FAULT(GP_, 0, "SDM 2A INT n, IA-32e-MODE: target not canonical");
    scene_long("intel-max", 3);
    EMIT(0xcd, INT_30);
    put(TSS_A + 4, UINT64_C(1) << 47, 8);
    for (unsigned v = 10; v < 14; v++)
        put(IDT + 16 * v + 4, 1, 1);
    go(1);
    EXPECT_FAULT(SS_, 0, "SDM 2A INT n, IA-32e-MODE: stack from the TSS not canonical");
    scene_long("intel-max", 3);
    EMIT(0xcd, INT_30);
    g.s.segment[TR].limit = 10;
    for (unsigned v = 10; v < 14; v++) {
        gdt(FREE, segment_descriptor(0, 0xfffff, AR_CODE64 | 4));
        idt(v, FREE, handler_at(v), INT32);
    }
    go(1);
    EXPECT_FAULT(TS_, TSS_SELECTOR, "SDM 2A INT n: the RSP slot beyond the TSS's limit");
    /* the IDT or GDT not canonical: the implicit access faults */
    scene_long("intel-max", 0);
    EMIT(0xcd, INT_30);
    g.s.idtr_base = UINT64_C(0x7fffffffff00);
    EXPECT(go(1) == REFCORE_SHUTDOWN, "an IDT that cannot be read ends in shutdown");
}

/* ---- how faults combine. SDM Vol. 3A, table "Conditions for Generating a Double Fault" ---- */

static void double_faults(void) {
    /* first exception: its gate leads to the second */
    static const struct {
        unsigned first, second;
        int expected;
    } pairs[] = {
        {UD_, NP_, NP_}, {UD_, GP_, GP_}, {GP_, NP_, DF_}, {GP_, GP_, DF_}, {DE_, NP_, DF_}, {NP_, GP_, DF_},
        {TS_, GP_, DF_}, {SS_, NP_, DF_}, {PF_, NP_, DF_}, {PF_, PF_, DF_}, {GP_, PF_, PF_}, {UD_, PF_, PF_},
    };
    for (unsigned i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        unsigned first = pairs[i].first;
        scene_protected("intel-max", 0);
        scene_paging();
        gdt(FREE, segment_descriptor(0, 0xfffff, AR_DATA32 ^ AR_ABSENT));
        switch (first) {
        case UD_:
            EMIT(0x0f, 0x0b);
            break;
        case GP_:
            EMIT(0x0f, 0x00, 0xd8);
            g.s.gpr[AX] = DATA32;
            break; /* LTR of data */
        case NP_:
            EMIT(0x8e, 0xd8);
            g.s.gpr[AX] = FREE;
            break; /* MOV DS */
        case SS_:
            EMIT(0x8e, 0xd0);
            g.s.gpr[AX] = FREE;
            break; /* MOV SS */
        case DE_:
            EMIT(0xf7, 0xf1);
            break; /* DIV ECX of 0 */
        case TS_:
            EMIT(0xcf);
            g.s.rflags |= NT;
            put(TSS_A, 0x100, 2);
            break; /* IRET, bad back link */
        case PF_:
            EMIT(0xa1, BYTES4(0x1c0000));
            scene_page(0x1c0000, 0);
            break; /* MOV EAX */
        }
        /* the first one's gate: not present, of data, or to a stack that is not there */
        if (pairs[i].second == NP_)
            idt(first, CODE32, 0, 0x0e);
        else if (pairs[i].second == GP_)
            idt(first, DATA32, 0, INT32);
        else
            idt(first, CODE_1 & ~3U, 0, INT32);
        if (pairs[i].second == PF_) {
            /* the gates of #PF and what follows start a page; absent is #PF's own gate, or those below it */
            uint8_t table[0x100];
            refcore_read_memory(g.m, IDT, table, sizeof table);
            g.s.idtr_base = 0x181000 - 8 * PF_;
            refcore_write_memory(g.m, g.s.idtr_base, table, sizeof table);
            uint32_t absent = first == PF_ ? 0x181000 : 0x180000;
            scene_page(absent, absent);
        }
        go(1);
        EXPECT(handler() == pairs[i].expected, "SDM 3A, Interrupt 8-Double Fault: classes");
        if (pairs[i].expected == DF_)
            EXPECT(frame(0) == 0 && frame(1) == g.start && !(frame(3) & RF),
                   "SDM 3A, Interrupt 8: error code 0, an abort");
    }
    /* the #DF handler cannot be called: contributory or page fault: shutdown */
    scene_protected("intel-max", 0);
    EMIT(0x0f, 0x0b);
    idt(UD_, DATA32, 0, INT32);
    idt(GP_, DATA32, 0, INT32);
    idt(DF_, DATA32, 0, INT32);
    EXPECT(go(1) == REFCORE_SHUTDOWN && g.s.shutdown,
           "SDM 3A, Interrupt 8: a fault while calling the #DF handler");
    EXPECT(go_on(1) == REFCORE_SHUTDOWN, "shutdown lasts");
    /* a benign one is delivered: #AC at CPL 3 */
    scene_protected("intel-max", 3);
    EMIT(0xcd, INT_30);
    g.s.cr0 |= 0x40000;
    g.s.rflags |= AC;
    gdt(FREE, segment_descriptor(0, 0xfffff, AR_CODE32 | AR_DPL3));
    idt(INT_30, DATA32, 0, INT32 | 0x60); /* #GP */
    idt(GP_, 0, 0, INT32);                /* #GP again: #DF */
    idt(DF_, FREE, handler_at(DF_), INT32);
    g.s.gpr[SP] = STACK3 + 2; /* pushes of the #DF frame are misaligned */
    go(1);
    EXPECT(handler() == AC_ && frame(0) == 0,
           "SDM 3A, Interrupt 8: #AC is benign, also during #DF's delivery");
}

/* ---- between instructions ---- */

static void x2apic_on(void) {
    EXPECT(refcore_write_msr(g.m, 0x1b, 0xfee00c00 | 0x100) && refcore_write_msr(g.m, 0x80f, 0x1ff),
           "x2APIC");
}

static void boundary(void) {
    /* external interrupt: waits for IF; STI and MOV SS hold it for an instruction */
    for (unsigned i = 0; i < 4; i++) {
        scene_long("intel-max", 0);
        x2apic_on();
        switch (i) {
        case 0:
            EMIT(0x90, 0x90);
            g.s.rflags |= IF;
            break;
        case 1:
            EMIT(0xfb, 0x90, 0x90);
            break; /* STI */
        case 2:
            EMIT(0x8e, 0xd0, 0x90, 0x90);
            g.s.gpr[AX] = DATA32;
            g.s.rflags |= IF;
            break; /* MOV SS */
        case 3:
            EMIT(0x90, 0x90);
            break;
        }
        if (i == 2) /* the interrupt comes with MOV SS done */
            go(1);
        EXPECT(refcore_write_msr(g.m, 0x83f, 0x55), "SELF IPI");
        uint64_t start = i == 2 ? g.start : g.s.rip;
        if (i == 2)
            go_on(2);
        else
            go(i == 0 ? 1 : 3);
        if (i == 3)
            EXPECT(handler() != 0x55, "SDM 3A, Masking Maskable Hardware Interrupts: IF");
        else
            EXPECT(handler() == 0x55 && frame(0) == start + (i == 0   ? 0
                                                             : i == 1 ? 2
                                                                      : 3),
                   "SDM 3A, Masking Maskable Hardware Interrupts, ... When Switching Stacks; SDM 2B STI");
    }
    /* NMI: blocks itself until IRET; not at the boundary behind MOV SS */
    scene_long("intel-max", 0);
    x2apic_on();
    EMIT(0x90, 0x90, 0x90);
    put(handler_at(NMI_), 0xcf489090, 4); /* NOP NOP IRETQ */
    EXPECT(refcore_write_msr(g.m, 0x830, 0x400), "ICR: NMI to itself");
    go(1);
    EXPECT(handler() == NMI_ && frame(0) == g.start, "SDM 3A, Nonmaskable Interrupt (NMI)");
    EXPECT(refcore_write_msr(g.m, 0x830, 0x400), "ICR: NMI to itself");
    go_on(2);
    EXPECT(g.s.rip == handler_at(NMI_) + 2U, "SDM 3A, Handling Multiple NMIs: blocked");
    go_on(2);
    EXPECT(handler() == NMI_, "SDM 3A, Handling Multiple NMIs: IRET unblocks");
    scene_long("intel-max", 0);
    x2apic_on();
    EMIT(0x8e, 0xd0, 0x90);
    g.s.gpr[AX] = DATA32;
    go(1);
    EXPECT(refcore_write_msr(g.m, 0x830, 0x400), "ICR: NMI to itself");
    go_on(2);
    EXPECT(handler() == NMI_ && frame(0) == g.start + 3, "SDM 3A, ... When Switching Stacks: NMI waits");
    /* the same in one run, where IRET goes straight on: the second NMI comes before INC EBX */
    scene_long("intel-max", 0);
    x2apic_on();
    EMIT(0xff, 0xc3, 0xf4);                   /* INC EBX; HLT */
    put(handler_at(NMI_), 0xcf48c2ffd901, 6); /* ADD ECX, EBX; INC EDX; IRETQ */
    g.s.gpr[BX] = g.s.gpr[CX] = g.s.gpr[DX] = 0;
    EXPECT(refcore_write_msr(g.m, 0x830, 0x400), "ICR: NMI to itself");
    go(1);
    EXPECT(refcore_write_msr(g.m, 0x830, 0x400), "ICR: NMI to itself");
    EXPECT(go_on(100000) == REFCORE_HALT && g.s.gpr[DX] == 2 && g.s.gpr[CX] == 0 && g.s.gpr[BX] == 1,
           "SDM 3A, Handling Multiple NMIs: IRET unblocks, at once");
    /* a single-step trap behind HLT */
    scene_long("intel-max", 0);
    EMIT(0xf4, 0x90);
    g.s.rflags |= TF;
    go(2);
    EXPECT(handler() == DB_ && frame(0) == CODE + 1 && !g.s.halted, "SDM 2A HLT: a debug exception wakes");
    /* STI's shadow ends with the trap behind it: a trap gate's handler is interrupted at once */
    scene_long("intel-max", 0);
    x2apic_on();
    idt(DB_, CODE64, handler_at(DB_), INT32 | 1);
    EMIT(0xfb, 0x90); /* STI */
    g.s.rflags |= TF;
    EXPECT(refcore_write_msr(g.m, 0x83f, 0x55), "SELF IPI");
    go(2);
    EXPECT(handler() == DB_ && frame(0) == CODE + 1,
           "SDM 3A, Priority Among Concurrent Events: the trap first");
    go_on(1);
    EXPECT(handler() == 0x55 && frame(0) == handler_at(DB_), "SDM 2B STI: held back for one instruction");
    /* HLT is left by NMI, interrupt, never by a code breakpoint */
    for (unsigned i = 0; i < 3; i++) {
        scene_long("intel-max", 0);
        x2apic_on();
        EMIT(0xf4, 0x90);
        g.s.rflags |= IF;
        g.s.dr[0] = CODE + 1;
        g.s.dr7 |= i == 2 ? 2 : 0;
        EXPECT(go(1) == REFCORE_LIMIT && g.s.halted, "HLT");
        if (i == 2) {
            EXPECT(go_on(5) == REFCORE_HALT && g.s.rip == CODE + 1, "SDM 2A HLT: nothing wakes it");
            continue;
        }
        EXPECT(refcore_write_msr(g.m, i ? 0x830 : 0x83f, i ? 0x400 : 0x55), "IPI");
        go_on(1);
        EXPECT(handler() == (i ? NMI_ : 0x55) && frame(0) == CODE + 1 && !g.s.halted,
               "SDM 2A HLT: resumes by an interrupt");
    }
    /* RF lasts for an instruction, and keeps a breakpoint away */
    scene_long("intel-max", 0);
    EMIT(0x90, 0x90);
    g.s.dr[0] = CODE;
    g.s.dr[3] = CODE + 1;
    g.s.dr7 = 0x400 | 2 | 0x80;
    g.s.rflags |= RF;
    go(1);
    EXPECT(g.s.rip == CODE + 1 && !(g.s.rflags & RF),
           "SDM 3B, Instruction-Breakpoint Exception Condition: RF");
    go_on(1);
    EXPECT(handler() == DB_ && (g.s.dr6 & 15) == 8 && frame(0) == CODE + 1, "SDM 3B: breakpoint of DR3");
    /* INT1 and faults under a shadow: the shadow ends with the delivery */
    scene_long("intel-max", 0);
    EMIT(0x8e, 0xd0, 0x0f, 0x0b);
    g.s.gpr[AX] = DATA32;
    go(2);
    EXPECT(handler() == UD_ && frame(0) == CODE + 2, "MOV SS, then a fault");
}

/* ---- debug ---- */

static void debug(void) {
    /* single step, in every mode that has its own delivery */
    for (unsigned i = 0; i < 3; i++) {
        i == 0   ? scene_real("intel-max")
        : i == 1 ? scene_protected("intel-max", 0)
                 : scene_long("intel-max", 0);
        EMIT(0x90, 0x90);
        g.s.rflags |= TF;
        go(2);
        EXPECT(handler() == DB_ && frame(0) == g.start + 1 && (g.s.dr6 & 0x4000) && !(g.s.rflags & TF),
               "SDM 3B, Single-Step Exception Condition");
    }
    /* a step over MOV SS comes after the next instruction; INT n clears TF first */
    scene_long("intel-max", 0);
    EMIT(0x8e, 0xd0, 0x90, 0x90);
    g.s.gpr[AX] = DATA32;
    g.s.rflags |= TF;
    go(3);
    EXPECT(handler() == DB_ && frame(0) == CODE + 3,
           "SDM 3A, ... When Switching Stacks: no trap behind MOV SS");
    scene_long("intel-max", 0);
    EMIT(0xcd, 0x30);
    put(handler_at(0x30), 0x9090, 2);
    g.s.rflags |= TF;
    go(2);
    EXPECT(g.s.rip == handler_at(0x30) + 1U, "SDM 2A INT n: TF cleared, no trap");
    /* a data breakpoint that MOV SS hits is held as well */
    scene_long("intel-max", 0);
    EMIT(0x8e, 0x14, 0x25, BYTES4(DATA), 0x90, 0x90); /* MOV SS, [DATA] */
    put(DATA, DATA32, 2);
    g.s.dr[2] = DATA;
    g.s.dr7 = 0x400 | 0x10 | UINT64_C(7) << 24; /* DR2, accesses, 2 bytes */
    go(3);
    EXPECT(handler() == DB_ && (g.s.dr6 & 15) == 4 && frame(0) == CODE + 8,
           "SDM 2B MOV: debug exceptions held behind MOV SS");
    /* I/O breakpoints: lengths, alignment, only with CR4.DE */
    static const struct {
        unsigned port, dr, length_field;
        uint8_t insn;
        bool hit;
    } ports[] = {
        {0x80, 0x80, 0, 0xe6, true},  {0x80, 0x81, 0, 0xe6, false}, {0x80, 0x83, 3, 0xe6, true},
        {0x80, 0x84, 3, 0xe6, false}, {0x80, 0x83, 1, 0xe7, true},  {0x80, 0x87, 2, 0xe7, true},
        {0x84, 0x80, 1, 0xe6, false},
    };
    for (unsigned i = 0; i < 2 * sizeof ports / sizeof *ports; i++) {
        unsigned k = i / 2;
        scene_protected("intel-max", 0);
        EMIT(ports[k].insn, (uint8_t)ports[k].port, 0x90);
        g.s.dr[1] = ports[k].dr;
        g.s.dr7 = 0x400 | 4 | (uint64_t)(2 | ports[k].length_field << 2) << 20;
        g.s.cr4 = i & 1 ? 8 : 0;
        go(2);
        bool hit = (i & 1) && ports[k].hit;
        EXPECT(hit ? handler() == DB_ && (g.s.dr6 & 15) == 2 : g.s.rip == CODE + 3U,
               "SDM 3B, Debug Control Register (DR7): I/O breakpoints");
    }
    /* code breakpoints: linear address of CS:EIP; R/W not 0 or disabled: none; held behind MOV SS */
    for (unsigned i = 0; i < 4; i++) {
        scene_protected("intel-max", 0);
        EMIT(0x90);
        g.s.segment[CS].base = i == 3 ? 0x400 : 0;
        g.s.rip = CODE - g.s.segment[CS].base;
        g.s.dr[0] = CODE;
        g.s.dr7 = 0x400 | (i == 1 ? UINT64_C(1) << 16 : 0) | (i == 2 ? 4 : 1);
        go(1);
        EXPECT(i == 0 || i == 3 ? handler() == DB_ && frame(0) == g.start : g.s.rip == g.start + 1,
               "SDM 3B, Instruction-Breakpoint Exception Condition");
    }
    scene_protected("intel-max", 0);
    EMIT(0x8e, 0xd0, 0x90, 0x90);
    g.s.gpr[AX] = DATA32;
    g.s.dr[0] = CODE + 2;
    g.s.dr7 = 0x401;
    go(2);
    EXPECT(g.s.rip == CODE + 3,
           "SDM 3A, ... When Switching Stacks: a code breakpoint behind MOV SS is suppressed");
}

int main(void) {
    g.test = "test_event";
    real_mode();
    gate_checks(false);
    gate_checks(true);
    protected_gates();
    external_bit();
    long_gates();
    double_faults();
    boundary();
    debug();
    return scene_end();
}
