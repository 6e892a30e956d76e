# SPDX-License-Identifier: BSD-2-Clause
"""Random choices of one testcase: values that matter to a processor rather than any."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from harness.case import word_mask
from harness.expect.names import MODES, window_bits

T = TypeVar("T")

SELECTORS = (
    *(
        "KCODE KDATA KCODE_ALT KTSS KLDT CODE_1 DATA_1 CODE_2 DATA_2 UCODE32 UDATA UCODE_ALT CONF_0 CONF_3".split()
    ),
    *(
        "KCODE_NP UCODE_NP KDATA_NP UDATA_NP KDATA_RO UDATA_RO UDATA_DOWN UCODE_LD UCODE_XO KTSS2 KCODE_F".split()
    ),
    *(
        "KDATA_F UCODE_F UDATA_F CODE_1_F CODE_2_F DATA_1_F DATA_2_F UDATA_SMALL UCODE_SMALL KDATA16 UDATA16".split()
    ),
    *("SYS_LDT FREE0 FREE0+8 FREE0+16 LCODE_0 LDATA_0 LCODE_3 LDATA_3 LNULL BEYOND 0 GDT_LIMIT-7".split()),
)
_KIT = ("BEYOND", "KCODE", "KDATA", "KTSS", "KLDT")  # not to be damaged: captures go through them
_PLAIN = tuple(name for name in SELECTORS if name.isidentifier() and name not in _KIT and name[0] != "L")
PAGES = ("DATA0", "DATA1", "DATA2", "DATA3")
_FLAG_BITS = (0, 2, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 18, 21)  # CF .. ID without RF and VM
_SCALARS = (0, 1, 2, 3, 5, 7, 8, 15, 16, 31, 32, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000)
TF = 8
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Dice:
    """Choices for one mode and CPL. `fill` replaces the placeholders of a template."""

    def __init__(self, seed: str, mode: str, cpl: int) -> None:
        self._random = random.Random(seed)
        self.mode = mode
        self.cpl = cpl
        self.bits = window_bits(mode)
        self._words: dict[str, Callable[[], str]] = {
            "sel": self.selector,
            "num": lambda: f"{self.number():#x}",
            "flags": lambda: f"{self.flags():#x}",
            "addr": self.address,
            "page": lambda: self.one(PAGES),
            "mem": lambda: f"[SEGOFF({self.address()})]",
            "segmem": lambda: f"[{self.one(('', '', '', 'es:', 'fs:', 'ss:', 'cs:'))}SEGOFF({self.address()})]",
            "r16": lambda: self.one(("ax", "cx", "dx", "bx", "bp", "si", "di")),
            "r32": lambda: self.one(("eax", "ecx", "edx", "ebx", "ebp", "esi", "edi")),
            "rword": lambda: self.one(
                ("ax", "cx", "bx", "si") if self.bits == 16 else ("eax", "ecx", "ebx", "esi")
            )
            if self.bits < 64
            else self.one(("rax", "rcx", "rbx", "rsi", "r9")),
            "cword": lambda: "cx" if self.bits == 16 else "ecx",
            "siword": lambda: "si" if self.bits == 16 else "esi",
            "diword": lambda: "di" if self.bits == 16 else "edi",
            "crword": lambda: "rcx" if self.bits == 64 else "ecx",
            "lss": lambda: self.one(
                ("ss", "fs", "gs") if self.bits == 64 else ("ds", "es", "ss", "fs", "gs")
            ),
            "plain": lambda: self.one(_PLAIN),
            "sreg": lambda: self.one(("ds", "es", "fs", "gs", "ss")),
            "vector": lambda: str(self.one((0, 1, 3, 4, 5, 6, 8, 10, 11, 12, 13, 14, 32, 33, 128, 255))),
            "small": lambda: str(self.one((0, 1, 2, 3, 5, 7))),
            "access": lambda: f"{self.access():#x}",
            "pte": lambda: f"{self.one((0, 1, 2, 3, 4, 5, 6, 7, 7, 7, 0x27, 0x67, 0x107)):#x}",
            "o": lambda: self.one(("o16", "o32") if self.bits < 64 else ("o16", "o32", "o64")),
            "ow": lambda: self.one(("o16", "o32") if self.bits < 64 else ("o16", "o64")),  # of stack operands
            "of": lambda: self.one(("o32",) if self.bits < 64 else ("o32", "o64")),
            "a": lambda: self.one(("", "", "a16 ", "a32 ") if self.bits < 64 else ("", "", "a32 ")),
            "rep": lambda: self.one(("", "rep ", "repne ")),
            "size": lambda: self.one(("b", "w", "d") if self.bits < 64 else ("b", "w", "d", "q")),
            "width": lambda: self.one(("word", "dword") if self.bits < 64 else ("word", "dword", "qword")),
        }

    def one(self, choices: Sequence[T]) -> T:
        return self._random.choice(choices)

    def some(self, choices: Sequence[T], least: int, most: int) -> list[T]:
        """So many of them, in any order, none twice."""
        return self._random.sample(list(choices), min(len(choices), self._random.randint(least, most)))

    def weighted(self, choices: Sequence[tuple[int, T]]) -> T:
        (found,) = self._random.choices([what for _, what in choices], [weight for weight, _ in choices])
        return found

    def chance(self, of: int) -> bool:
        """True once in so many."""
        return self._random.randrange(of) == 0

    def fill(self, template: str) -> str:
        return _PLACEHOLDER.sub(lambda match: self._words[match[1]](), template)

    def selector(self) -> str:
        return f"{self.one(SELECTORS)} | {self.one((0, 0, self.cpl, self.cpl, 1, 2, 3))}"

    def address(self) -> str:
        """In a data page: mostly its beginning or near its end, so that an operand crosses into the next one."""
        offset = self.one((0, 8, 0x10, 0x123, 0xFF0, 0xFF8, 0xFFC, 0xFFE, 0xFFF))
        return f"{self.one(PAGES)} + {offset:#x}" if offset else self.one(PAGES)

    def number(self) -> int:
        """Small ones, powers of two and their neighbours, sign bits, any."""
        kind = self._random.randrange(4)
        if kind == 0:
            return self.one(_SCALARS)
        if kind == 1:
            return (1 << self._random.randrange(64)) + self.one((-1, 0, 1)) & word_mask(self.mode)
        if kind == 2:
            return -self.one(_SCALARS) & word_mask(self.mode)
        return self._random.getrandbits(64) & word_mask(self.mode)

    def flags(self) -> int:
        """EFLAGS with few or many bits; bit 1 set, of IOPL both bits by themselves. TF only where LAUNCH can set it."""
        bits = [bit for bit in _FLAG_BITS if bit != TF or self.cpl or MODES[self.mode][1] == 64]
        wanted = self.some(bits, 0, self.one((1, 3, 8)))
        return (0x20002 if self.mode == "vm86" else 2) | sum(1 << bit for bit in wanted)

    def access(self) -> int:
        """An access byte: mostly present and of a likely level."""
        kind = self._random.randrange(32)
        return kind | self.one((0, 3, self.cpl)) << 5 | (0 if self.chance(6) else 0x80)
