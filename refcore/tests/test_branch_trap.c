/* SPDX-License-Identifier: BSD-2-Clause */
/* test_branch_trap - single-stepping on branches: DEBUGCTL.BTF with EFLAGS.TF. */
#include "scene.h"

enum { DEBUGCTL = 0x1d9, BTF = 2, BS = 0x4000 };

static uint64_t debugctl(void) {
    uint64_t value = 0;
    EXPECT(refcore_read_msr(g.m, DEBUGCTL, &value), "SDM 4, IA32_DEBUGCTL");
    return value;
}

/* ---- SDM Vol. 3B, "Single-Stepping on Branches"; APM Vol. 2, "Control-Transfer Breakpoint Feature" ---- */

static void branches(const char *profile) {
    static const struct {
        uint8_t code[6], size;
        bool branches;
        const char *rule;
    } cases[] = {
        {{0x90}, 1, false, "BTF: no trap after NOP"},
        {{0xeb, 0x10}, 2, true, "BTF: JMP"},
        {{0xeb, 0x00}, 2, true, "BTF: JMP to the next instruction is a branch"},
        {{0xe8, 0, 0, 0, 0}, 5, true, "BTF: CALL to the next instruction is a branch"},
        {{0x74, 0x10}, 2, true, "BTF: JZ, taken"},
        {{0x75, 0x10}, 2, false, "BTF: JNZ, not taken"},
        {{0x0f, 0x84, 0x10, 0, 0, 0}, 6, true, "BTF: JZ near, taken"},
        {{0x0f, 0x85, 0x10, 0, 0, 0}, 6, false, "BTF: JNZ near, not taken"},
        {{0xe2, 0x10}, 2, true, "BTF: LOOP, taken"},
        {{0xe3, 0x10}, 2, false, "BTF: JECXZ, not taken"},
        {{0xff, 0xe0}, 2, true, "BTF: JMP EAX"},
        {{0xff, 0xc0}, 2, false, "BTF: INC EAX has JMP's opcode"},
        {{0xc3}, 1, true, "BTF: RET"},
        {{0xf3, 0xaa}, 2, false, "BTF: REP STOSB repeats, and is no branch"},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        scene_protected(profile, 0);
        g.s.rflags = 2 | TF | 0x40;
        g.s.gpr[AX] = g.s.rip + 0x20;
        g.s.gpr[CX] = 3;
        g.s.gpr[DI] = DATA;
        g.s.gpr[SP] = STACK0 - 4;
        put(STACK0 - 4, g.s.rip + 0x30, 4);
        code_bytes(cases[i].code, cases[i].size);
        EMIT(0x90, 0xeb, 0x10);
        EXPECT(refcore_write_msr(g.m, DEBUGCTL, BTF), "SDM 4, IA32_DEBUGCTL");
        uint64_t start = g.s.rip;
        go(1);
        if (cases[i].branches)
            go_on(1);
        EXPECT((handler() == DB_) == cases[i].branches, cases[i].rule);
        if (cases[i].branches) {
            EXPECT(g.s.dr6 & BS, "SDM 3B, Single-Step Exception Condition: DR6.BS");
            EXPECT(debugctl() == 0, "SDM 3B, Single-Stepping on Branches: the debug exception clears BTF");
        } else {
            EXPECT(debugctl() == BTF, "SDM 3B, Single-Stepping on Branches: BTF stays without an exception");
            go_on(1); /* NOP, or REP's next part */
            EXPECT(handler() != DB_ && g.s.rip >= start, "BTF: no trap later either");
        }
    }
    /* without BTF each instruction traps; without TF none does */
    scene_protected(profile, 0);
    g.s.rflags = 2 | TF;
    EMIT(0x90);
    go(2);
    EXPECT(handler() == DB_, "SDM 3B, Single-Step Exception Condition");
    scene_protected(profile, 0);
    EMIT(0xeb, 0, 0x90);
    EXPECT(refcore_write_msr(g.m, DEBUGCTL, BTF), "SDM 4, IA32_DEBUGCTL");
    go(2);
    EXPECT(handler() != DB_ && debugctl() == BTF, "SDM 3B, Single-Stepping on Branches: both BTF and TF");
    /* any debug exception clears it */
    scene_protected(profile, 0);
    EMIT(0xf1);
    EXPECT(refcore_write_msr(g.m, DEBUGCTL, BTF), "SDM 4, IA32_DEBUGCTL");
    go(1);
    EXPECT(handler() == DB_ && debugctl() == 0,
           "SDM 3B, Single-Stepping on Branches: a debug exception clears BTF");
    /* INT 1 is not one */
    scene_protected(profile, 0);
    EMIT(0xcd, 0x01);
    EXPECT(refcore_write_msr(g.m, DEBUGCTL, BTF), "SDM 4, IA32_DEBUGCTL");
    go(1);
    EXPECT(handler() == DB_ && debugctl() == BTF, "SDM 2A INT n: a software interrupt is no debug exception");
}

int main(void) {
    g.test = "test_branch_trap";
    branches("intel-max");
    branches("zen");
    return scene_end();
}
