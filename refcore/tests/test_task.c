/* SPDX-License-Identifier: BSD-2-Clause */
/* test_task - hardware task switches from every source, between task-state segments of both sizes, and every
 * fault: before the switch in the old task, after it in the new one. SDM Vol. 3A, chapter "Task
 * Management". */
#include "scene.h"

enum { VARY = 0xb8, VARY2 = 0xc0, GATE = 0xc8, NEW_IP = 0x4321 };
enum source { JMP, CALL, JMP_GATE, CALL_GATE, INT, FAULT, RETURN, SOURCES };

static unsigned tss_slot(bool wide, unsigned index) { /* of EIP 0, EFLAGS 1, EAX 2.., ES 10.., LDT 16 */
    if (wide)
        return index == 16 ? 0x60 : 0x20 + 4 * index;
    if (index >= 10)
        return index == 16 ? 0x2a : 0x22 + 2 * (index - 10);
    return 0x0e + 2 * index;
}
static void tss_put(uint32_t base, bool wide, unsigned index, uint64_t value) {
    put(base + tss_slot(wide, index), value, wide && index < 10 ? 4 : 2);
}
/* a task that can run: at CPL 0 */
static void task(uint32_t base, bool wide, uint32_t ip) {
    tss_put(base, wide, 0, ip);
    tss_put(base, wide, 1, 2);
    tss_put(base, wide, 2 + SP, 0x9800);
    tss_put(base, wide, 10 + ES, DATA32);
    tss_put(base, wide, 10 + CS, CODE32);
    tss_put(base, wide, 10 + SS, DATA32);
    tss_put(base, wide, 10 + DS, DATA32);
    tss_put(base, wide, 16, LDT_SELECTOR);
    if (wide)
        put(base + 0x1c, TABLES, 4);
}
/* #TS to #PF go to tasks of their own, so that they can be delivered whatever the state */
static void catchers(void) {
    for (unsigned v = TS_; v <= PF_; v++) {
        uint32_t at = 0x6000 + 0x80 * v;
        unsigned selector = FREE + 8 * (v - TS_);
        gdt(selector, segment_descriptor(at, 0x67, 0x89));
        task(at, true, handler_at(v));
        idt(v, selector, 0, TASK);
    }
}
/* caught in `tss`'s task at `ip` */
static void expect_caught(int vector, uint64_t error, unsigned tss, uint64_t ip, const char *rule, int line) {
    uint32_t base = tss == TSS_SELECTOR ? TSS_A : TSS_B;
    expect_at(handler() == vector && frame(0) == error && get(g.s.segment[TR].base, 2) == tss &&
                  get(base + 0x20, 4) == ip,
              rule, line);
}
#define EXPECT_CAUGHT(vector, error, tss, ip, rule) expect_caught(vector, error, tss, ip, rule, __LINE__)

static void begin(enum source source, unsigned target, uint32_t target_base) {
    unsigned through = source == JMP_GATE || source == CALL_GATE ? GATE : target;
    gdt(GATE, gate_descriptor(target, 0, TASK));
    switch (source) {
    case JMP:
    case JMP_GATE:
        EMIT(0xea, 0, 0, 0, 0, BYTES2(through));
        break;
    case CALL:
    case CALL_GATE:
        EMIT(0x9a, 0, 0, 0, 0, BYTES2(through));
        break;
    case INT:
        EMIT(0xcd, 0x30);
        idt(0x30, target, 0, TASK | 0x60);
        break;
    case FAULT:
        EMIT(0x0f, 0x0b);
        idt(UD_, target, 0, TASK);
        break;
    default:
        EMIT(0xcf);
        g.s.rflags |= NT;
        put(TSS_A, target, 2);
        put(GDT + target + 5, get(GDT + target + 5, 1) | 2, 1); /* busy */
        (void)target_base;
        break;
    }
}

static void sources(void) {
    for (unsigned source = 0; source < SOURCES; source++) {
        for (unsigned widths = 0; widths < 4; widths++) {
            bool old_wide = widths & 1, new_wide = widths & 2;
            unsigned target = new_wide ? TSS_B_SELECTOR : TSS_C_SELECTOR;
            uint32_t base = new_wide ? TSS_B : TSS_C;
            scene_protected("intel-max", 0);
            task(base, new_wide, NEW_IP);
            tss_put(base, new_wide, 2 + AX, 0x1234);
            if (!old_wide)
                gdt(TSS_SELECTOR, segment_descriptor(TSS_A, 0x2b, 0x83));
            segment(TR, TSS_SELECTOR);
            g.s.gpr[AX] = 0x5678;
            begin((enum source)source, target, base);
            unsigned length = (unsigned)(g.at - CODE);
            go(1);
            bool nested = source == CALL || source == CALL_GATE || source == INT || source == FAULT;
            EXPECT(g.s.rip == NEW_IP && g.s.segment[TR].selector == target && g.s.gpr[AX] == 0x1234 &&
                       g.s.gpr[SP] == 0x9800 && (g.s.cr0 & 8),
                   "SDM 3A, Task Switching: the new state; CR0.TS");
            EXPECT(get(TSS_A + tss_slot(old_wide, 0), 2) ==
                           (uint16_t)(CODE + (source == FAULT ? 0 : length)) &&
                       get(TSS_A + tss_slot(old_wide, 2 + AX), 2) == 0x5678 &&
                       get(TSS_A + tss_slot(old_wide, 10 + SS), 2) == DATA32,
                   "SDM 3A, Task Switching: the old state");
            EXPECT(!(g.s.rflags & NT) == !nested && (!nested || get(base, 2) == TSS_SELECTOR),
                   "SDM 3A, Task Linking: NT and back link");
            EXPECT(!(get(TSS_A + tss_slot(old_wide, 1), 2) & NT),
                   "SDM 3A, Task Switching: NT clear in IRET's saved image");
            EXPECT(!(get(GDT + TSS_SELECTOR + 5, 1) & 2) == !nested && (get(GDT + target + 5, 1) & 2),
                   "SDM 3A, TSS Descriptor: busy flags");
            if (source == FAULT && old_wide)
                EXPECT(get(TSS_A + 0x24, 4) & 0x10000, "SDM 3A, Flag Usage: RF in the image a fault saves");
        }
    }
}

static void before(void) {
    static const struct {
        enum source source;
        unsigned cpl, rpl, rights, limit;
        int vector;
        const char *rule;
    } cases[] = {
        {JMP, 0, 0, 0x8b, 0x67, GP_, "busy"},           {CALL, 0, 0, 0x8b, 0x67, GP_, "busy"},
        {INT, 0, 0, 0x8b, 0x67, GP_, "busy"},           {JMP, 0, 0, 0x09, 0x67, NP_, "not present"},
        {CALL_GATE, 0, 0, 0x09, 0x67, NP_, "absent"},   {INT, 0, 0, 0x09, 0x67, NP_, "not present"},
        {JMP, 3, 3, 0x89, 0x67, GP_, "DPL below CPL"},  {CALL, 0, 3, 0x89, 0x67, GP_, "RPL above DPL"},
        {JMP, 0, 0, 0x89, 0x66, TS_, "limit"},          {CALL_GATE, 0, 0, 0x89, 0x66, TS_, "limit"},
        {INT, 0, 0, 0x81, 0x2a, TS_, "16-bit limit"},   {RETURN, 0, 0, 0x89, 0x66, TS_, "limit"},
        {RETURN, 0, 0, 0x09, 0x67, NP_, "absent"},      {JMP_GATE, 0, 0, 0x92, 0x67, GP_, "gate to data"},
        {INT, 0, 0, 0x84, 0x67, GP_, "gate to a gate"}, {RETURN, 0, 0, 0x90, 0x67, TS_, "back link to data"},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        scene_protected("intel-max", cases[i].cpl);
        catchers();
        gdt(TSS_B_SELECTOR, segment_descriptor(TSS_B, cases[i].limit, cases[i].rights));
        task(TSS_B, true, NEW_IP);
        begin(cases[i].source, TSS_B_SELECTOR | cases[i].rpl, TSS_B);
        go(1);
        EXPECT_CAUGHT(cases[i].vector, TSS_B_SELECTOR, TSS_SELECTOR, CODE, cases[i].rule);
    }
    /* selectors in gates and back links: local, null, beyond the table */
    static const unsigned selectors[] = {TSS_B_SELECTOR | 4, 0, 0x100};
    for (unsigned i = 0; i < 6; i++) {
        scene_protected("intel-max", 0);
        catchers();
        bool link = i & 1;
        begin(link ? RETURN : JMP_GATE, TSS_B_SELECTOR, TSS_B);
        gdt(GATE, gate_descriptor(selectors[i / 2], 0, TASK));
        put(TSS_A, selectors[i / 2], 2);
        go(1);
        EXPECT_CAUGHT(link ? TS_ : GP_, selectors[i / 2], TSS_SELECTOR, CODE,
                      "SDM 2A JMP, TASK-GATE; IRET, TASK-RETURN: the TSS selector");
    }
    /* the gate itself */
    static const struct {
        unsigned cpl, rpl, rights;
        int vector;
    } gates[] = {{3, 0, TASK, GP_}, {0, 1, TASK, GP_}, {0, 0, TASK ^ 0x80, NP_}};
    for (unsigned i = 0; i < 6; i++) {
        scene_protected("intel-max", gates[i / 2].cpl);
        catchers();
        gdt(GATE, gate_descriptor(TSS_B_SELECTOR, 0, gates[i / 2].rights));
        EMIT(i & 1 ? 0x9a : 0xea, 0, 0, 0, 0, BYTES2(GATE | gates[i / 2].rpl));
        go(1);
        EXPECT_CAUGHT(gates[i / 2].vector, GATE, TSS_SELECTOR, CODE,
                      "SDM 2A JMP, CALL, TASK-GATE: DPL, RPL, presence");
    }
    /* the old TSS too short for its own image: no task can be left, nor a fault be delivered through one */
    for (unsigned i = 0; i < 2; i++) {
        scene_protected("intel-max", 0);
        begin(JMP, TSS_B_SELECTOR, TSS_B);
        g.s.segment[TR].rights = i ? 0x8b : 0x83;
        g.s.segment[TR].limit = i ? 0x66 : 0x2a;
        go(1);
        EXPECT(handler() == TS_ && frame(0) == TSS_SELECTOR && frame(1) == CODE,
               "SDM 3A, Interrupt 10: the old TSS's limit");
    }
    /* pages: of the old TSS, the new one, its link, the descriptors; nothing has changed when they fault */
    static const struct {
        enum source source;
        uint32_t page, address;
    } pages[] = {{JMP, 0x31000, 0x31000},
                 {CALL, 0x31000, 0x31000},
                 {RETURN, 0x31000, 0x31000},
                 {JMP, 0x33000, 0x33000}};
    for (unsigned i = 0; i < 2 * sizeof pages / sizeof *pages; i++) {
        unsigned k = i / 2;
        scene_protected("intel-max", 0);
        scene_paging();
        uint32_t old = pages[k].page == 0x33000 ? 0x32fe0 : TSS_A;
        gdt(TSS_SELECTOR, segment_descriptor(old, 0x67, 0x8b));
        segment(TR, TSS_SELECTOR);
        gdt(TSS_B_SELECTOR, segment_descriptor(0x30fe0, 0x67, 0x89));
        task(0x30fe0, true, NEW_IP);
        begin(pages[k].source, TSS_B_SELECTOR, 0x30fe0);
        if (pages[k].source == RETURN)
            put(old, TSS_B_SELECTOR, 2);
        scene_page(pages[k].page, pages[k].page | (i & 1 ? 5 : 0)); /* absent, or read-only */
        go(1);
        bool write = pages[k].page == 0x33000;
        if ((i & 1) && !write)
            EXPECT(g.s.rip == NEW_IP, "SDM 3A, Task Switching: the new TSS is only read there");
        else
            EXPECT(handler() == PF_ && frame(0) == ((i & 1) | (write ? 2U : 0)) &&
                       g.s.cr2 == pages[k].address && frame(1) == CODE && get(old + 0x20, 2) == 0,
                   "SDM 3A, Task Switching: all pages are looked at before anything changes");
    }
    /* the back link's page read-only: CALL writes it */
    scene_protected("intel-max", 0);
    scene_paging();
    task(TSS_B, true, NEW_IP);
    gdt(TSS_B_SELECTOR, segment_descriptor(0x34000, 0x67, 0x89));
    task(0x34000, true, NEW_IP);
    scene_page(0x34000, 0x34005);
    begin(CALL, TSS_B_SELECTOR, TSS_B);
    go(1);
    EXPECT(handler() == PF_ && frame(0) == 3 && g.s.cr2 == 0x34000,
           "SDM 3A, Task Switching: the link is written");
}

static void after(void) {
    static const struct {
        unsigned slot; /* of the new TSS */
        unsigned selector, rights, vector, cs;
        const char *rule;
    } cases[] = {
        {16, 0, 0, 0, 0, "LDT null"},
        {16, 0x0c, 0, TS_, 0, "LDT in the LDT"},
        {16, 0x100, 0, TS_, 0, "LDT beyond the limit"},
        {16, VARY, 0x92, TS_, 0, "LDT: data"},
        {16, VARY, 0x89, TS_, 0, "LDT: a TSS"},
        {16, VARY, 0x02, TS_, 0, "LDT not present"},
        {10 + CS, 0, 0, TS_, 0, "CS null"},
        {10 + CS, 0x100, 0, TS_, 0, "CS beyond the limit"},
        {10 + CS, VARY, AR_DATA32, TS_, 0, "CS: data"},
        {10 + CS, VARY, 0x89, TS_, 0, "CS: system"},
        {10 + CS, VARY, AR_CODE32 | AR_DPL3, TS_, 0, "CS: DPL is not RPL"},
        {10 + CS, VARY | 3, AR_CODE32, TS_, 0, "CS: DPL is not RPL"},
        {10 + CS, VARY, AR_CODE32 | AR_DPL3 | 4, TS_, 0, "CS: conforming, DPL above RPL"},
        {10 + CS, VARY, AR_CODE32 | 4, 0, 0, "CS: conforming"},
        {10 + CS, VARY, AR_CODE32 ^ AR_ACCESSED_, 0, 0, "CS: accessed is set"},
        {10 + CS, VARY, AR_CODE32 ^ AR_ABSENT, NP_, 0, "CS not present"},
        {10 + SS, 0, 0, TS_, 0, "SS null"},
        {10 + SS, 0x100, 0, TS_, 0, "SS beyond the limit"},
        {10 + SS, VARY | 3, AR_DATA32, TS_, 0, "SS: RPL"},
        {10 + SS, VARY, AR_DATA32 | AR_DPL3, TS_, 0, "SS: DPL"},
        {10 + SS, VARY, AR_DATA32 ^ 2, TS_, 0, "SS: not writable"},
        {10 + SS, VARY, AR_DATA32 ^ AR_ABSENT, SS_, 0, "SS not present"},
        {10 + SS, VARY, AR_DATA32 ^ AR_ACCESSED_, 0, 0, "SS: accessed is set"},
        {10 + DS, 0, 0, 0, 0, "DS null"},
        {10 + DS, 0x100, 0, TS_, 0, "DS beyond the limit"},
        {10 + ES, VARY, AR_CODE32 ^ 2, TS_, 0, "ES: code that cannot be read"},
        {10 + FS, VARY, 0x89, TS_, 0, "FS: system"},
        {10 + GS, VARY | 3, AR_DATA32, TS_, 0, "GS: RPL above DPL"},
        {10 + GS, VARY | 3, AR_CODE32 | 4, 0, 0, "GS: conforming code"},
        {10 + DS, VARY, AR_DATA32 ^ AR_ABSENT, NP_, 0, "DS not present"},
        {10 + DS, VARY, AR_DATA32, TS_, USER_CODE, "DS: CPL above DPL"},
        {10 + FS, VARY, AR_CODE32, 0, 0, "FS: readable code"},
    };
    for (unsigned i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
        unsigned k = i / 2;
        scene_protected("intel-max", 0);
        if (i & 1)
            scene_paging();
        catchers();
        gdt(VARY, segment_descriptor(0, 0xfffff, cases[k].rights));
        task(TSS_B, true, NEW_IP);
        if (cases[k].cs) {
            tss_put(TSS_B, true, 10 + CS, cases[k].cs);
            for (unsigned seg = 0; seg < 4; seg++)
                tss_put(TSS_B, true, 10 + (seg == CS ? SS : seg), USER_DATA);
        }
        tss_put(TSS_B, true, cases[k].slot, cases[k].selector);
        begin(i & 1 ? INT : JMP, TSS_B_SELECTOR, TSS_B);
        go(1);
        if (cases[k].vector) {
            EXPECT_CAUGHT((int)cases[k].vector, cases[k].selector & ~3U, TSS_B_SELECTOR, NEW_IP,
                          cases[k].rule);
            EXPECT((get(TSS_B + 0x24, 4) & 0x10000), "RF in the image");
        } else {
            EXPECT(g.s.rip == NEW_IP && g.s.segment[TR].selector == TSS_B_SELECTOR, cases[k].rule);
        }
    }
    /* an event's faults in the new task have EXT */
    scene_protected("intel-max", 0);
    catchers();
    task(TSS_B, true, NEW_IP);
    tss_put(TSS_B, true, 10 + DS, CODE_1 | 3);
    begin(FAULT, TSS_B_SELECTOR, TSS_B);
    go(1);
    EXPECT_CAUGHT(TS_, CODE_1 | 1, TSS_B_SELECTOR, NEW_IP, "SDM 3A, Error Code: EXT");
    /* EIP beyond the new CS's limit */
    scene_protected("intel-max", 0);
    catchers();
    gdt(VARY, segment_descriptor(0, 0xfff, 0x409b));
    task(TSS_B, true, NEW_IP);
    tss_put(TSS_B, true, 10 + CS, VARY);
    begin(CALL, TSS_B_SELECTOR, TSS_B);
    go(1);
    EXPECT_CAUGHT(GP_, 0, TSS_B_SELECTOR, NEW_IP, "SDM 2A CALL, TASK-STATE-SEGMENT: EIP beyond the limit");
    /* the error code of an exception: on the new stack, of the new TSS's width; no room: #SS in the new
     * task */
    for (unsigned i = 0; i < 3; i++) {
        scene_protected("intel-max", 0);
        catchers();
        bool wide = i != 1;
        uint32_t base = wide ? TSS_B : TSS_C;
        task(base, wide, NEW_IP);
        if (i == 2) {
            tss_put(base, true, 2 + SP, 2);
            idt(DF_, FREE, 0, TASK);
        }
        EMIT(0x8e, 0xd8); /* MOV DS, AX */
        g.s.gpr[AX] = CODE32 | 3;
        gdt(CODE32, segment_descriptor(0, 0xfffff, AR_CODE32));
        g.s.gpr[AX] = 0x100;
        idt(GP_, wide ? TSS_B_SELECTOR : TSS_C_SELECTOR, 0, TASK);
        if (i == 2)
            gdt(DATA32, segment_descriptor(0, 0xffff, 0x4093));
        g.s.gpr[SP] = 0x9000;
        go(1);
        unsigned width = wide ? 4 : 2;
        if (i == 2)
            EXPECT(g.s.segment[TR].selector == FREE && get(g.s.segment[TR].base, 2) == TSS_B_SELECTOR &&
                       frame(0) == 0,
                   "SDM 2A INT n, TASK-GATE: no room for the error code, #SS while #GP is delivered");
        else
            EXPECT(g.s.rip == NEW_IP && g.s.gpr[SP] == 0x9800 - width && get(g.s.gpr[SP], width) == 0x100,
                   "SDM 2A INT n, TASK-GATE: error code");
    }
    /* T flag; DR7's local enables */
    scene_protected("intel-max", 0);
    task(TSS_B, true, NEW_IP);
    put(TSS_B + 0x64, 1, 2);
    g.s.dr7 = 0x400 | 0x3ff;
    g.s.dr[0] = g.s.dr[1] = g.s.dr[2] = g.s.dr[3] = 0xfff000;
    begin(CALL, TSS_B_SELECTOR, TSS_B);
    go(2);
    EXPECT(handler() == DB_ && (g.s.dr6 & 0xe00f) == 0x8000 && frame(0) == NEW_IP &&
               (g.s.dr7 & 0x3ff) == 0x2aa,
           "SDM 3B, Task-Switch Exception Condition; Debug Control Register: local enables");
    /* INIT waits for the trap of a task switch, and for none of the traps behind it */
    for (unsigned i = 0; i < 2; i++) {
        scene_protected("intel-max", 0);
        task(TSS_B, true, NEW_IP);
        put(TSS_B + 0x64, 1, 2);
        if (i)
            EMIT(0x90);
        else
            begin(JMP, TSS_B_SELECTOR, TSS_B);
        g.s.rflags |= i ? TF : 0;
        go(1);
        EXPECT(refcore_write_msr(g.m, 0x1b, 0xfee00c00 | 0x100) && refcore_write_msr(g.m, 0x830, 0x500),
               "ICR: INIT to itself");
        go_on(1);
        if (i == 0) {
            EXPECT(handler() == DB_ && (g.s.dr6 & 0xe00f) == 0x8000 && frame(0) == NEW_IP,
                   "SDM 3A, Priority Among Concurrent Events: the trap on a task switch, then INIT");
            go_on(1);
        }
        EXPECT(g.s.rip == 0xfff0 && g.s.segment[CS].base == 0xffff0000 && (g.s.dr6 & 0xe00f) == 0,
               "SDM 3A, Priority Among Concurrent Events: INIT, then traps");
    }
    /* to virtual-8086 mode */
    scene_protected("intel-max", 0);
    task(TSS_B, true, 0x21);
    put(TSS_B + 0x24, VM | 2, 4);
    for (unsigned seg = 0; seg < 6; seg++)
        tss_put(TSS_B, true, 10 + seg, 0x100 * (seg + 1));
    begin(JMP, TSS_B_SELECTOR, TSS_B);
    go(1);
    EXPECT(g.s.rip == 0x21 && g.s.cpl == 3 && g.s.segment[CS].base == 0x2000 &&
               g.s.segment[GS].base == 0x6000 && (g.s.rflags & VM),
           "SDM 3B, Entering Virtual-8086 Mode: by a task switch");
    /* CR3: with PAE the PDPTEs are loaded and checked; a 16-bit TSS has none */
    for (unsigned i = 0; i < 3; i++) {
        scene_protected("intel-max", 0);
        g.s.cr4 = 0x20;
        scene_paging();
        catchers();
        for (unsigned v = TS_; v <= PF_; v++)
            put(0x6000 + 0x80 * v + 0x1c, TABLES, 4);
        task(TSS_B, true, NEW_IP);
        task(TSS_C, false, NEW_IP);
        refcore_write_memory(g.m, TABLES + 0x8000, (uint64_t[]){(TABLES + 0x1000) | 1, 0, 0, i == 1 ? 3 : 0},
                             32);
        put(TSS_B + 0x1c, TABLES + 0x8000, 4);
        begin(JMP, i == 2 ? TSS_C_SELECTOR : TSS_B_SELECTOR, TSS_B);
        go(1);
        if (i == 1)
            EXPECT_CAUGHT(GP_, 0, TSS_B_SELECTOR, NEW_IP, "SDM 3A, PDPTE Registers: reserved bits");
        else
            EXPECT(g.s.rip == NEW_IP && g.s.cr3 == (i ? TABLES : TABLES + 0x8000),
                   "SDM 3A, Task Switching: CR3");
    }
    /* external interrupts save the next instruction's EIP, INT3 and INT1 the one behind them */
    for (unsigned i = 0; i < 2; i++) {
        scene_protected("intel-max", 0);
        task(TSS_B, true, NEW_IP);
        EMIT(i ? 0xf1 : 0xcc);
        idt(i ? DB_ : BP_, TSS_B_SELECTOR, 0, TASK | 0x60);
        go(1);
        EXPECT(g.s.rip == NEW_IP && get(TSS_A + 0x20, 4) == CODE + 1,
               "SDM 2A INT3, INT1 through a task gate");
    }
    scene_protected("intel-max", 0);
    task(TSS_B, true, NEW_IP);
    EMIT(0x90, 0x90);
    g.s.rflags |= 0x100;
    idt(DB_, TSS_B_SELECTOR, 0, TASK);
    go(2);
    EXPECT(g.s.rip == NEW_IP && get(TSS_A + 0x20, 4) == CODE + 1 && !(get(TSS_A + 0x24, 4) & 0x10000),
           "a trap through a task gate: RF as it is");
    /* #DF through a task gate: RF as it is */
    scene_protected("intel-max", 0);
    task(TSS_B, true, NEW_IP);
    EMIT(0x0f, 0x0b);
    idt(UD_, DATA32, 0, INT32);
    idt(GP_, DATA32, 0, INT32);
    idt(DF_, TSS_B_SELECTOR, 0, TASK);
    go(1);
    EXPECT(g.s.rip == NEW_IP && !(get(TSS_A + 0x24, 4) & 0x10000) && frame(0) == 0,
           "#DF through a task gate");
}

int main(void) {
    g.test = "test_task";
    sources();
    before();
    after();
    return scene_end();
}
