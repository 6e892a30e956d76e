# SPDX-License-Identifier: BSD-2-Clause
"""The table by which a stand-alone image judges its case: the expected record with a name for every field of it.

What is compared, what is left open and what merely follows is as in harness.compare; the names of the arena's places
come from harness.places itself, by asking which place a flipped word belongs to. The layout is that of
testcases/kit/judge.inc.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from harness.assemble import MAX_CODE
from harness.compare import FX_PARTS, VECTORS, Mask
from harness.expect.names import FLAGS
from harness.places import Places
from harness.record import ARENA_BYTES
from harness.state import TSS32, State, task_state_segment

_UD2 = b"\x0f\x0b"  # what fills the code pages
STATE_BYTES = 0x400  # room for one state in the kit
FAULTS = 64
EXIT_CODES = {"stop": 0x100, "fault_limit": 0x101, "setup_fault": 0x102, "shutdown": 0x103}
_END = 0xFFFFFFFF
_SLOT, _SLOT_FLAGS, _ARRIVAL, _ARRIVAL_FLAGS, _WORD, _FAULT = range(6)
_NAME, _INDEX, _OFFSET, _PAGE = range(4)
_NO_SPECIAL, _DESCRIPTOR, _ENTRY, _OPEN = range(4)
_OPEN_FIRST, _OPEN_SECOND = 1, 2
_SLOTS = ("rip", "cs", "flags", "rsp", "ss")
# In the order of TABLE_HEAD.
_HEAD = (
    *("banner", "running", "vendor", "requires", "exit", "exit_names", "stops", "has_err"),
    *("err", "err_open", "nfault", "frame_start", "frame_end", "task_slots", "state_rows", "nstate_rows"),
    *("place_rows", "nplace_rows", "flag_rows", "base_state", "launch_state", "final_state", "seen_state"),
    *("fault_log", "launch_arena", "final_arena"),
)


@dataclass
class Texts:
    """What the image prints besides the differences."""

    banner: str
    running: str
    vendor: str  # the 12 characters of CPUID leaf 0
    requires: str


@dataclass
class _Table:
    """A table being built: the head's numbers, then whatever was added."""

    head: dict[str, int] = field(default_factory=dict)
    data: bytearray = field(default_factory=lambda: bytearray(4 * len(_HEAD)))
    texts: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, data: bytes) -> None:
        """A part that the head points to, 16-byte aligned."""
        self.data += bytes(-len(self.data) % 16)
        self.head[name] = len(self.data)
        self.data += data

    def text(self, text: str) -> int:
        """Offset of a text that ends with 0."""
        if text not in self.texts:
            self.texts[text] = len(self.data)
            self.data += text.encode("ascii", "replace") + b"\0"
        return self.texts[text]

    def finish(self) -> bytes:
        struct.pack_into(f"<{len(_HEAD)}I", self.data, 0, *(self.head.get(n, 0) & _END for n in _HEAD))
        return bytes(self.data)


def build(texts: Texts, state: State, mask: Mask, code: bytes) -> bytes:
    """The table of an expected record; `code` is the body's, which a record's baseline does not hold."""
    table = _begin(texts)
    exit_code = state.exit if isinstance(state.exit, int) else EXIT_CODES[state.exit]
    frame = state.interrupted
    slack = max(frame.width, 4) if state.nfault else 0
    table.head.update(
        exit=exit_code,
        has_err=int(frame.err is not None),
        err=frame.err or 0,
        err_open=int(mask.hides("err")),
        nfault=state.nfault,
        frame_start=frame.offset - slack,
        frame_end=frame.offset + frame.size,
    )
    table.add("stops", _stops(state.facts.stops))
    table.add("task_slots", _task_slots(state))
    table.add("flag_rows", _flag_rows(table, mask))
    rows = list(_state_rows(table, state, mask))
    table.add("state_rows", b"".join(rows))
    table.head["nstate_rows"] = len(rows)
    _add_states(table, state)
    launch, final = _arenas(state, code)
    table.add("launch_arena", launch)
    table.add("final_arena", final)
    places = [place.pack(table) for place in place_rows(state, mask, final)]
    table.add("place_rows", b"".join(places))
    table.head["nplace_rows"] = len(places)
    return table.finish()


def build_shutdown(texts: Texts, stops: frozenset[int]) -> bytes:
    """The table of a case that must not end otherwise than by a shutdown: whatever arrives is wrong."""
    table = _begin(texts)
    table.head.update(exit=EXIT_CODES["shutdown"])
    table.add("stops", _stops(stops))
    table.add("task_slots", bytes(8))
    return table.finish()


def _stops(stops: frozenset[int]) -> bytes:
    return struct.pack(f"<{len(stops) + 1}I", *sorted(stops), 0)


def _begin(texts: Texts) -> _Table:
    table = _Table()
    for name in ("banner", "running", "vendor", "requires"):
        table.head[name] = table.text(getattr(texts, name))
    names = {**VECTORS, **{code: name for name, code in EXIT_CODES.items()}}
    rows = [struct.pack("<2I", code, table.text(name)) for code, name in sorted(names.items())]
    table.add("exit_names", b"".join(rows) + struct.pack("<2I", _END, 0))
    return table


def _task_slots(state: State) -> bytes:
    """Where a task switch saves what it interrupts: a window may end in one."""
    rows = b""
    if state.facts.home == 32:
        tss = task_state_segment(state)
        for name, at in TSS32.items():
            size = 2 if name in ("cs", "ss", "ds", "es", "fs", "gs") else 4
            rows += struct.pack("<I2H", tss + at, _place(state, name), size)
    return rows + bytes(8)


def _place(state: State, name: str) -> int:
    """Byte offset of a field in a state."""
    layout = state.layout
    return (layout.fields[name][0] - layout.fields["arena"][1]) * layout.word_size


def _flag_rows(table: _Table, mask: Mask) -> bytes:
    rows = b""
    reserved = 0xFFFFFFFF
    for flag, (low, width) in FLAGS.items():
        reserved &= ~(((1 << width) - 1) << low)
        if not mask.hides(f"flags.{flag}"):
            rows += struct.pack("<3I", low, (1 << width) - 1, table.text(flag))
    if not mask.hides("flags.reserved"):
        rows += struct.pack("<3I", 0, reserved, table.text("reserved"))
    return rows + bytes(12)


def _state_rows(table: _Table, state: State, mask: Mask) -> Iterator[bytes]:
    ws = state.layout.word_size

    def row(name: str, at: int, size: int, kind: int, plain: int = 0) -> bytes:
        return struct.pack("<HBB3I", at, size, kind, table.text(name), plain, 0)

    for n in range(min(state.nfault, FAULTS)):
        for part, name in enumerate(("vector", "err", "cr2", "rip")):
            if not mask.hides(f"fault[{n}].{name}"):
                yield row(f"fault[{n}].{name}", (4 * n + part) * ws, ws, _FAULT)
    for name in _SLOTS:
        at = _place(state, name)
        if name == "flags":
            yield row("flags.", at, ws, _SLOT_FLAGS)
        elif not mask.hides(name):
            yield row(name, at, ws, _SLOT)
    for name in ("cs", "ss", "rsp", "flags"):
        at = _place(state, name)
        if name == "flags":
            yield row("arrival.flags.", at, ws, _ARRIVAL_FLAGS, at)
        elif not mask.hides(f"arrival.{name}"):
            yield row(f"arrival.{name}", at, ws, _ARRIVAL, at)
    derived = (*_SLOTS, "vector", "nfault")
    for name, (_, count) in state.layout.fields.items():
        if count == 1 and name not in derived and not mask.hides(name):
            yield row(name, _place(state, name), ws, _WORD)
    if "fx" in state.layout.fields:
        for name, offset, size in FX_PARTS:
            if not mask.hides(f"fx.{name}"):
                yield row(f"fx.{name}", _place(state, "fx") + offset, size, _WORD)


def _add_states(table: _Table, state: State) -> None:
    layout = state.layout
    ws, first = layout.word_size, layout.fields["arena"][1]
    words = range(first, first + STATE_BYTES // ws)

    def block(value: dict[int, int]) -> bytes:
        return b"".join(value.get(index, 0).to_bytes(ws, "little") for index in words)

    base = {index: state.baseline.get(index, 0) for index in words}
    launch = {index: state.launch_arena.word(index) for index in words}
    final = {index: state.final_arena.word(index) for index in words}
    seen = dict(final)
    for name, (start, count) in layout.fields.items():
        if count == 1 and name not in ("vector", "nfault"):
            seen[start] = state.register(name)
    table.add("base_state", block(base))
    table.add("launch_state", block(launch))
    table.add("final_state", block(final))
    table.add("seen_state", block(seen))
    start = layout.fields["fault"][0]
    faults = (state.final_arena.word(index) for index in range(start, start + 4 * FAULTS))
    table.add("fault_log", b"".join(word.to_bytes(ws, "little") for word in faults))


def _arenas(state: State, code: bytes) -> tuple[bytes, bytes]:
    """Launch and final arena. The kit puts the body's code over the pristine arena without saying so in a record."""
    ws = state.layout.word_size
    words = range(ARENA_BYTES // ws)
    launch = bytearray(b"".join(state.baseline.get(index, 0).to_bytes(ws, "little") for index in words))
    at = state.arena.region("CODE").offset
    launch[at : at + MAX_CODE] = code + (_UD2 * (MAX_CODE // 2))[len(code) :]
    for index, word in state.launch_words.items():
        if index in words:
            launch[index * ws : (index + 1) * ws] = word.to_bytes(ws, "little")
    final = bytearray(launch)
    for index, word in state.final_words.items():
        if index in words:
            final[index * ws : (index + 1) * ws] = word.to_bytes(ws, "little")
    return bytes(launch), bytes(final)


class _Bytes:
    """An arena as harness.places reads it, one word of it flipped."""

    def __init__(self, data: bytes) -> None:
        self.data = bytearray(data)

    def read(self, offset: int, size: int) -> int:
        return int.from_bytes(self.data[offset : offset + size], "little")

    def flip(self, offset: int, size: int) -> None:
        for at in range(offset, offset + size):
            self.data[at] ^= 0xFF


@dataclass
class PlaceRow:
    """Places of one kind in a row: `start` and `end` are arena offsets, `base` that of element 0."""

    start: int
    end: int
    element: int  # bytes
    value: int  # bytes of it that are its value
    kind: int
    special: int
    open_bits: int
    name: str
    base: int

    def pack(self, table: _Table) -> bytes:
        return struct.pack(
            "<5I2BH2I",
            self.start,
            self.end,
            self.element,
            self.value,
            self.kind,
            self.special,
            self.open_bits,
            0,
            table.text(self.name),
            self.base,
        )

    def _rule(self) -> tuple[object, ...]:
        return self.element, self.value, self.kind, self.special, self.open_bits, self.name, self.base

    def follows(self, other: PlaceRow) -> bool:
        return self.start == other.end and self._rule() == other._rule()


def place_rows(state: State, mask: Mask, final: bytes) -> list[PlaceRow]:
    """How harness.places calls every place of the arena."""
    places = Places(state.arena, state.facts.mode, state.facts.home)
    ws = state.layout.word_size
    whole, flipped = _Bytes(final), _Bytes(final)
    rows: list[PlaceRow] = []
    elements: list[tuple[str, int, int, int]] = []  # name, start, end, bytes of its value
    for offset in range(0, ARENA_BYTES, ws):
        flipped.flip(offset, ws)
        for name, place in places.differing(whole, flipped, [offset]).items():
            if elements and elements[-1][0] == name:
                elements[-1] = (name, elements[-1][1], max(elements[-1][2], offset + ws), place.size)
            else:
                start = max(offset, place.offset)
                elements.append((name, start, min(offset + ws, place.offset + place.size), place.size))
        flipped.flip(offset, ws)
    for name, start, end, size in elements:
        row = _row(name, start, end, size, mask)
        if rows and row.follows(rows[-1]):
            rows[-1].end = row.end
        else:
            rows.append(row)
    return rows


def _row(name: str, start: int, end: int, size: int, mask: Mask) -> PlaceRow:
    element = end - start
    special = _NO_SPECIAL
    open_bits = 0
    if name.startswith(("gdt", "ldt")):
        special = _DESCRIPTOR
        open_bits = _OPEN_FIRST * (mask.hides(f"{name}.a") or mask.hides(f"{name}.busy"))
    elif name.startswith("pte."):
        special = _ENTRY
        open_bits = _OPEN_FIRST * mask.hides(f"{name}.a") | _OPEN_SECOND * mask.hides(f"{name}.d")
    if mask.hides(name) or mask.hides_bytes(start, size):
        special = _OPEN
    kind, prefix, base = _NAME if special or name.endswith("+0x0") else _OFFSET, name, start
    if match := re.fullmatch(r"pte\.0x([0-9a-f]+)", name):
        kind, prefix, base = _PAGE, "pte.", start - (int(match[1], 16) >> 12) * element
    elif match := re.fullmatch(r"(.*)\[(\d+)\]", name):
        kind, prefix, base = _INDEX, match[1], start - int(match[2]) * element
    elif match := re.fullmatch(r"(.*)\+0x([0-9a-f]+)", name):
        if int(match[2], 16):  # an offset of 0 is printed by no rule
            kind, prefix, base = _OFFSET, match[1], start - int(match[2], 16)
    return PlaceRow(start, end, element, size, kind, special, open_bits, prefix, base)
