# SPDX-License-Identifier: BSD-2-Clause
"""Reads single-step tests (docs/vector-format.md, Single steps) and makes vector files without a kit of them.

Two layouts are understood: our own, as `vectors --json` writes it, beside the bases of its modes; and the public one of
the 8088, 80286 and 80386 suites, real mode only. Nothing in a file is believed: what is wrong is told with file, test
and field.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from harness import vectors
from harness.errors import Location, UserError
from harness.expect.names import MODES
from harness.singlestep import wide
from harness.vectors import (
    HALT,
    KINDS,
    PAGE,
    STATE_NAMES,
    WIDE,
    Body,
    Entry,
    Event,
    Step,
    Vectors,
    differences,
)

MEMORY_MAX = 64 << 20
TESTS_MAX = 1 << 20
_CODE_ROOM = 0x2000  # a body and what may lie behind it
_REAL, _HLT = 1, 0xF4
_MODE_NAMES = {number: name for name, (number, _) in MODES.items()}

# The public layout's registers as the state's.
_WORDS = dict(
    ax="rax", bx="rbx", cx="rcx", dx="rdx", sp="rsp", bp="rbp", si="rsi", di="rdi", ip="rip", flags="rflags"
)
_DOUBLES = {f"e{old}": new for old, new in _WORDS.items()}
_SAME = ("cs", "ds", "es", "ss", "fs", "gs", "cr0", "cr3", "dr6", "dr7")
# Bits that mean something in real mode, and that a processor of today has too: FLAGS 15:12 of an 8086 and EFLAGS
# 31:18 of an 80386 are ones.
_COUNT = {"cr0": 0xE, "dr6": 0xE00F, "dr7": 0xFFFF23FF, "rflags": 0x37FD5, "ldtr.null": 0, "tr.null": 0}
_COUNT_8086 = 0xFD5
_REAL_BASE: dict[str, int | bytes] = {
    **{name: 0xFFFF for name in (f"{s}.limit" for s in vectors.SEGMENTS)},
    **{name: 0x93 for name in (f"{s}.rights" for s in vectors.SEGMENTS)},
    **{"ldtr.rights": 0x82, "tr.rights": 0x8B, "gdtr.limit": 0xFFFF, "idtr.limit": 0x3FF},
    **{"rflags": 2, "cr0": 0x10, "dr6": 0xFFFF0FF0, "dr7": 0x400, "xcr0": 1, "pat": 0x0007040600070406},
    **{"mxcsr": 0x1F80, "fcw": 0x37F, "apic_base": 0xFEE00900},
}


_ONES = vectors.fields_of(b"\xff" * vectors.STATE_SIZE)
_SELDOM: dict[str, int | bytes] = {"shadow": 0, **{f"{s}.null": 0 for s in vectors.SEGMENTS}}
_WANTED = vectors.registers(bytes(vectors.STATE_SIZE)).keys()


@dataclass(frozen=True)
class Base:
    """What tests of one folder and home share."""

    home: int
    memory: int
    captures: tuple[tuple[int, int], ...]
    states: Mapping[int, bytes]
    pages: Mapping[int, Mapping[int, bytes]]


@dataclass(frozen=True)
class Options:
    """What a file of others does not say of itself."""

    flags_mask: int | None = None  # bits of the flags that count
    halts: bool | None = None  # each test ends with a HLT that is executed; None: as the file looks


class _Node:
    """A value inside a test, with the way to it for messages."""

    def __init__(self, value: Any, where: str, file: Path) -> None:
        self.value, self.where, self.file = value, where, file

    def error(self, message: str) -> UserError:
        return UserError(f"{self.where}: {message}", Location(str(self.file)))

    def __getitem__(self, key: str | int) -> _Node:
        if isinstance(key, str) and key not in self.object():
            raise self.error(f"'{key}' is missing")
        return _Node(
            self.value[key],
            f"{self.where}: {key}" if isinstance(key, str) else f"{self.where}[{key}]",
            self.file,
        )

    def get(self, key: str) -> _Node | None:
        return self[key] if self.object().get(key) is not None else None

    def object(self) -> dict[str, Any]:
        if not isinstance(self.value, dict):
            raise self.error("an object is wanted")
        return self.value

    def list(self, length: int | None = None) -> list[_Node]:
        if not isinstance(self.value, list) or length not in (None, len(self.value)):
            raise self.error("a list is wanted" if length is None else f"a list of {length} is wanted")
        return [self[n] for n in range(len(self.value))]

    def number(self, most: int) -> int:
        if isinstance(self.value, bool) or not isinstance(self.value, int) or not 0 <= self.value <= most:
            raise self.error(f"a number from 0 to {most:#x} is wanted")
        return self.value

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise self.error("a text is wanted")
        return self.value

    def bytes_at(self, memory: int) -> dict[int, int]:
        """[address, byte] pairs."""
        found = {}
        pairs = self.value if isinstance(self.value, list) else self.list()
        for n, pair in enumerate(pairs):
            if type(pair) is list and len(pair) == 2:
                address, value = pair
                if type(address) is int and type(value) is int and 0 <= address < memory and 0 <= value < 256:
                    found[address] = value
                    continue
            address, value = self[n].list(2)  # says what is wrong
            found[address.number(memory - 1)] = value.number(255)
        return found


def load(path: Path) -> list[_Node]:
    """The tests of a file, plain or packed by gzip."""
    try:
        data = path.read_bytes()
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
        tests = json.loads(data)
    except OSError as error:
        raise UserError(
            f"cannot read it: {error.strerror or 'not a gzip file'}", Location(str(path))
        ) from None
    except EOFError:
        raise UserError("the gzip file is cut off", Location(str(path))) from None
    except (ValueError, RecursionError) as error:
        raise UserError(f"not JSON: {error}", Location(str(path))) from None
    if not isinstance(tests, list) or not tests:
        raise UserError("a list of tests is wanted", Location(str(path)))
    if len(tests) > TESTS_MAX:
        raise UserError(f"more than {TESTS_MAX} tests", Location(str(path)))
    return [_Node(test, f"test {n}", path) for n, test in enumerate(tests)]


def runs(memory: Mapping[int, int]) -> tuple[tuple[int, bytes], ...]:
    """Bytes by address as runs."""
    found: list[tuple[int, bytearray]] = []
    for address, byte in sorted(memory.items()):
        if found and found[-1][0] + len(found[-1][1]) == address:
            found[-1][1].append(byte)
        else:
            found.append((address, bytearray((byte,))))
    return tuple((at, bytes(data)) for at, data in found)


def _code(node: _Node) -> bytes:
    return bytes(byte.number(255) for byte in node.list())


class Importer:
    """Collects tests; those of one base come into one file."""

    def __init__(self, profile: str, options: Options = Options()) -> None:
        self._profile, self._options = profile, options
        self._files: dict[tuple[str, int], Vectors] = {}
        self._bases: dict[tuple[str, int], Base] = {}
        self.refused: list[str] = []  # tests that cannot be expressed, and why

    def vectors(self) -> list[Vectors]:
        return [taken for taken in self._files.values() if taken.entries]

    def add(self, path: Path) -> None:
        """UserError with file, test and field for whatever is wrong."""
        tests = load(path)
        if tests[0].get("mode") is not None:
            for test in tests:
                self._own(test)
        else:
            halts = self._options.halts
            if halts is None:
                halts = all(_code(test["bytes"])[-1:] == bytes((_HLT,)) for test in tests)
            for test in tests:
                self._public(test, halts)

    # ---- our own layout ----

    def _base(self, test: _Node) -> tuple[str, Base, int]:
        mode = test["mode"].number(15)
        if mode not in _MODE_NAMES:
            raise test["mode"].error(f"unknown mode {mode}")
        folder = test.file.parent
        key = (str(folder.resolve()), mode)
        if key not in self._bases:
            self._bases[key] = _read_base(folder / f"base.{_MODE_NAMES[mode]}.json", mode)
        return key[0], self._bases[key], mode

    def _own(self, test: _Node) -> None:
        folder, base, mode = self._base(test)
        taken = self._file(folder, base)
        if mode not in taken.states:
            taken.states[mode] = base.states[mode]
            taken.pages[mode] = dict(base.pages[mode])
        launch = _changed(test["initial"]["regs"], base.states[mode], whole=True)
        values = vectors.registers(launch)
        arrival = _changed(test["final"]["regs"], launch)
        boundary = test.get("boundary")
        outcome = test["outcome"].text() if test.get("outcome") else "record"
        if outcome not in ("record", "shutdown"):
            raise test["outcome"].error("'record' or 'shutdown' is wanted")
        code64 = values["efer"] & 0x400 and values["cs.rights"] & 0x2000
        linear = values["rip"] + (0 if code64 else values["cs.base"])
        interrupt = test.get("interrupt")
        masks = test.get("masks")
        event, events = _event(test.get("exception"))
        self._put(
            taken,
            test,
            Entry(
                *(len(taken.entries), len(taken.entries), 0, mode, values["cpl"], 0, outcome, events),
                *(interrupt.number(255) if interrupt else -1, 0, launch),
                launch_memory=runs(test["initial"]["ram"].bytes_at(base.memory)),
                shadow=(),
                boundary=_changed(boundary["regs"], launch) if boundary else launch,
                arrival=arrival,
                final_memory=runs(test["final"]["ram"].bytes_at(base.memory)),
                ports=_ports(test.get("ports")),
                event=event,
                record=b"",
            ),
            (linear & 0xFFFFFFFF, len(_code(test["bytes"]))),
            _reg_masks(masks.get("regs") if masks else None),
            masks["ram"].bytes_at(base.memory) if masks and masks.get("ram") else {},
        )

    # ---- the public layout ----

    def _public(self, test: _Node, halts: bool) -> None:
        initial, final = test["initial"], test["final"]
        ram = initial["ram"].bytes_at(1 << 24)
        after = final["ram"].bytes_at(1 << 24)
        launch = _real_state(initial["regs"], vectors.state_of(_REAL_BASE))
        arrival = _real_state(final["regs"], launch)
        fields = vectors.fields_of(arrival)
        rip, base = fields["rip"], fields["cs.base"]
        assert isinstance(rip, int) and isinstance(base, int)
        rip = rip - 1 & 0xFFFF if halts else rip
        arrival = vectors.state_of(fields | {"rip": rip})
        start = vectors.registers(launch)
        code = start["cs.base"] + start["rip"], len(_code(test["bytes"])) - halts
        halt = base + rip
        if halt in after or code[0] <= halt < code[0] + code[1]:
            self.refused.append(
                f"{test.file}: {test.where}: it ends where its own instruction or result lies"
            )
            return
        mask = self._options.flags_mask
        count = _COUNT_8086 if "flags" in initial["regs"].object() else _COUNT["rflags"]
        mask = count if mask is None else mask & count
        memory_mask = {}
        exception = test.get("exception")
        event, events = _event(exception)
        if exception is not None and exception.get("flag_address"):
            address = exception["flag_address"].number((1 << 24) - 1)
            memory_mask = {address: mask & 0xFF, address + 1: mask >> 8 & 0xFF}
        taken = self._file("", _PUBLIC)
        self._put(
            taken,
            test,
            Entry(
                *(len(taken.entries), len(taken.entries), 0, _REAL, 0, HALT, "record", events, -1, 0, launch),
                launch_memory=runs(ram | {halt: _HLT}),
                shadow=(),
                boundary=launch,
                arrival=arrival,
                final_memory=runs(after),
                ports=(),
                event=event,
                record=b"",
            ),
            code,
            _COUNT | {"rflags": mask},
            memory_mask,
        )

    # ---- files ----

    def _file(self, folder: str, base: Base) -> Vectors:
        key = (folder, base.home)
        if key not in self._files:
            self._files[key] = Vectors(
                *(base.home, 0, base.memory, vectors.STATE_SIZE, self._profile, "imported", base.captures),
                states=dict(base.states) if not folder else {},
                pages={mode: dict(pages) for mode, pages in base.pages.items()} if not folder else {},
            )
        taken = self._files[key]
        if taken.captures != base.captures or taken.ram_size != base.memory:
            raise UserError(
                "bases of one home have other captures or memory; export them again", Location(folder)
            )
        return taken

    def _put(
        self,
        taken: Vectors,
        test: _Node,
        entry: Entry,
        code: tuple[int, int],
        masks: Mapping[str, int],
        memory_mask: Mapping[int, int],
    ) -> None:
        size = min(code[1], _CODE_ROOM)
        if code[0] + _CODE_ROOM > taken.ram_size:
            raise test["initial"].error(f"the code at {code[0]:#x} lies behind the end of memory")
        name = test.get("name")
        state_mask = _masked(tuple(sorted(masks.items())))
        taken.bodies[entry.key] = Body(entry.key, entry.mode, entry.cpl, code[0], size, ())
        taken.steps[entry.ordinal] = Step(
            f"{name.text() if name else test.where} ({test.file.name}, {test.where})",
            state_mask,
            runs(memory_mask),
        )
        taken.entries.append(entry)


_PUBLIC = Base(32, (16 << 20) + (2 << 20), (), {_REAL: vectors.state_of(_REAL_BASE)}, {_REAL: {}})


@cache
def _masked(masks: tuple[tuple[str, int], ...]) -> tuple[tuple[int, bytes], ...]:
    """Runs of a state's bits that count; where there is none all do."""
    values: dict[str, int | bytes] = dict(_ONES)
    for name, bits in masks:
        whole = _ONES[name]
        values[name] = bits & whole if isinstance(whole, int) else whole if bits else bytes(len(whole))
    return tuple(differences(vectors.state_of(_ONES), vectors.state_of(values)))


def _event(node: _Node | None) -> tuple[Event, int]:
    if node is None:
        return Event(0, 0, False, 0, 0, 0), 0
    kind = node.get("kind")
    if kind is not None and kind.text() not in KINDS:
        raise kind.error(f"one of {', '.join(KINDS[1:])} is wanted")
    error, cr2 = node.get("error"), node.get("cr2")
    return (
        Event(
            KINDS.index(kind.text()) if kind else 1,
            node["number"].number(255),
            error is not None,
            error.number(0xFFFFFFFF) if error else 0,
            0,
            cr2.number((1 << 64) - 1) if cr2 else 0,
        ),
        1,
    )


def _ports(node: _Node | None) -> tuple[tuple[int, int, bool, int], ...]:
    found = []
    for access in node.list() if node else []:
        port, width, way, value = access.list(4)
        if way.text() not in ("in", "out") or width.number(4) not in (1, 2, 4):
            raise access.error("[port, 1, 2 or 4, 'in' or 'out', value] is wanted")
        found.append((port.number(0xFFFF), width.value, way.value == "out", value.number(0xFFFFFFFF)))
    return tuple(found)


def _reg_masks(node: _Node | None) -> dict[str, int]:
    masks = {}
    for name in node.object() if node else {}:
        assert node is not None
        if name not in STATE_NAMES:
            raise node.error(f"unknown register '{name}'")
        masks[name] = node[name].number((1 << 64) - 1)
    return masks


def _changed(node: _Node, state: bytes, whole: bool = False) -> bytes:
    """The state with the registers of a test in our own layout; `whole`: all but the x87 and vector ones are there."""
    values = vectors.fields_of(state)
    if whole:
        values |= _SELDOM
        missing = _WANTED - node.object().keys()
        if missing:
            raise node.error(f"'{min(missing)}' is missing")
    for name in node.object():
        if name not in values:
            raise node.error(f"unknown register '{name}'")
        if name in WIDE:
            try:
                values[name] = wide(node[name].text(), name)
            except (ValueError, OverflowError):
                raise node[name].error(
                    "a hexadecimal number as text is wanted, which fits the register"
                ) from None
        else:
            most, value = _ONES[name], node.value[name]
            assert isinstance(most, int)
            values[name] = value if type(value) is int and 0 <= value <= most else node[name].number(most)
    return vectors.state_of(values)


def _real_state(node: _Node, state: bytes) -> bytes:
    """The state with registers of the public layout: real mode, bases from selectors."""
    values = vectors.fields_of(state)
    names = {**_WORDS, **_DOUBLES, **{name: name for name in _SAME}}
    for old in node.object():
        if old not in names:
            raise node.error(f"unknown register '{old}'; known are {', '.join(names)}")
        name = names[old]
        short = old in _WORDS or name in vectors.SEGMENTS
        value = node[old].number(0xFFFF if short else 0xFFFFFFFF)
        if name in vectors.SEGMENTS:
            values[f"{name}.base"] = value << 4
        if name == "cr0" and value & 1:
            raise node[old].error("only real mode can be expressed in this layout")
        if name in _COUNT:
            fixed = _REAL_BASE[name]
            assert isinstance(fixed, int)
            value = value & _COUNT[name] | fixed & ~_COUNT[name]
        values[name] = value
    return vectors.state_of(values)


def _read_base(path: Path, mode: int) -> Base:
    try:
        base = _Node(json.loads(path.read_bytes()), "base", path)
    except OSError as error:
        raise UserError(
            f"cannot read the base of the mode: {error.strerror}; `vectors --json` writes it beside its tests",
            Location(str(path)),
        ) from None
    except ValueError as error:
        raise UserError(f"not JSON: {error}", Location(str(path))) from None
    home, memory = base["home"], base["memory"]
    if home.number(64) not in (32, 64) or memory.number(MEMORY_MAX) % (2 << 20) or not memory.value:
        raise base.error("home is 32 or 64, memory a multiple of 2 MiB")
    most = (1 << 64) - 1
    captures = [pair.list(2) for pair in base["captures"].list()]
    pages = {}
    for address in base["pages"].object():
        try:
            number, offset = divmod(int(address, 16), PAGE)
            data = bytes.fromhex(base["pages"][address].text())
        except ValueError:
            raise base["pages"].error(f"{address}: hexadecimal text is wanted") from None
        if offset or len(data) != PAGE or number >= memory.value // PAGE:
            raise base["pages"].error(f"{address}: not a page of memory")
        pages[number] = data
    return Base(
        home.value,
        memory.value,
        tuple((first.number(most), last.number(most)) for first, last in captures[:4]),
        {mode: _changed(base["regs"], bytes(vectors.STATE_SIZE))},
        {mode: pages},
    )
