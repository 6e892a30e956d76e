# SPDX-License-Identifier: BSD-2-Clause
"""What random testcases are made of: lines of set-up and of window, with placeholders that `dice.Dice` fills.

Each line of set-up stands for itself, so that the minimiser can leave it out. Nothing here reads what differs by
right: clocks, counters, CPUID, devices but the UART's scratch register; nothing waits (HLT), and CR3 and CR0.PG stay.
"""

from __future__ import annotations

LEGACY = frozenset({"real", "unreal", "vm86", "pm16", "pm32", "pm32-p32", "pm32-pae"})
LONG = frozenset({"compat16", "compat32", "long64"})
NOT_64 = LEGACY | {"compat16", "compat32"}
ONLY_64 = frozenset({"long64"})
PAGED = LONG | {"pm32-p32", "pm32-pae"}
ALL = LEGACY | LONG
PROTECTED = ALL - {"real", "unreal", "vm86"}

Template = tuple[int, frozenset[str], str]  # weight, modes, lines

SETUP: tuple[Template, ...] = (
    (6, ALL, "LAUNCH_SET flags, {flags}"),
    (6, ALL, "mov xax, [bitset]\nLAUNCH_SET flags, xax"),
    (4, PROTECTED, "SETDESC FREE0, {num} & 0xffffffff, ({num} & 0xffff0000) | {access} << 8"),
    (5, PROTECTED, "SETDESC FREE0, 0x0000ffff, 0x00cf0000 | {access} << 8"),
    (4, PROTECTED, "SETDESC FREE0, 0x00000fff, 0x00400000 | {access} << 8"),
    (
        4,
        PROTECTED,
        "mov eax, target\nmov [GDT + FREE0], ax\nmov dword [GDT + FREE0 + 2], {sel}\nmov byte [GDT + FREE0 + 5], 0x8c",
    ),
    (3, PROTECTED, "mov byte [GDT + {plain} + 5], {access}"),
    (2, PROTECTED, "mov byte [GDT + {plain} + 6], 0x{small}f"),
    (4, ALL - {"real", "unreal"}, "SETGATE {vector}, {sel}, target, {access}"),
    (3, ALL - {"real", "unreal"}, "mov byte [GATE({vector}) + 5], {access}"),
    (4, PAGED, "SETPTE {page}, {page} | {pte}"),
    (3, PAGED, "SETPTE STACK0, STACK0 | {pte}"),
    (2, PAGED, "SETPTE STACK, STACK | {pte}"),
    (2, PAGED, "SETPTE TSS, (TSS & ~0xfff) | {pte}"),
    (2, PAGED, "SETPTE CODE2, CODE2 | {pte}"),
    (3, PROTECTED, "mov word [TSS + 0x66], {num} & 0xffff"),
    (2, LEGACY - {"real", "unreal"}, "mov dword [TSS + 8], {sel}"),
    (2, ALL - {"real", "unreal"}, "mov dword [TSS + 4], STACK0 + ({num} & 0xfff)"),
    (3, ALL, "mov xax, [LB_cr0]\nxor eax, {small} << 1\nLAUNCH_SET cr0, xax"),
    (2, ALL, "mov xax, [LB_cr0]\nxor eax, 0x10000\nLAUNCH_SET cr0, xax"),
    (2, ALL, "mov xax, [LB_cr0]\nxor eax, 0x40000\nLAUNCH_SET cr0, xax"),
    (4, LONG, "mov ecx, 0xc0000082\nmov eax, target\nxor edx, edx\nwrmsr"),
    (4, LONG, "mov ecx, 0xc0000081\nxor eax, eax\nmov edx, ({sel}) << 16 | KCODE\nwrmsr"),
    (3, LONG, "mov ecx, 0xc0000084\nmov eax, {num} & 0xffffffff\nxor edx, edx\nwrmsr"),
    (4, ALL, "mov ecx, 0x174\nmov eax, {sel}\nxor edx, edx\nwrmsr"),
    (4, ALL, "mov ecx, 0x176\nmov eax, target\nxor edx, edx\nwrmsr"),
    (3, ALL, "mov xax, [LB_cr4]\nxor eax, 1 << ({small} & 3)\nLAUNCH_SET cr4, xax"),
    (2, ALL, "mov xax, SEGOFF({addr})\nmov dr0, xax\nLAUNCH_SET dr7, 0x{small}0401"),
    (2, ALL, "mov xax, {addr}\nmov dr0, xax\nLAUNCH_SET dr7, 0xd0401"),
    (1, ALL, "mov xax, target\nmov dr1, xax\nLAUNCH_SET dr7, 0x404"),
    (4, PROTECTED - {"pm16", "compat16"}, "LAUNCH_SET ds, UDATA_SMALL | 3"),
    (3, PROTECTED - {"pm16", "compat16"}, "LAUNCH_SET es, 0"),
    (2, PROTECTED - {"pm16", "compat16"}, "LAUNCH_SET fs, UDATA_DOWN | 3"),
    (3, ALL, "mov xsp, STACK + ({num} & 0xfff)"),
    (4, ALL, "mov dword [{addr}], {num} & 0xffffffff"),
    (4, ALL, "mov dword [{addr}], {sel}"),
    (3, ALL, "mov xax, [sel]\nmov [{addr}], xax"),
)

# Values of a register.
REGISTER: tuple[Template, ...] = (
    (4, ALL, "[num]"),
    (4, ALL, "[sel]"),
    (3, ALL, "SEGOFF({addr})"),
    (1, ALL, "{small}"),
)

# Frames on the launch stack, for what returns: the words from the stack pointer on, of the width that {o} has.
FRAME_SLOTS = ("target", "[sel]", "{flags}", "STACK_TOP - 0x80", "UDATA | 3", "{sel}", "{num}")

WINDOW: tuple[Template, ...] = (
    (6, ALL, "mov {sreg}, ax"),
    (4, ALL, "pop ss"),
    (4, ALL, "{ow} pop fs"),
    (4, NOT_64, "{o} pop es"),
    (3, ALL, "{ow} push gs"),
    (6, ALL, "{o} l{lss} {rword}, {segmem}"),
    (6, ALL, "{of} jmp far {segmem}"),
    (6, ALL, "{of} call far {segmem}"),
    (8, ALL, "{o} retf"),
    (3, ALL, "{o} retf {small}"),
    (12, ALL, "{o} iret"),
    (5, ALL, "int {vector}"),
    (2, ALL, "int3"),
    (2, ALL, "db 0xf1"),
    (2, NOT_64, "into"),
    (4, ALL, "{ow} pushf"),
    (5, ALL, "{ow} popf"),
    (2, NOT_64, "{o} pusha"),
    (2, NOT_64, "{o} popa"),
    (4, ALL, "enter {small}, {small}"),
    (3, ALL, "leave"),
    (3, ALL, "push {width} {mem}"),
    (3, ALL, "{ow} pop word {mem}"),
    (6, ALL, "lar {r16}, bx"),
    (6, ALL, "lsl {rword}, bx"),
    (4, ALL, "verr bx"),
    (4, ALL, "verw {mem}"),
    (3, NOT_64, "arpl cx, bx"),
    (2, ALL, "{o} str ecx"),
    (2, ALL, "sldt {mem}"),
    (3, ALL, "smsw {mem}"),
    (2, ALL, "sgdt {mem}"),
    (2, ALL, "sidt {mem}"),
    (4, ALL, "lldt bx"),
    (4, ALL, "ltr bx"),
    (2, ALL, "lmsw cx"),
    (2, ALL, "clts"),
    (2, ALL, "invlpg {mem}"),
    (4, ALL, "syscall"),
    (5, ALL, "{of} sysret"),
    (3, ALL, "sysenter"),
    (4, ALL, "{of} sysexit"),
    (3, ALL, "mov dx, 0x3ff\nmov {cword}, {small}\nmov {diword}, SEGOFF({addr})\nrep insb"),
    (3, ALL, "mov dx, 0x3ff\nmov {cword}, {small}\nmov {siword}, SEGOFF({addr})\nrep outsb"),
    (2, ALL, "mov dx, 0x3ff\nin al, dx"),
    (2, ALL, "mov dx, 0x3ff\nout dx, al"),
    (
        5,
        ALL,
        "mov {cword}, {small}\nmov {siword}, SEGOFF({addr})\nmov {diword}, SEGOFF({addr})\n{a}{rep}movs{size}",
    ),
    (4, ALL, "mov {cword}, {small}\nmov {diword}, SEGOFF({addr})\n{a}{rep}stos{size}"),
    (3, ALL, "mov {cword}, {small}\nmov {siword}, SEGOFF({addr})\n{a}{rep}lods{size}"),
    (
        4,
        ALL,
        "mov {cword}, {small}\nmov {siword}, SEGOFF({addr})\nmov {diword}, SEGOFF({addr})\n{a}{rep}cmps{size}",
    ),
    (3, ALL, "mov {cword}, {small}\nmov {diword}, SEGOFF({addr})\n{a}{rep}scas{size}"),
    (2, ALL, "mov {crword}, cr0"),
    (2, ALL, "mov {crword}, cr4"),
    (2, ALL, "mov {crword}, dr6"),
    (3, ALL, "mov dr1, {crword}"),
    (3, ALL, "mov dr6, {crword}"),
    (2, ALL, "mov dr5, {crword}"),
    (2, ALL, "mov cr2, {crword}"),
    (2, ONLY_64, "mov cr8, rcx"),
    (3, ALL, "cli"),
    (3, ALL, "sti"),
    (3, ONLY_64, "swapgs"),
    (3, ONLY_64, "wrfsbase rcx"),
    (3, ALL, "stac"),
    (3, ALL, "clac"),
    (3, ALL, "mov ecx, 0xc0000082\nwrmsr"),
    (3, ALL, "mov ecx, 0xc0000102\nwrmsr"),
    (3, ALL, "mov ecx, 0x175\nwrmsr"),
    (2, ALL, "mov ecx, 0xc0000081\nrdmsr"),
    (3, ALL, "xchg {mem}, {rword}"),
    (3, ALL, "lock add {mem}, {rword}"),
    (3, ALL, "lock xadd {mem}, {rword}"),
    (3, ALL, "lock cmpxchg {mem}, {rword}"),
    (3, ALL, "cmpxchg8b {mem}"),
    (3, NOT_64, "bound {r32}, {segmem}"),
    (2, ALL, "xlatb"),
    (3, ALL, "bts {width} {mem}, {small}"),
    (2, ALL, "fwait"),
    (2, ALL, "fninit"),
    (2, ALL, "movaps xmm1, {mem}"),
    (2, ALL, "movq mm1, {mem}"),
    (3, ALL, "mov {rword}, {segmem}"),
    (3, ALL, "mov {segmem}, {rword}"),
    (2, ALL, "jmp short $ + 2 + {small}"),
    (2, ALL, "ud2"),
)
