# SPDX-License-Identifier: BSD-2-Clause
"""Hidden segment parts: what a HIDDEN frame says, and where two of them differ.

The parts that the manual calls hidden (SDM 3A, Segment Registers) decide about every access until the register is
loaded again. They are read by the runner where a case's last event entered its handler, so CS and SS are the handler's
and say nothing. What a register without a segment holds is not architectural (SDM 3C, Guest Register State, calls it
unusable), but for the bases of FS and GS in IA-32e mode.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

NAMES = ("es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr")
COMPARED = ("ds", "es", "fs", "gs", "ldtr", "tr")
# What `undefined` lines may name besides single fields: `hidden.ds` covers `hidden.ds.base`.
REGISTERS = frozenset(f"hidden.{name}" for name in COMPARED)
PARTS = frozenset(
    f"{name}.{part}" for name in REGISTERS for part in ("selector", "unusable", "base", "limit", "rights")
)
_SEGMENT = struct.Struct("<HHIQ")
SIZE = len(NAMES) * _SEGMENT.size

# Rights: bits 8..23 of a descriptor's high doubleword, the limit's bits clear, and in one of those:
UNUSABLE = 1 << 8
LOW_BASE = 1 << 9  # the reader could see the low 32 bits of the base only
_CODE_OR_DATA = 1 << 4
_ACCESSED = 1
_BUSY = 1 << 1


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment register with its hidden part; `limit` in bytes."""

    selector: int
    rights: int
    limit: int
    base: int

    @property
    def unusable(self) -> bool:
        """No segment is loaded."""
        return bool(self.rights & UNUSABLE)


def pack(segments: dict[str, Segment]) -> bytes:
    """The eight entries of a HIDDEN frame; a register that is not named is unusable."""
    none = Segment(0, UNUSABLE, 0, 0)
    found = [segments.get(name, none) for name in NAMES]
    return b"".join(_SEGMENT.pack(s.selector, s.rights, s.limit, s.base) for s in found)


def unpack(data: bytes) -> dict[str, Segment]:
    """Segment registers by name, of the entries of a HIDDEN frame."""
    return {name: Segment(*entry) for name, entry in zip(NAMES, _SEGMENT.iter_unpack(data))}


def _own_rights(name: str, segment: Segment) -> int:
    """The rights less what a load also writes to the descriptor, where it is compared as memory: accessed, busy."""
    rights = segment.rights & ~(UNUSABLE | LOW_BASE)
    if rights & _CODE_OR_DATA:
        return rights & ~_ACCESSED
    return rights & ~_BUSY if name == "tr" else rights


def differences(a: bytes, b: bytes, long_mode: bool) -> Iterator[tuple[str, int, int, str]]:
    """(name, of a, of b, register) of what differs: `hidden.ds.limit`. `long_mode`: EFER.LMA was 1."""
    if a == b:
        return
    one, other = unpack(a), unpack(b)
    for name in COMPARED:
        p, q = one[name], other[name]
        if p.selector != q.selector:
            yield f"hidden.{name}.selector", p.selector, q.selector, name
        if p.unusable != q.unusable:
            yield f"hidden.{name}.unusable", int(p.unusable), int(q.unusable), name
            continue
        seen = 0xFFFFFFFF if (p.rights | q.rights) & LOW_BASE else -1
        if (p.base ^ q.base) & seen and (not p.unusable or (long_mode and name in ("fs", "gs"))):
            yield f"hidden.{name}.base", p.base, q.base, name
        if p.unusable:
            continue
        if p.limit != q.limit:
            yield f"hidden.{name}.limit", p.limit, q.limit, name
        if _own_rights(name, p) != _own_rights(name, q):
            yield f"hidden.{name}.rights", _own_rights(name, p), _own_rights(name, q), name
