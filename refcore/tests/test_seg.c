/* SPDX-License-Identifier: BSD-2-Clause */
/* test_seg - segment register loads, LLDT and LTR, far jumps, calls and returns, call gates of 16, 32 and 64
 * bits, the stack and the I/O bitmap, with every fault in its order. Each expectation cites its rule. */
#include "scene.h"

enum {
    FREE2 = FREE + 16,
    FREE3 = FREE + 32,
    FREE4 = FREE + 48
}; /* 16 bytes each, as IA-32e system descriptors need */

static void start(bool is_long, unsigned cpl) {
    is_long ? scene_long("intel-max", cpl) : scene_protected("intel-max", cpl);
}

/* ---- loads of segment registers ---- */

static void emit_load(unsigned seg, unsigned selector) {
    EMIT(0x8e, (uint8_t)(0xc0 | seg << 3)); /* MOV Sreg, AX */
    g.s.gpr[AX] = selector;
}

static void loads(void) {
    static const struct {
        unsigned seg, cpl, selector, rights, vector;
        const char *rule;
    } cases[] = {
        {DS, 0, FREE, AR_DATA32, 0, "data"},
        {DS, 0, FREE, AR_DATA32 ^ AR_ACCESSED_, 0, "accessed is set"},
        {DS, 3, FREE, AR_DATA32, GP_, "CPL above DPL"},
        {DS, 0, FREE | 3, AR_DATA32, GP_, "RPL above DPL"},
        {DS, 3, FREE | 3, AR_CODE32 | 4, 0, "readable conforming code at any level"},
        {DS, 0, FREE, AR_CODE32, 0, "readable code"},
        {DS, 0, FREE, AR_CODE32 ^ 2, GP_, "code that cannot be read"},
        {DS, 0, FREE, 0x89, GP_, "a system descriptor"},
        {DS, 0, FREE, AR_DATA32 ^ AR_ABSENT, NP_, "not present"},
        {DS, 0, 0x104, AR_DATA32, GP_, "beyond the LDT's limit"},
        {GS, 0, 0x100, AR_DATA32, GP_, "beyond the GDT's limit"},
        {SS, 0, FREE, AR_DATA32, 0, "stack"},
        {SS, 0, FREE | 1, AR_DATA32, GP_, "stack: RPL"},
        {SS, 0, FREE, AR_DATA32 ^ 2, GP_, "stack: not writable"},
        {SS, 0, FREE, AR_CODE32, GP_, "stack: code"},
        {SS, 0, FREE, AR_DATA32 | AR_DPL3, GP_, "stack: DPL"},
        {SS, 0, FREE, 0x82, GP_, "stack: a system descriptor"},
        {SS, 0, FREE, AR_DATA32 ^ AR_ABSENT, SS_, "stack: not present"},
        {SS, 0, 0x100, 0, GP_, "stack: beyond the limit"},
    };
    for (unsigned i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
        unsigned k = i / 2;
        start(i & 1, cases[k].cpl);
        gdt(FREE, segment_descriptor(0x1000, 0xfffff, cases[k].rights));
        emit_load(cases[k].seg, cases[k].selector);
        go(1);
        if (cases[k].vector)
            EXPECT_FAULT((int)cases[k].vector, cases[k].selector & ~3U, cases[k].rule);
        else
            EXPECT(g.s.rip == CODE + 2 && g.s.segment[cases[k].seg].selector == cases[k].selector &&
                       (get(GDT + FREE + 5, 1) & 1),
                   cases[k].rule);
    }
    /* through the LDT */
    start(false, 0);
    put(LDT + 8, segment_descriptor(0x5000, 0xff, 0x4093), 8);
    emit_load(ES, 8 | 4);
    go(1);
    EXPECT(g.s.segment[ES].base == 0x5000 && g.s.segment[ES].limit == 0xff, "SDM 2B MOV: TI, the LDT");
    start(false, 0);
    emit_load(ES, 8 | 4);
    g.s.segment[LDTR].null = true;
    go(1);
    EXPECT_FAULT(GP_, 8 | 4, "SDM 2A LLDT: references to a null LDTR's descriptors");
    /* null selectors */
    for (unsigned i = 0; i < 4; i++) {
        const char *profile = i & 1 ? "zen" : "intel-max";
        i & 2 ? scene_long(profile, 3) : scene_protected(profile, 3);
        emit_load(FS, 3);
        g.s.segment[FS].base = 0x1234;
        go(1);
        EXPECT(g.s.segment[FS].null && g.s.segment[FS].selector == 3 &&
                   g.s.segment[FS].base == (i & 1 ? 0x1234 : 0),
               "SDM 3A, Segment Loading Instructions in IA-32e Mode: null clears the base; APM 2: it stays");
    }
    for (unsigned i = 0; i < 4; i++) {
        i == 0 ? scene_compatibility("intel-max", 0) : scene_long("intel-max", i == 1 ? 3 : 0);
        emit_load(SS, i == 3 ? 1 : 0);
        go(1);
        if (i == 2)
            EXPECT(g.s.rip == CODE + 2 && g.s.segment[SS].null,
                   "SDM 2B MOV: null SS in 64-bit mode below CPL 3");
        else
            EXPECT_FAULT(GP_, 0, "SDM 2B MOV: null SS");
    }
    /* real mode */
    scene_real("intel-max");
    emit_load(DS, 0x1234);
    go(1);
    EXPECT(g.s.segment[DS].base == 0x12340 && g.s.segment[DS].limit == 0xffff,
           "SDM 3A, Real-Address Mode Operation");
    scene_real("intel-max");
    emit_load(DS, 0x1234);
    g.s.segment[DS].null = true;
    g.s.segment[DS].limit = 0;
    go(1);
    EXPECT(g.s.segment[DS].limit == 0xffff && !g.s.segment[DS].null, "a null register is usable again");
}

static void lldt_ltr(void) {
    static const struct {
        unsigned selector, rights, upper, type;
        uint32_t base_high;
        unsigned vector;
        const char *rule;
    } cases[] = {
        /* type 0: LLDT, 1: LTR; upper: bits of the second half's type field */
        {0, 0, 0, 0, 0, 0, "LLDT null"},
        {3, 0, 0, 0, 0, 0, "LLDT null with RPL"},
        {0, 0, 0, 1, 0, GP_, "LTR null"},
        {FREE | 4, 0x82, 0, 0, 0, GP_, "LLDT in the LDT"},
        {FREE | 4, 0x89, 0, 1, 0, GP_, "LTR in the LDT"},
        {0x100, 0x82, 0, 0, 0, GP_, "LLDT beyond the limit"},
        {0x100, 0x82, 0, 1, 0, GP_, "LTR beyond the limit"},
        {FREE, 0x82, 0, 0, 0, 0, "LLDT"},
        {FREE, 0x89, 0, 1, 0, 0, "LTR"},
        {FREE, 0x89, 0, 0, 0, GP_, "LLDT of a TSS"},
        {FREE, 0x92, 0, 0, 0, GP_, "LLDT of data"},
        {FREE, 0x82, 0, 1, 0, GP_, "LTR of an LDT"},
        {FREE, 0x99, 0, 1, 0, GP_, "LTR of code"},
        {FREE, 0x8b, 0, 1, 0, GP_, "LTR of a busy TSS"},
        {FREE, 0x02, 0, 0, 0, NP_, "LLDT not present"},
        {FREE, 0x09, 0, 1, 0, NP_, "LTR not present"},
        {FREE, 0x82, 0x1f, 0, 0, GP_, "LLDT, type bits in the second half"},
        {FREE, 0x89, 0x01, 1, 0, GP_, "LTR, type bits in the second half"},
        {FREE, 0x82, 0, 0, 0x8000, GP_, "LLDT, base not canonical"},
        {FREE, 0x89, 0, 1, 0x8000, GP_, "LTR, base not canonical"},
        {FREE_END, 0x82, 0, 0, 0, GP_, "LLDT, second half beyond the limit"},
        {FREE_END, 0x89, 0, 1, 0, GP_, "LTR, second half beyond the limit"},
        {FREE, 0x81, 0, 1, 0, GP_, "LTR of a 16-bit TSS"},
    };
    for (unsigned i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
        unsigned k = i / 2, entry = cases[k].type ? 0xd8 : 0xd0;
        start(i & 1, 0);
        bool only_long =
            cases[k].upper || cases[k].base_high || cases[k].selector == FREE_END || cases[k].rights == 0x81;
        gdt(cases[k].selector & 0xf8, cases[k].selector < 8 || cases[k].selector == 0x100
                                          ? 0
                                          : segment_descriptor(0x6000, 0x1ff, cases[k].rights));
        if (cases[k].selector == FREE)
            put(GDT + FREE + 8, (uint64_t)cases[k].upper << 40 | cases[k].base_high, 8);
        EMIT(0x0f, 0x00, (uint8_t)entry);
        g.s.gpr[AX] = cases[k].selector;
        go(1);
        bool fault = cases[k].vector && (!only_long || (i & 1));
        if (fault) {
            EXPECT_FAULT((int)cases[k].vector, cases[k].selector & ~3U, cases[k].rule);
            continue;
        }
        const struct refcore_segment *s = &g.s.segment[cases[k].type ? TR : LDTR];
        EXPECT(g.s.rip == CODE + 3 && s->selector == cases[k].selector, cases[k].rule);
        EXPECT(cases[k].selector < 4 || (s->base == 0x6000 && s->limit == 0x1ff), "base and limit");
        if (cases[k].type)
            EXPECT(get(GDT + (cases[k].selector & ~7U) + 5, 1) & 2, "SDM 2A LTR: marked busy");
    }
    start(true, 0);
    EMIT(0x0f, 0x00, 0xd8);
    gdt(FREE, segment_descriptor(0x6000, 0x1ff, 0x89));
    put(GDT + FREE + 8, 0x1234, 8);
    g.s.gpr[AX] = FREE;
    go(1);
    EXPECT(g.s.segment[TR].base == UINT64_C(0x123400006000), "SDM 2A LTR: 64-bit base");
}

/* ---- far transfers ---- */

/* CALL or JMP to selector:offset with the operand size. */
static unsigned emit_far(bool call, unsigned selector, uint64_t offset, unsigned size) {
    uint64_t before = g.at;
    bool wide = !g.real && !(g.s.rflags & 0x20000) && !g.is_long;
    if (g.is_long && (g.s.segment[CS].rights & 0x2000)) {
        put(DATA, offset, 8);
        put(DATA + size, selector, 2);
        if (size == 2)
            EMIT(0x66);
        if (size == 8)
            EMIT(0x48);
        EMIT(0xff, call ? 0x1c : 0x2c, 0x25, BYTES4(DATA));
        return (unsigned)(g.at - before);
    }
    if ((size == 2) == (wide || g.is_long))
        EMIT(0x66);
    EMIT(call ? 0x9a : 0xea);
    if (size == 2)
        EMIT(BYTES2(offset));
    else
        EMIT(BYTES4(offset));
    EMIT(BYTES2(selector));
    return (unsigned)(g.at - before);
}

static void far_direct(void) {
    static const struct {
        unsigned cpl, selector, rights, vector;
        const char *rule;
    } cases[] = {
        {0, FREE, AR_CODE32, 0, "nonconforming"},
        {3, FREE | 3, AR_CODE32, GP_, "nonconforming: DPL below CPL"},
        {0, FREE, AR_CODE32 | AR_DPL3, GP_, "nonconforming: DPL above CPL"},
        {0, FREE | 3, AR_CODE32, GP_, "nonconforming: RPL above CPL"},
        {3, FREE, AR_CODE32 | AR_DPL3, 0, "nonconforming: RPL below CPL"},
        {3, FREE | 3, AR_CODE32 | 4, 0, "conforming"},
        {0, FREE, AR_CODE32 | AR_DPL3 | 4, GP_, "conforming: DPL above CPL"},
        {0, FREE, AR_CODE32 ^ AR_ABSENT, NP_, "not present"},
        {0, FREE, AR_CODE32 ^ AR_ACCESSED_, 0, "accessed is set"},
        {0, FREE, AR_DATA32, GP_, "data"},
        {0, FREE, 0x80, GP_, "reserved type 0"},
        {0, FREE, 0x82, GP_, "an LDT"},
        {0, FREE, 0x8e, GP_, "an interrupt gate"},
        {0, 3, 0, GP_, "null"},
        {0, 0x100, 0, GP_, "beyond the limit"},
    };
    for (unsigned i = 0; i < 4 * sizeof cases / sizeof *cases; i++) {
        unsigned k = i / 4;
        bool is_long = i & 1, call = i & 2;
        start(is_long, cases[k].cpl);
        bool code = (cases[k].rights & 0x18) == 0x18;
        gdt(FREE, segment_descriptor(
                      0, 0xfffff, is_long && code ? (cases[k].rights & ~0x4000U) | 0x2000 : cases[k].rights));
        unsigned length = emit_far(call, cases[k].selector, 0x4321, 4);
        uint64_t sp = g.s.gpr[SP];
        go(1);
        if (cases[k].vector) {
            EXPECT_FAULT((int)cases[k].vector, cases[k].selector & ~3U, cases[k].rule);
            continue;
        }
        EXPECT(g.s.rip == 0x4321 && g.s.cpl == cases[k].cpl &&
                   g.s.segment[CS].selector == ((cases[k].selector & ~3U) | cases[k].cpl) &&
                   (get(GDT + FREE + 5, 1) & 1),
               cases[k].rule);
        EXPECT(g.s.gpr[SP] == sp - (call ? 8 : 0) && (!call || get(sp - 8, 4) == CODE + length),
               "return address");
    }
    for (unsigned call = 0; call < 2; call++) {
        /* operand sizes; the offset's upper bits are dropped with 16 */
        start(false, 0);
        emit_far(call, CODE32, 0x4321, 2);
        go(1);
        EXPECT(g.s.rip == 0x4321 && g.s.gpr[SP] == STACK0 - (call ? 4U : 0), "16-bit operand size");
        for (unsigned size = 2; size <= 8; size *= 2) {
            start(true, 0);
            emit_far(call, CODE64, 0x4321, size);
            go(1);
            EXPECT(g.s.rip == 0x4321 && g.s.gpr[SP] == STACK0 - (call ? 2 * size : 0),
                   "64-bit mode: operand sizes");
        }
        /* L and D */
        start(true, 0);
        gdt(FREE, segment_descriptor(0, 0xfffff, AR_CODE64 | 0x4000));
        emit_far(call, FREE, 0x4321, 4);
        go(1);
        EXPECT_FAULT(GP_, FREE, "SDM 2A JMP, CALL: L and D both set in IA-32e mode");
        /* between 64-bit and compatibility mode; offset beyond the limit, not canonical */
        start(true, 0);
        emit_far(call, CODE32, 0x4321, 4);
        go(1);
        EXPECT(g.s.rip == 0x4321 && !(g.s.segment[CS].rights & 0x2000), "to compatibility mode");
        start(true, 0);
        emit_far(call, CODE64, UINT64_C(1) << 50, 8);
        go(1);
        EXPECT_FAULT(GP_, 0, "SDM 2A JMP, CALL: RIP not canonical");
        start(false, 0);
        gdt(FREE, segment_descriptor(0, 0xfff, 0x409b));
        emit_far(call, FREE, 0x1000, 4);
        go(1);
        EXPECT_FAULT(GP_, 0, "SDM 2A JMP, CALL: EIP beyond the limit");
        scene_compatibility("intel-max", 0);
        emit_far(call, CODE64, 0x4321, 4);
        go(1);
        EXPECT(g.s.rip == 0x4321 && (g.s.segment[CS].rights & 0x2000), "to 64-bit mode");
        /* real mode */
        for (unsigned size = 2; size <= 4; size += 2) {
            scene_real("intel-max");
            emit_far(call, 0x2000, 0x4321, size);
            go(1);
            EXPECT(g.s.rip == 0x4321 && g.s.segment[CS].base == 0x20000 &&
                       g.s.gpr[SP] == STACK0 - (call ? 2 * size : 0),
                   "SDM 2A JMP, CALL, REAL-ADDRESS-MODE");
        }
        scene_real("intel-max");
        emit_far(call, 0x2000, 0x10000, 4);
        go(1);
        EXPECT_FAULT(GP_, 0, "SDM 2A JMP, CALL, Real-Address Mode Exceptions: offset beyond the limit");
        scene_vm86("intel-max", 3, 0);
        emit_far(call, 0x2000, 0x4321, 2);
        go(1);
        EXPECT(g.s.rip == 0x4321 && g.s.segment[CS].base == 0x20000 && g.s.cpl == 3, "virtual-8086 mode");
        /* system types in IA-32e mode: only the call gate */
        for (unsigned type = 0; type < 16; type++) {
            if (type == 12)
                continue;
            start(true, 0);
            gdt(FREE, segment_descriptor(TSS_B, 0x67, 0x80 | type));
            emit_far(call, FREE, 0, 4);
            go(1);
            EXPECT_FAULT(GP_, FREE, "SDM 2A JMP, CALL: system types in IA-32e mode");
        }
    }
    /* no room for the return address: #SS before the instruction pointer is looked at */
    for (unsigned mode = 0; mode < 3; mode++) {
        mode == 0   ? scene_protected("intel-max", 0)
        : mode == 1 ? scene_real("intel-max")
                    : scene_long("intel-max", 0);
        gdt(FREE, segment_descriptor(0, 0xfff, 0x409b));
        emit_far(true, mode == 2 ? CODE64 : FREE, mode == 2 ? UINT64_C(1) << 50 : 0x10000, mode == 2 ? 8 : 4);
        if (mode == 2) {
            g.s.gpr[SP] = (UINT64_C(1) << 47) + 8;
            put(IDT + 16 * SS_ + 4, 1, 1);
        } else {
            g.s.segment[SS].limit = 0x9fff;
            g.s.segment[SS].rights = 0x4093;
            g.s.gpr[SP] = 0xb000;
            if (mode == 0) { /* the handler's stack: room again */
                idt(SS_, CODE_1, 0, TASK);
                gdt(CODE_1, 0);
            }
        }
        if (mode == 2) {
            go(1);
            EXPECT_FAULT(SS_, 0, "SDM 2A CALL: stack not canonical");
        } else if (mode == 1) {
            EXPECT(go(1) == REFCORE_SHUTDOWN, "SDM 2A CALL, real mode: #SS that cannot be delivered");
        }
    }
}

static void call_gates(void) {
    static const struct {
        unsigned cpl, gate_rpl, gate, code, selector, vector, error;
        const char *rule;
    } cases[] = {
        {0, 0, CALL32, AR_CODE32, FREE2, 0, 0, "same level"},
        {3, 3, CALL32 | 0x60, AR_CODE32, FREE2, 0, 0, "inner level"},
        {3, 3, CALL32 | 0x60, AR_CODE32 | 4, FREE2, 0, 0, "conforming"},
        {3, 3, CALL32, AR_CODE32, FREE2, GP_, FREE, "gate's DPL below CPL"},
        {0, 3, CALL32, AR_CODE32, FREE2, GP_, FREE, "RPL above the gate's DPL"},
        {0, 0, CALL32 ^ 0x80, AR_CODE32, FREE2, NP_, FREE, "gate not present"},
        {0, 0, CALL32, AR_CODE32, 3, GP_, 0, "null code selector"},
        {0, 0, CALL32, AR_CODE32, 0x100, GP_, 0x100, "code selector beyond the limit"},
        {0, 0, CALL32, AR_DATA32, FREE2, GP_, FREE2, "not code"},
        {0, 0, CALL32, AR_CODE32 | AR_DPL3, FREE2, GP_, FREE2, "code's DPL above CPL"},
        {0, 0, CALL32, AR_CODE32 | AR_DPL3 | 4, FREE2, GP_, FREE2, "conforming code's DPL above CPL"},
        {0, 0, CALL32, AR_CODE32 ^ AR_ABSENT, FREE2, NP_, FREE2, "code not present"},
    };
    for (unsigned i = 0; i < 4 * sizeof cases / sizeof *cases; i++) {
        unsigned k = i / 4;
        bool is_long = i & 1, call = i & 2;
        start(is_long, cases[k].cpl);
        bool code = (cases[k].code & 0x18) == 0x18;
        gdt(FREE2, segment_descriptor(0, 0xfffff,
                                      is_long && code ? (cases[k].code & ~0x4000U) | 0x2000 : cases[k].code));
        gdt(FREE, gate_descriptor(cases[k].selector, 0x4321, cases[k].gate));
        gdt(FREE + 8, 0);
        emit_far(call, FREE | cases[k].gate_rpl, 0x99999, 4);
        uint64_t sp = g.s.gpr[SP];
        go(1);
        bool inner = cases[k].cpl && !(cases[k].code & 4);
        if (!cases[k].vector && inner && !call) {
            EXPECT_FAULT(GP_, FREE2, "SDM 2A JMP, CALL-GATE: a jump never changes the level");
        } else if (cases[k].vector) {
            EXPECT_FAULT((int)cases[k].vector, cases[k].error, cases[k].rule);
        } else {
            uint64_t top = inner ? INNER : sp;
            EXPECT(g.s.rip == 0x4321 && g.s.cpl == (inner ? 0 : cases[k].cpl), cases[k].rule);
            EXPECT(g.s.gpr[SP] == top - (call ? (inner ? 4 : 2) * (is_long ? 8U : 4U) : 0),
                   "SDM 2A CALL, CALL-GATE: pushes by the gate's size");
        }
    }
    /* 16-bit gate: offset and slots of 16 bits, parameters as words */
    for (unsigned width = 0; width < 2; width++) {
        start(false, 3);
        unsigned slot = width ? 4 : 2;
        gdt(FREE, gate_descriptor(CODE32, 0x4321 | 0x50000, (width ? CALL32 : CALL16) | 0x60) | UINT64_C(31)
                                                                                                    << 32);
        for (unsigned p = 0; p < 31; p++)
            put(STACK3 + p * slot, 0x1100 + p, slot);
        emit_far(true, FREE | 3, 0, 4);
        g.s.gpr[SP] = STACK3;
        go(1);
        EXPECT(g.s.rip == (width ? 0x54321U : 0x4321U) && g.s.gpr[SP] == INNER - 35 * slot &&
                   get(g.s.gpr[SP] + 2 * slot, slot) == 0x1100 &&
                   get(g.s.gpr[SP] + 32 * slot, slot) == 0x111e,
               "SDM 2A CALL, MORE-PRIVILEGE: parameters in order");
    }
    /* inner stack: accessed flags, limits, EIP */
    start(false, 3);
    gdt(FREE, gate_descriptor(CODE32, 0x4321, CALL32 | 0x60));
    gdt(DATA32, segment_descriptor(0, 0xfffff, AR_DATA32 ^ AR_ACCESSED_));
    gdt(CODE32, segment_descriptor(0, 0xfffff, AR_CODE32 ^ AR_ACCESSED_));
    emit_far(true, FREE | 3, 0, 4);
    go(1);
    EXPECT(g.s.cpl == 0 && (get(GDT + DATA32 + 5, 1) & 1) && (get(GDT + CODE32 + 5, 1) & 1),
           "accessed flags of CS and SS");
    start(false, 3);
    gdt(FREE, gate_descriptor(FREE2, 0x4321, CALL32 | 0x60));
    gdt(FREE2, segment_descriptor(0, 0xfff, 0x409b));
    emit_far(true, FREE | 3, 0, 4);
    go(1);
    EXPECT_FAULT(GP_, 0, "SDM 2A CALL, MORE-PRIVILEGE: EIP beyond the limit");
    start(true, 3);
    gdt(FREE, gate_descriptor(CODE64, 0x4321, CALL32 | 0x60));
    put(GDT + FREE + 8, 0x8000, 8);
    emit_far(true, FREE | 3, 0, 4);
    go(1);
    EXPECT_FAULT(GP_, 0, "SDM 2A CALL, MORE-PRIVILEGE: RIP not canonical");
    start(true, 3);
    gdt(FREE, gate_descriptor(CODE64, 0x4321, CALL32 | 0x60));
    gdt(FREE + 8, 0);
    put(TSS_A + 4, UINT64_C(1) << 47, 8);
    for (unsigned v = 10; v < 15; v++)
        put(IDT + 16 * v + 4, 1, 1);
    emit_far(true, FREE | 3, 0, 4);
    go(1);
    EXPECT_FAULT(SS_, 0, "SDM 2A CALL, MORE-PRIVILEGE: RSP of the TSS not canonical");
    /* the second half of a 64-bit gate; compatibility-mode code behind it */
    start(true, 0);
    gdt(FREE, gate_descriptor(CODE64, 0x4321, CALL32));
    put(GDT + FREE + 8, UINT64_C(1) << 40, 8);
    emit_far(true, FREE, 0, 4);
    go(1);
    EXPECT_FAULT(GP_, FREE, "SDM 3A, IA-32e Mode Call Gates: type bits in the second half");
    start(true, 0);
    gdt(FREE, gate_descriptor(CODE32, 0x4321, CALL32));
    gdt(FREE + 8, 0);
    emit_far(true, FREE, 0, 4);
    go(1);
    EXPECT_FAULT(GP_, CODE32, "SDM 2A CALL, CALL-GATE: the target is 64-bit code");
    /* from compatibility mode at the same level: 8-byte pushes */
    scene_compatibility("intel-max", 0);
    gdt(FREE, gate_descriptor(CODE64, 0x4321, CALL32));
    gdt(FREE + 8, 0);
    emit_far(true, FREE, 0, 4);
    go(1);
    EXPECT(g.s.rip == 0x4321 && g.s.gpr[SP] == STACK0 - 16, "SDM 2A CALL: a 64-bit gate pushes 8 bytes");
    /* slots of a 32-bit and a 16-bit TSS at its limit, by vendor */
    for (unsigned i = 0; i < 6; i++) {
        static const unsigned limit[6] = {8, 9, 10, 11, 4, 5};
        bool amd = i == 2 || i == 3, is16 = i >= 4;
        scene_protected(amd ? "zen" : "intel-max", 3);
        gdt(FREE, gate_descriptor(CODE32, 0x4321, CALL32 | 0x60));
        g.s.segment[TR].limit = limit[i];
        if (is16) {
            g.s.segment[TR].rights = 0x83;
            put(TSS_A + 2, INNER, 2);
            put(TSS_A + 4, DATA32, 2);
        }
        /* the fault's own handler at CPL 3 */
        idt(TS_, USER_CODE & ~3U, handler_at(TS_), INT32);
        emit_far(true, FREE | 3, 0, 4);
        go(1);
        if (i & 1)
            EXPECT(g.s.cpl == 0 && g.s.rip == 0x4321, "SDM 2A CALL: the slot ends at the TSS's limit");
        else
            EXPECT_FAULT(TS_, TSS_SELECTOR, "SDM 2A CALL: the slot beyond the TSS's limit");
    }
}

/* ---- far RET ---- */

static void far_returns(void) {
    static const struct {
        unsigned cs, ss;
        uint64_t rip;
        unsigned vector, error;
        const char *rule;
    } cases[] = {
        {CODE32, 0, 0x4321, 0, 0, "same level"},
        {USER_CODE, USER_DATA, 0x4321, 0, 0, "outer level"},
        {CONFORMING | 3, USER_DATA, 0x4321, 0, 0, "conforming, outer"},
        {0, 0, 0x4321, GP_, 0, "null"},
        {0x100, 0, 0x4321, GP_, 0x100, "beyond the limit"},
        {DATA32, 0, 0x4321, GP_, DATA32, "data"},
        {CODE32 | 3, 0, 0x4321, GP_, CODE32, "RPL is not DPL"},
        {FREE, 0, 0x4321, NP_, FREE, "not present"},
        {CODE32, 0, 0x200000, GP_, 0, "EIP beyond the limit"},
        {USER_CODE, USER_DATA, 0x200000, GP_, 0, "EIP beyond the limit, outer"},
        {USER_CODE, 0, 0x4321, GP_, 0, "SS null"},
        {USER_CODE, FREE2 | 3, 0x4321, SS_, FREE2, "SS not present"},
        {USER_CODE, DATA32 | 3, 0x4321, GP_, DATA32, "SS's DPL"},
    };
    for (unsigned i = 0; i < 4 * sizeof cases / sizeof *cases; i++) {
        unsigned k = i / 4, release = i & 1 ? 8 : 0, size = i & 2 ? 2 : 4;
        if (size == 2 && cases[k].rip > 0xffff)
            continue;
        start(false, 0);
        if (size == 2)
            EMIT(0x66);
        if (release)
            EMIT(0xca, BYTES2(release));
        else
            EMIT(0xcb);
        gdt(CODE32, segment_descriptor(0, 0x1ffff, 0x409a));
        gdt(USER_CODE, segment_descriptor(0, 0x1ffff, 0x40fa));
        gdt(USER_DATA, segment_descriptor(0, 0xfffff, (AR_DATA32 | AR_DPL3) ^ AR_ACCESSED_));
        gdt(FREE, segment_descriptor(0, 0xfffff, AR_CODE32 ^ AR_ABSENT));
        gdt(FREE2, segment_descriptor(0, 0xfffff, (AR_DATA32 | AR_DPL3) ^ AR_ABSENT));
        g.s.gpr[SP] = 0x9000;
        put(0x9000, cases[k].rip, size);
        put(0x9000 + size, cases[k].cs, size);
        put(0x9000 + 2 * size + release, 0xb120, size);
        put(0x9000 + 3 * size + release, cases[k].ss, size);
        segment(ES, CONFORMING);
        segment(GS, DATA32);
        g.s.segment[FS].null = true;
        go(1);
        if (cases[k].vector) {
            EXPECT_FAULT((int)cases[k].vector, cases[k].error, cases[k].rule);
            continue;
        }
        unsigned rpl = cases[k].cs & 3;
        EXPECT(g.s.rip == cases[k].rip && g.s.cpl == rpl &&
                   g.s.gpr[SP] == (rpl ? 0xb120U : 0x9000 + 2 * size) + release,
               cases[k].rule);
        if (rpl)
            EXPECT(g.s.segment[ES].selector == CONFORMING && g.s.segment[GS].null &&
                       g.s.segment[FS].selector == 0 && (get(GDT + USER_DATA - 3 + 5, 1) & 1),
                   "SDM 2B RET: data segments of an inner level become null, conforming code stays");
    }
    /* 64-bit mode */
    static const struct {
        unsigned cs, ss;
        uint64_t rip;
        unsigned vector, error;
        const char *rule;
    } wide[] = {
        {CODE64, 0, 0x4321, 0, 0, "same level"},
        {USER_CODE64, USER_DATA, 0x4321, 0, 0, "outer"},
        {USER_CODE, USER_DATA, 0x4321, 0, 0, "to compatibility mode"},
        {FREE | 1, 0, 0x4321, 0, 0, "SS null at level 1"},
        {FREE | 1, 1, 0x4321, 0, 0, "SS null with RPL 1"},
        {USER_CODE64, 0, 0x4321, GP_, 0, "SS null at level 3"},
        {FREE2, 0, 0x4321, GP_, FREE2, "L and D"},
        {CODE64, 0, UINT64_C(1) << 50, GP_, 0, "RIP not canonical"},
        {USER_CODE64, USER_DATA, UINT64_C(1) << 50, GP_, 0, "RIP not canonical, outer"},
    };
    for (unsigned k = 0; k < sizeof wide / sizeof *wide; k++) {
        start(true, 0);
        EMIT(0x48, 0xcb);
        gdt(FREE, segment_descriptor(0, 0xfffff, AR_CODE64 | AR_DPL1));
        gdt(FREE2, segment_descriptor(0, 0xfffff, AR_CODE64 | 0x4000));
        g.s.gpr[SP] = 0x9000;
        uint64_t item[4] = {wide[k].rip, wide[k].cs, 0xb120, wide[k].ss};
        for (unsigned i = 0; i < 4; i++)
            put(0x9000 + 8 * i, item[i], 8);
        go(1);
        if (wide[k].vector)
            EXPECT_FAULT((int)wide[k].vector, wide[k].error, wide[k].rule);
        else
            EXPECT(g.s.rip == 0x4321 && g.s.cpl == (wide[k].cs & 3) &&
                       g.s.segment[SS].selector == ((wide[k].cs & 3) ? wide[k].ss : DATA32),
                   wide[k].rule);
    }
    /* real mode and virtual-8086 mode */
    for (unsigned i = 0; i < 4; i++) {
        i & 1 ? scene_vm86("intel-max", 0, 0) : scene_real("intel-max");
        if (i & 2)
            EMIT(0xca, 6, 0);
        else
            EMIT(0xcb);
        g.s.gpr[SP] = 0x9000;
        put(0x9000, 0x20004321, 4);
        go(1);
        EXPECT(g.s.rip == 0x4321 && g.s.segment[CS].base == 0x20000 &&
                   g.s.gpr[SP] == 0x9004U + (i & 2 ? 6 : 0),
               "SDM 2B RET, Real-address mode or virtual-8086 mode");
    }
    scene_real("intel-max");
    EMIT(0x66, 0xcb);
    put(STACK0, 0x10000, 4);
    go(1);
    EXPECT_FAULT(GP_, 0, "SDM 2B RET, Real-Address Mode Exceptions");
}

/* ---- the stack of transfers: widths, limits, #AC, breakpoints ---- */

static void stacks(void) {
    /* a 16-bit stack wraps and keeps ESP's upper half */
    start(false, 0);
    emit_far(true, CODE32, 0x4321, 4);
    segment(SS, DATA16);
    g.s.gpr[SP] = 0x12340004;
    go(1);
    EXPECT(g.s.gpr[SP] == 0x1234fffc && get(0, 4) == CODE32 && get(0xfffc, 4) == CODE + 7,
           "SDM 3A, Stack: SP wraps at 64 KiB");
    /* expand-down: offsets above the limit */
    for (unsigned i = 0; i < 2; i++) {
        start(false, 0);
        emit_far(true, CODE32, 0x4321, 4);
        gdt(FREE, segment_descriptor(0, 0x9fff, 0x4097));
        segment(SS, FREE);
        g.s.gpr[SP] = i ? 0xa008 : 0xa004;
        idt(SS_, FREE2, 0, TASK);
        gdt(FREE2, segment_descriptor(TSS_B, 0x67, 0x89));
        put(TSS_B + 0x20, handler_at(SS_), 4);
        put(TSS_B + 0x38, STACK0, 4);
        put(TSS_B + 0x4c, CODE32, 2);
        put(TSS_B + 0x50, DATA32, 2);
        put(TSS_B + 0x60, LDT_SELECTOR, 2);
        go(1);
        EXPECT(i ? g.s.rip == 0x4321 : handler() == SS_ && g.s.segment[TR].selector == FREE2,
               "SDM 3A, Limit Checking: expand-down");
    }
    /* #AC at CPL 3, and only there, on pushes and pops */
    for (unsigned i = 0; i < 5; i++) {
        unsigned cpl = i == 1 ? 0 : 3;
        start(false, cpl);
        if (i == 4)
            EMIT(0xcb); /* RETF */
        else
            emit_far(true, cpl ? USER_CODE : CODE32, 0x4321, 4);
        g.s.cr0 |= i == 2 ? 0 : 0x40000;
        g.s.rflags |= i == 3 ? 0 : 0x40000;
        g.s.gpr[SP] += 2;
        put(g.s.gpr[SP], 0x4321, 4);
        put(g.s.gpr[SP] + 4, USER_CODE, 4);
        go(1);
        if (i == 0 || i == 4)
            EXPECT_FAULT(AC_, 0, "SDM 3A, Interrupt 17: stack accesses of far CALL and RET");
        else
            EXPECT(g.s.rip == 0x4321, "SDM 3A, Interrupt 17: CPL 3, CR0.AM and EFLAGS.AC");
    }
    /* data breakpoints on the frame */
    for (unsigned i = 0; i < 3; i++) {
        start(false, 0);
        if (i == 2)
            EMIT(0xcb);
        else
            emit_far(true, CODE32, 0x4321, 4);
        g.s.gpr[SP] = 0x9000;
        put(0x9000, 0x4321, 4);
        put(0x9004, CODE32, 4);
        g.s.dr[0] = i == 2 ? 0x9004 : 0x8ff8;
        g.s.dr7 = 0x400 | 2 | (uint64_t)(i ? 15 : 13) << 16;
        put(0x4321, 0x90, 1);
        go(2);
        EXPECT(handler() == DB_ && (g.s.dr6 & 15) == 1 && frame(0) == 0x4321,
               "SDM 3B, Data Memory and I/O Breakpoint Exception Conditions");
    }
    /* on two pages, one of them absent: what was pushed first stays */
    scene_protected("intel-max", 0);
    scene_paging();
    scene_page(0x30000, 0x30000);
    emit_far(true, CODE32, 0x4321, 4);
    g.s.gpr[SP] = 0x31002;
    idt(PF_, TSS_B_SELECTOR, 0, TASK);
    put(TSS_B + 0x1c, TABLES, 4);
    put(TSS_B + 0x20, handler_at(PF_), 4);
    put(TSS_B + 0x38, STACK0, 4);
    put(TSS_B + 0x4c, CODE32, 2);
    put(TSS_B + 0x50, DATA32, 2);
    go(1);
    EXPECT(handler() == PF_ && g.s.cr2 == 0x30ffe && frame(0) == 2 && get(TSS_A + 0x20, 4) == CODE &&
               get(TSS_A + 0x38, 4) == 0x31002,
           "SDM 3A, Interrupt 14: a crossing push faults as a whole");
}

/* ---- the I/O permission bitmap ---- */

static void io_bitmap(void) {
    static const struct {
        unsigned cpl, iopl, limit, base, bits, rights;
        bool allowed;
        const char *rule;
    } cases[] = {
        {0, 0, 0x67, 0x68, 0, 0x8b, true, "CPL 0"},
        {3, 3, 0x67, 0x68, 0, 0x8b, true, "IOPL 3"},
        {3, 0, 0x67, 0x68, 0, 0x8b, false, "no bitmap"},
        {3, 0, 0x6c, 0x68, 0, 0x8b, false, "the second byte beyond the limit"},
        {3, 0, 0x79, 0x68, 0, 0x8b, true, "the bitmap up to the second byte"},
        {3, 0, 0x79, 0x68, 1, 0x8b, false, "the port's bit"},
        {3, 0, 0x79, 0x68, 2, 0x8b, true, "another port's bit"},
        {3, 0, 0x66, 0x68, 0, 0x8b, false, "a TSS without an I/O map base"},
        {3, 0, 0xff, 0x68, 0, 0x83, false, "a 16-bit TSS"},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        start(false, cases[i].cpl);
        EMIT(0xe6, 0x80); /* OUT 80h, AL */
        g.s.rflags |= cases[i].iopl << 12;
        g.s.segment[TR].limit = cases[i].limit;
        g.s.segment[TR].rights = (uint16_t)cases[i].rights;
        if (cases[i].rights == 0x83) { /* its inner stack, for the fault */
            put(TSS_A + 2, INNER, 2);
            put(TSS_A + 4, DATA32, 2);
        }
        put(TSS_A + 0x66, cases[i].base, 2);
        put(TSS_A + cases[i].base + 0x10, cases[i].bits, 2);
        go(1);
        if (cases[i].allowed)
            EXPECT(g.s.rip == CODE + 2, cases[i].rule);
        else
            EXPECT_FAULT(GP_, 0, cases[i].rule);
    }
}

/* LAR, LSL, VERR, VERW: descriptors beyond the limit clear ZF */
static void inquiries(void) {
    static const uint8_t second[] = {0x02, 0x03};
    for (unsigned i = 0; i < 4; i++) {
        start(false, 0);
        EMIT(0x0f, second[i & 1], 0xc8);
        g.s.gpr[AX] = i & 2 ? 0x100 : DATA32;
        g.s.rflags |= i & 2 ? 0x40 : 0;
        go(1);
        EXPECT(g.s.rip == CODE + 3 && !(g.s.rflags & 0x40) == !!(i & 2), "SDM 2A LAR, LSL: ZF");
    }
    /* the GDT not canonical in 64-bit mode */
    start(true, 0);
    emit_load(DS, DATA32);
    g.s.gdtr_base = UINT64_C(1) << 50;
    EXPECT(go(1) == REFCORE_SHUTDOWN, "a GDT that cannot be read ends in shutdown");
}

int main(void) {
    g.test = "test_seg";
    loads();
    lldt_ltr();
    far_direct();
    call_gates();
    far_returns();
    stacks();
    io_bitmap();
    inquiries();
    return scene_end();
}
