/* SPDX-License-Identifier: BSD-2-Clause */
/* test_vm86 - virtual-8086 mode: delivery out of it, returns into and within it, INT n by IOPL and by the
 * redirection bitmap of VME, virtual interrupts. SDM Vol. 3B, chapter "8086 Emulation". */
#include "scene.h"

enum { IOPL3 = 0x3000, VIF = 0x80000, VIP = 0x100000, VME = 1 };

static bool frame_is(const uint64_t *item, unsigned count) {
    for (unsigned i = 0; i < count; i++)
        if (frame(i) != item[i])
            return false;
    return true;
}

static void delivery(void) {
    /* INT n at IOPL 3, INT3, INTO, INT1 at any: the frame holds the data segments, which become null */
    static const struct {
        uint8_t code[2];
        unsigned length, iopl, vector;
    } events[] = {
        {{0xcd, 0x30}, 2, 3, 0x30}, {{0xcc, 0}, 1, 0, 3}, {{0xce, 0}, 1, 0, 4}, {{0xf1, 0}, 1, 0, 1}};
    for (unsigned i = 0; i < sizeof events / sizeof *events; i++) {
        scene_vm86("intel-max", events[i].iopl, i & 1);
        EMIT(events[i].code[0], events[i].code[1]);
        g.s.rflags |= 0x800; /* OF, for INTO */
        g.s.gpr[SP] = 0xb000;
        struct refcore_state old = g.s;
        go(1);
        uint64_t want[] = {events[i].length,
                           CODE >> 4,
                           old.rflags,
                           0xb000,
                           0,
                           old.segment[ES].selector,
                           old.segment[DS].selector,
                           old.segment[FS].selector,
                           old.segment[GS].selector};
        EXPECT(handler() == (int)events[i].vector && g.s.cpl == 0 && frame_is(want, 9),
               "SDM 2A INT n, INTERRUPT-FROM-VIRTUAL-8086-MODE");
        EXPECT(g.s.segment[DS].null && g.s.segment[GS].null && !(g.s.rflags & VM),
               "SDM 2A INT n: data segments null, VM clear");
        /* and back */
        put(handler_at(events[i].vector), 0xcf, 1);
        go(1);
        EXPECT((g.s.rflags & VM) && g.s.rip == events[i].length && g.s.segment[CS].base == CODE &&
                   g.s.cpl == 3 && g.s.segment[GS].selector == old.segment[GS].selector &&
                   g.s.segment[FS].base == old.segment[FS].base && g.s.segment[DS].limit == 0xffff &&
                   g.s.gpr[SP] == 0xb000,
               "SDM 2A IRET, RETURN-TO-VIRTUAL-8086-MODE");
    }
    /* a 16-bit gate pushes words */
    scene_vm86("intel-max", 3, 0);
    EMIT(0xcd, 0x30);
    idt(0x30, CODE32, handler_at(0x30), INT16 | 0x60);
    go(1);
    EXPECT(handler() == 0x30 && g.s.gpr[SP] == INNER - 18 && get(INNER - 18, 2) == 2,
           "SDM 2A INT n: 16-bit gate out of virtual-8086 mode");
    /* the handler's code segment must be nonconforming of DPL 0 */
    static const unsigned codes[] = {CODE_1, CONFORMING, USER_CODE & ~3};
    for (unsigned i = 0; i < 3; i++) {
        scene_vm86("intel-max", 3, 0);
        EMIT(0xcd, 0x30);
        idt(0x30, codes[i], handler_at(0x30), INT32 | 0x60);
        go(1);
        EXPECT_FAULT(GP_, codes[i], "SDM 2A INT n: from virtual-8086 mode to code of DPL 0 alone");
    }
    /* a fault's frame */
    scene_vm86("intel-max", 0, 0);
    EMIT(0xf4);
    go(1);
    EXPECT_FAULT(GP_, 0, "SDM 2A HLT in virtual-8086 mode");
    EXPECT(frame(3) & VM, "SDM 2A INT n: VM in the image");
    /* no room on the inner stack for the longer frame */
    for (unsigned room = 36; room <= 40; room += 4) {
        scene_vm86("intel-max", 0, 0);
        EMIT(0xf4);
        put(TSS_A + 4, room, 4);
        idt(SS_, TSS_B_SELECTOR, 0, TASK);
        put(TSS_B + 0x20, handler_at(SS_), 4);
        put(TSS_B + 0x38, STACK0, 4);
        put(TSS_B + 0x4c, CODE32, 2);
        put(TSS_B + 0x50, DATA32, 2);
        idt(DF_, TSS_B_SELECTOR, 0, TASK);
        gdt(DATA32, segment_descriptor(0, 0xafff, 0x4093));
        go(1);
        EXPECT(handler() == (room == 40 ? GP_ : SS_),
               "SDM 2A INT n: room for ten items"); /* #GP with #SS is a double fault */
    }
}

static void int_n(void) {
    static const struct {
        unsigned iopl, redirected;
        bool vme;
        int result; /* -1: to the vector table at 0 */
    } methods[] = {
        {3, 0, false, 0x30}, {2, 0, false, GP_}, {3, 1, true, -1},
        {0, 1, true, -1},    {3, 0, true, 0x30}, {0, 0, true, GP_},
    };
    for (unsigned i = 0; i < 2 * sizeof methods / sizeof *methods; i++) {
        unsigned k = i / 2, vif = i & 1 ? VIF : 0;
        scene_vm86("intel-max", methods[k].iopl, methods[k].vme);
        EMIT(0xcd, 0x30);
        g.s.rflags |= IF | TF | vif;
        /* the bitmap: 32 bytes below the I/O map base */
        put(TSS_A + 0x66, 0x88, 2);
        g.s.segment[TR].limit = 0xff;
        put(TSS_A + 0x68 + 0x30 / 8, methods[k].redirected ? 0 : 1, 1);
        go(1);
        if (methods[k].result == GP_) {
            EXPECT_FAULT(GP_, 0, "SDM 3B, Software Interrupt Handling Methods in Virtual-8086 Mode: 2, 3");
        } else if (methods[k].result >= 0) {
            EXPECT(handler() == 0x30 && !(g.s.rflags & VM), "SDM 3B, ...Methods...: 1, 4");
        } else {
            bool full = methods[k].iopl == 3;
            uint64_t image = get(STACK3 - 2, 2);
            EXPECT(g.s.rip == 4 * 0x30 && g.s.segment[CS].selector == 0x900 && (g.s.rflags & VM) &&
                       g.s.gpr[SP] == STACK3 - 6 && get(STACK3 - 6, 2) == 2 &&
                       get(STACK3 - 4, 2) == CODE >> 4,
                   "SDM 3B, ...Methods...: 5, 6: through the table at 0");
            EXPECT((image & IOPL3) == IOPL3 && !(image & IF) == (!full && !vif),
                   "SDM 3B, ...Methods...: 6: IOPL 3 and VIF in the image");
            EXPECT(!(g.s.rflags & TF) && !(g.s.rflags & IF) == full && !(g.s.rflags & VIF) == (!full || !vif),
                   "SDM 3B, ...Methods...: IF or VIF cleared");
        }
    }
    /* the bitmap out of reach */
    static const struct {
        unsigned rights, limit, base;
    } reach[] = {{0x83, 0xff, 0x88}, {0x8b, 0x66, 0x88}, {0x8b, 0xff, 0x1f}, {0x8b, 0x6d, 0x88}};
    for (unsigned i = 0; i < sizeof reach / sizeof *reach; i++) {
        scene_vm86("intel-max", 3, VME);
        EMIT(0xcd, 0x30);
        put(TSS_A + 0x66, reach[i].base, 2);
        if (reach[i].rights == 0x83) {
            put(TSS_A + 2, INNER, 2);
            put(TSS_A + 4, DATA32, 2);
        }
        g.s.segment[TR].rights = (uint16_t)reach[i].rights;
        g.s.segment[TR].limit = reach[i].limit;
        go(1);
        EXPECT_FAULT(GP_, 0, "SDM 3B, ...Methods...: the redirection bitmap beyond the TSS");
    }
    /* no room on the program's stack */
    scene_vm86("intel-max", 3, VME);
    EMIT(0xcd, 0x30);
    put(TSS_A + 0x66, 0x88, 2);
    g.s.segment[TR].limit = 0xff;
    g.s.gpr[SP] = 1;
    go(1);
    EXPECT_FAULT(SS_, 0, "redirected INT n without room");
}

static void iret_within(void) {
    static const struct {
        unsigned iopl, vme, size;
        uint64_t image, flags;
        int fault;
        uint64_t want, mask;
        const char *rule;
    } cases[] = {
        {3, 0, 2, 0x7fd7 & ~TF, 0, 0, 0x7ed7, 0xffff, "IOPL 3, 16 bits: IOPL stays"},
        {3, 0, 4, 0x3c7ed7 & ~NT, VIF, 0, VIF | VM | 0x243ed7, 0x3e7ed7,
         "IOPL 3, 32 bits: VM, VIF, VIP stay"},
        {0, 0, 2, 2, 0, GP_, 0, 0, "IOPL below 3"},
        {0, VME, 4, 2, 0, GP_, 0, 0, "VME, 32 bits"},
        {0, VME, 2, 0x0202, 0, 0, VIF, VIF | IF, "VME: IF to VIF"},
        {0, VME, 2, 0x0002, VIF | IF, 0, IF, VIF | IF, "VME: VIF cleared, IF stays"},
        {0, VME, 2, 0x0202, VIP, GP_, 0, 0, "VME: IF with VIP"},
        {0, VME, 2, 0x0002, VIP, 0, 0, VIF, "VME: no IF with VIP"},
        {0, VME, 2, 0x0102, 0, GP_, 0, 0, "VME: TF"},
        {0, VME, 2, 0x3002, 0, 0, 0, IOPL3, "VME: IOPL stays"},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        scene_vm86("intel-max", cases[i].iopl, cases[i].vme);
        if (cases[i].size == 4)
            EMIT(0x66);
        EMIT(0xcf);
        g.s.rflags |= cases[i].flags;
        put(STACK3, 0x4321, cases[i].size);
        put(STACK3 + cases[i].size, 0x2000, cases[i].size);
        put(STACK3 + 2 * cases[i].size, cases[i].image, cases[i].size);
        go(1);
        if (cases[i].fault)
            EXPECT_FAULT(cases[i].fault, 0, cases[i].rule);
        else
            EXPECT(g.s.rip == 0x4321 && g.s.segment[CS].base == 0x20000 &&
                       (g.s.rflags & cases[i].mask) == (cases[i].want & cases[i].mask),
                   cases[i].rule);
    }
}

/* CLI and STI on VIF, in virtual-8086 mode by VME and in protected mode by PVI */
static void virtual_interrupts(void) {
    for (unsigned pvi = 0; pvi < 2; pvi++)
        for (unsigned on = 0; on < 2; on++)
            for (unsigned vip = 0; vip < 2; vip++)
                for (unsigned sti = 0; sti < 2; sti++) {
                    if (pvi) {
                        scene_protected("intel-max", 3);
                        g.s.cr4 = on ? 2 : 0;
                    } else {
                        scene_vm86("intel-max", 0, on);
                    }
                    EMIT(sti ? 0xfb : 0xfa);
                    g.s.rflags |= (sti ? 0 : VIF) | (vip && sti ? VIP : 0);
                    go(1);
                    if (!on || (sti && vip))
                        EXPECT_FAULT(GP_, 0, "SDM 2A CLI, 2B STI: decision tables");
                    else
                        EXPECT(!(g.s.rflags & VIF) == !sti && g.s.rip == g.start + 1,
                               "SDM 2A CLI, 2B STI: decision tables");
                }
}

int main(void) {
    g.test = "test_vm86";
    delivery();
    int_n();
    iret_within();
    virtual_interrupts();
    return scene_end();
}
