# SPDX-License-Identifier: BSD-2-Clause
"""Names of the state that expectations may use: the vocabulary of docs/authoring.md as data."""

from __future__ import annotations

GENERAL = ("rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi") + tuple(f"r{n}" for n in range(8, 16))
SEGMENTS = ("cs", "ss", "ds", "es", "fs", "gs", "ldtr", "tr")
TABLES = ("gdt_base", "gdt_limit", "idt_base", "idt_limit")
CONTROL = ("cr0", "cr2", "cr3", "cr4", "cr8", "dr0", "dr1", "dr2", "dr3", "dr6", "dr7")
MSRS = (
    *("efer", "star", "lstar", "cstar", "fmask", "fs_base", "gs_base", "kernel_gs_base"),
    *("sysenter_cs", "sysenter_esp", "sysenter_eip"),
)
REGISTERS = frozenset({*GENERAL, "rip", "flags", *SEGMENTS, *TABLES, *CONTROL, *MSRS})

# Flag name -> (lowest bit, width) (SDM Vol. 1, 3.4.3)
FLAGS: dict[str, tuple[int, int]] = {
    **{"cf": (0, 1), "pf": (2, 1), "af": (4, 1), "zf": (6, 1), "sf": (7, 1), "tf": (8, 1), "if": (9, 1)},
    **{"df": (10, 1), "of": (11, 1), "iopl": (12, 2), "nt": (14, 1), "rf": (16, 1), "vm": (17, 1)},
    **{"ac": (18, 1), "vif": (19, 1), "vip": (20, 1), "id": (21, 1)},
}
_FLAG_NAMES = frozenset(f"flags.{flag}" for flag in FLAGS)
_ARRIVAL = frozenset({"cs", "ss", "rsp", "flags"})

# Indexed names, as expressions ask for them: `frame[i]`, `fault[n].err`.
INDEXED = frozenset({"frame", "fault.vector", "fault.err", "fault.cr2", "fault.rip"})

SETS = frozenset({"regs", "changed", "accessed", "dirtied"})
STATE = frozenset(
    {
        *REGISTERS,
        *_FLAG_NAMES,
        *("cpl", "exit", "err", "nfault"),
        *SETS,
        *INDEXED,
        *(f"launch.{name}" for name in (*REGISTERS, *_FLAG_NAMES, "cpl")),
        *(f"arrival.{name}" for name in (*_ARRIVAL, *_FLAG_NAMES, "cpl")),
    }
)

# Modes at launch, in the order images run them, with their number in a body descriptor
# (docs/image-format.md) and the home that has them.
MODES: dict[str, tuple[int, int]] = {
    "real": (1, 32),
    "unreal": (6, 32),
    "vm86": (7, 32),
    "pm16": (8, 32),
    "pm32": (2, 32),
    "pm32-p32": (3, 32),
    "pm32-pae": (4, 32),
    "compat16": (9, 64),
    "compat32": (10, 64),
    "long64": (5, 64),
}

# Modes that begin with CR0.PE = 0, and those whose launch segments are 16-bit ones that begin at the arena.
REAL_MODES = frozenset({"real", "unreal"})
SEGMENTED_MODES = REAL_MODES | {"vm86", "pm16", "compat16"}


def window_bits(mode: str) -> int:
    """Default operand and address size at LAUNCH: 16, 32 or 64."""
    if mode in SEGMENTED_MODES:
        return 16
    return 64 if mode == "long64" else 32


def levels(mode: str, wanted: tuple[int, ...]) -> tuple[int, ...]:
    """The CPLs of `wanted` that a mode has; real mode is at 0 and virtual-8086 mode at 3 whatever is wanted."""
    if mode in REAL_MODES:
        return (0,)
    if mode == "vm86":
        return (3,)
    if mode in ("pm16", "compat16", "compat32"):
        return tuple(level for level in wanted if level in (0, 3))
    return wanted


# Symbols: names whose value is themselves.
EXITS = frozenset({"stop", "shutdown", "fault_limit", "setup_fault", "hang", "emulator_error"})
SYMBOLS = frozenset({*EXITS, *MODES})

# Parameters every case has.
CASE = frozenset({"mode", "cpl0", "launch_cpl"})


def is_place(name: str, regions: frozenset[str], selectors: frozenset[str]) -> bool:
    """Whether name, without a subscript, can be an element of `changed`, `accessed`, `dirtied` or `regs`."""
    if name in regions or name in GENERAL or name in ("frame", "tss", "idt", "ldt"):
        return True
    parts = name.split(".")
    if parts[0] not in ("gdt", "ldt") or len(parts) not in (2, 3) or parts[-1] in ("gdt", "ldt"):
        return False
    return parts[1] in selectors and (len(parts) == 2 or parts[2] in ("a", "busy"))
