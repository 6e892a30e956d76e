# SPDX-License-Identifier: BSD-2-Clause
"""Places of the arena by name: which descriptor, gate, page-table entry or data word a byte belongs to.

Names: `gdt.UDATA.a`, `gdt.KTSS.busy`, `gdt.UDATA`, `ldt.LCODE_3.a`, `idt[13]`, `tss+0x4`, `pte.DATA0.a`, `pte.DATA0.d`,
`pte.DATA0`, `pte.PT_2[0].a` (upper levels), `DATA0+0x10`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from harness.arena import Arena
from harness.expect.names import REAL_MODES

_PAGE = 0x1000
_PTE_A, _PTE_D = 0x20, 0x40
_TABLES = ("PT_TOP", "PT_3", "PT_2", "PT_1", "PT_X")
_DESCRIPTOR_A = 1 << 40  # type bit 0 of a code or data descriptor (SDM 3A 3.4.5.1)
_DESCRIPTOR_BUSY = 1 << 41  # type bit 1 of a TSS descriptor (SDM 3A 7.2.2)
_DESCRIPTOR_S = 1 << 44


def _is_wide(descriptor: int) -> bool:
    """Whether this is the lower half of a 16-byte descriptor: LDT, TSS or call gate (SDM 3A 3.5, table 3-2)."""
    return not descriptor & _DESCRIPTOR_S and descriptor >> 40 & 0xF in (2, 9, 11, 12)


class Memory(Protocol):
    """One state's arena."""

    def read(self, offset: int, size: int) -> int:
        """The little-endian number at an arena offset."""


@dataclass(frozen=True, slots=True)
class Place:
    """A named bit field of the arena: `width` bits from bit `shift` of the `size` bytes at `offset`."""

    name: str
    group: str  # what `changed` calls it
    offset: int
    size: int
    shift: int = 0
    width: int = 0  # 0: all of it

    def value(self, memory: Memory) -> int:
        number = memory.read(self.offset, self.size) >> self.shift
        return number & ((1 << self.width) - 1) if self.width else number


class Places:
    """The arena's map as one mode uses it: the size of gates and page-table entries depends on the mode."""

    def __init__(self, arena: Arena, mode: str, home: int) -> None:
        self.arena = arena
        self.home = home
        self.entry_size = 8 if mode == "pm32-pae" or home == 64 else 4
        self.gate_size = 4 if mode in REAL_MODES else (16 if home == 64 else 8)
        self.word_size = home // 8

    def differing(self, a: Memory, b: Memory, offsets: Iterable[int]) -> dict[str, Place]:
        """The places that differ between two arenas, looking at the words at `offsets` only."""
        found: dict[str, Place] = {}
        for offset in offsets:
            if a.read(offset, self.word_size) != b.read(offset, self.word_size):
                for place in self._at(a, b, offset):
                    found[place.name] = place
        return found

    def _at(self, a: Memory, b: Memory, offset: int) -> list[Place]:
        region = self.arena.region_at(offset)
        name = region.name if region is not None else ""
        start = region.offset if region is not None else 0
        if name in ("GDT", "LDT"):
            return self._descriptor(a, b, name.lower(), start, offset)
        if name in _TABLES:
            return self._table_entry(a, b, name, start, offset)
        if name == "VECTORS":
            vector = (offset - start) // self.gate_size
            return [
                Place(
                    f"idt[{vector}]",
                    f"idt[{vector}]",
                    start + vector * self.gate_size,
                    min(self.gate_size, 8),
                )
            ]
        if name == "TSS":
            return [Place(f"tss+{offset - start:#x}", "tss", offset, self.word_size)]
        return [Place(self.arena.describe(offset), name or "ARENA", offset, self.word_size)]

    def _descriptor(self, a: Memory, b: Memory, table: str, start: int, offset: int) -> list[Place]:
        at = offset & ~7
        selector = at - start
        tag = 4 if table == "ldt" else 0
        named = self.arena.selector_name(selector | tag)
        if named is not None:
            base = f"{table}.{named}"
        else:
            lower = self.arena.selector_name((selector - 8) | tag) if selector and self.home == 64 else None
            system = lower is not None and _is_wide(a.read(at - 8, 8))
            base = f"{table}.{lower}.high" if system else f"{table}[{selector // 8}]"
        old = a.read(at, 8)
        change = old ^ b.read(at, 8)
        if change == _DESCRIPTOR_A and old & _DESCRIPTOR_S:
            return [Place(f"{base}.a", f"{base}.a", at, 8, 40, 1)]
        if change == _DESCRIPTOR_BUSY and not old & _DESCRIPTOR_S:
            return [Place(f"{base}.busy", f"{base}.busy", at, 8, 41, 1)]
        return [Place(base, base, at, 8)]

    def _table_entry(self, a: Memory, b: Memory, table: str, start: int, offset: int) -> list[Place]:
        found = []
        for at in range(offset, offset + self.word_size, min(self.entry_size, self.word_size)):
            at -= (at - start) % self.entry_size
            change = a.read(at, self.entry_size) ^ b.read(at, self.entry_size)
            if not change:
                continue
            name = self._entry_name(table, (at - start) // self.entry_size)
            if change & ~(_PTE_A | _PTE_D):
                found.append(Place(name, table, at, self.entry_size))
                continue
            if change & _PTE_A:
                found.append(Place(f"{name}.a", "", at, self.entry_size, 5, 1))
            if change & _PTE_D:
                found.append(Place(f"{name}.d", "", at, self.entry_size, 6, 1))
        return found

    def _entry_name(self, table: str, entry: int) -> str:
        if table != "PT_1":
            return f"pte.{table}[{entry}]"
        return f"pte.{self.page_name(entry * _PAGE)}"

    def page_name(self, linear: int) -> str:
        """Name of the page at a linear address: its first region, or the address."""
        offset = linear - self.arena.base
        region = self.arena.region_at(offset) if 0 <= offset < self.arena.size else None
        return region.name if region is not None else f"{linear:#x}"
