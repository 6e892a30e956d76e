# SPDX-License-Identifier: BSD-2-Clause
"""Vector files (docs/vector-format.md): launch snapshots of cases, taken by the reference core from an image."""

from __future__ import annotations

import struct
import subprocess
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.errors import ExitCode, Location, UserError

MAGIC, VERSION = b"RDVECTOR", 1
PACKED, CRITICAL = 1, 2
OUTCOMES = ("record", "shutdown", "halted", "skip", "no window")
KINDS = ("none", "fault", "trap", "software", "int3/into", "icebp", "external")
SCRIPT, FULL_COMPARE, NESTED, DEVICES, HALT = 1, 2, 4, 8, 16
PAGE = 4096
RAM_MIB = 32

_CHUNK = struct.Struct("<IIQ")
_HEAD = struct.Struct("<HHIQII32s32s10I")
_MODE = struct.Struct("<HHII")
_BODY = struct.Struct("<IHBBIIIII")
_CASE = struct.Struct("<IIIIHBBBBhIIIIIIIIII")
_EVENT = struct.Struct("<IBBBBIIQ")
_RUN = struct.Struct("<II")
_IO = struct.Struct("<HBBI")
_STEP = struct.Struct("<IIII")

GPR = ("rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", *(f"r{n}" for n in range(8, 16)))
SEGMENTS = ("es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr")
# struct ringdiff_state (runners/model/ringdiff_model.h), from its first byte to its last: names and formats.
_SEGMENT_PARTS = (("", "H"), (".rights", "H"), (".limit", "I"), (".base", "Q"), (".null", "B7x"))
_CONTROL_NAMES = """cr0 cr2 cr3 cr4 cr8 xcr0 pdpte0 pdpte1 pdpte2 pdpte3 dr0 dr1 dr2 dr3 dr6 dr7 efer star lstar cstar
    fmask kernel_gs_base tsc_aux pat apic_base sysenter_cs sysenter_esp sysenter_eip""".split()
_PARTS = (
    *((name, "Q") for name in (*GPR, "rip", "rflags")),
    *((f"{name}{part}", form) for name in SEGMENTS for part, form in _SEGMENT_PARTS),
    *(("gdtr.base", "Q"), ("idtr.base", "Q"), ("gdtr.limit", "H"), ("idtr.limit", "H")),
    *(("cpl", "B"), ("shadow", "Bxx")),
    *((name, "Q") for name in _CONTROL_NAMES),
    *(("pkru", "I"), ("mxcsr", "I"), *((name, "H") for name in ("fcw", "fsw", "fop", "fcs", "fds"))),
    *(("ftw", "Bx"), ("debugctl", "I"), ("fip", "Q"), ("fdp", "Q")),
    *((f"st{n}", "10s6x") for n in range(8)),
    *((f"ymm{n}", "32s") for n in range(16)),
)
_STATE = struct.Struct("<" + "".join(form for _, form in _PARTS))
STATE_NAMES = tuple(name for name, _ in _PARTS)
STATE_SIZE = _STATE.size
_SELDOM = frozenset(("shadow", *(f"{name}.null" for name in SEGMENTS)))  # named where they are not 0
FPU = frozenset(
    ("mxcsr", "fcw", "fsw", "fop", "fcs", "fds", "ftw", "fip", "fdp", "pkru", "debugctl")
    + tuple(f"st{n}" for n in range(8))
    + tuple(f"ymm{n}" for n in range(16))
)
WIDE = frozenset(name for name, form in _PARTS if "s" in form)  # wider than JSON's numbers: hexadecimal text


@dataclass(frozen=True, slots=True)
class Event:
    """What ended the window, in the model ABI's terms."""

    kind: int
    vector: int
    has_error: bool
    error: int
    dr6: int
    cr2: int


@dataclass(frozen=True, slots=True)
class Body:
    """What the cases of a body share."""

    key: int
    mode: int
    cpl: int
    code: int
    code_size: int
    runs: tuple[tuple[int, bytes], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One case: its states whole, its memory as differences."""

    ordinal: int
    key: int
    raw: int
    mode: int
    cpl: int
    flags: int
    outcome: str
    events: int
    interrupt: int
    skipped: int
    launch: bytes
    launch_memory: tuple[tuple[int, bytes], ...]
    shadow: tuple[tuple[int, bytes], ...]
    boundary: bytes
    arrival: bytes
    final_memory: tuple[tuple[int, bytes], ...]
    ports: tuple[tuple[int, int, bool, int], ...]
    event: Event
    record: bytes


@dataclass(frozen=True, slots=True)
class Step:
    """What a file of single steps says of a case besides its entry."""

    name: str
    state_mask: tuple[tuple[int, bytes], ...] = ()  # bits that count, where not all do
    memory_mask: tuple[tuple[int, bytes], ...] = ()


@dataclass
class Vectors:
    """A whole file."""

    home: int
    build_id: int
    ram_size: int
    state_size: int
    profile: str
    core: str
    captures: tuple[tuple[int, int], ...]
    bodies: dict[int, Body] = field(default_factory=dict)
    states: dict[int, bytes] = field(default_factory=dict)  # by mode
    pages: dict[int, dict[int, bytes]] = field(default_factory=dict)  # by mode and page number
    entries: list[Entry] = field(default_factory=list)
    steps: dict[int, Step] = field(default_factory=dict)  # of a file of single steps, by ordinal

    def base(self, mode: int, address: int, size: int) -> bytes:
        """Memory of a mode's base."""
        out = bytearray()
        while size:
            page, offset = divmod(address, PAGE)
            part = min(size, PAGE - offset)
            out += self.pages[mode].get(page, bytes(PAGE))[offset : offset + part]
            address, size = address + part, size - part
        return bytes(out)

    def memory_at_launch(self, entry: Entry, address: int, size: int) -> bytes:
        """Memory as the case finds it at LAUNCH."""
        out = bytearray(self.base(entry.mode, address, size))
        for at, data in (*self.bodies[entry.key].runs, *entry.launch_memory):
            for n, byte in enumerate(data):
                if address <= at + n < address + size:
                    out[at + n - address] = byte
        return bytes(out)


class _Reader:
    """Takes pieces off bytes; a file that is too short is a ValueError."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, size: int) -> bytes:
        if size > len(self._data) - self._at:
            raise ValueError("it ends in the middle of an entry")
        self._at += size
        return self._data[self._at - size : self._at]

    def ahead(self, size: int) -> bytes:
        """The next bytes, left where they are."""
        return self._data[self._at : self._at + size]

    def unpack(self, form: struct.Struct) -> tuple[int, ...]:
        return form.unpack(self.take(form.size))

    def runs(self, count: int) -> tuple[tuple[int, bytes], ...]:
        found = []
        for _ in range(count):
            at, length = self.unpack(_RUN)
            found.append((at, self.take(length)))
        return tuple(found)

    @property
    def more(self) -> bool:
        return self._at < len(self._data)


def _chunks(data: bytes) -> Iterator[tuple[str, int, bytes]]:
    reader = _Reader(data)
    reader.take(16)
    while reader.more:
        head = reader.take(_CHUNK.size)
        kind, flags, length = _CHUNK.unpack(head)
        payload = reader.take(length)
        if zlib.crc32(head + payload) != int.from_bytes(reader.take(4), "little"):
            raise ValueError("a chunk is damaged (CRC)")
        yield kind.to_bytes(4, "little").decode("latin-1"), flags, (
            zlib.decompress(payload[8:]) if flags & PACKED else payload
        )


def _applied(base: bytes, runs: tuple[tuple[int, bytes], ...]) -> bytes:
    out = bytearray(base)
    for at, data in runs:
        if at + len(data) > len(out):
            raise ValueError("a run lies outside of a state")
        out[at : at + len(data)] = data
    return bytes(out)


def _read_entry(vectors: Vectors, data: bytes) -> Entry:
    reader = _Reader(data)
    _, ordinal, key, raw, mode, cpl, flags, outcome, events, interrupt, skipped, *counts = reader.unpack(
        _CASE
    )
    kind, vector, has_error, _, _, error, dr6, cr2 = reader.unpack(_EVENT)
    if outcome >= len(OUTCOMES):
        raise ValueError(f"unknown outcome {outcome}")
    states, launches, shadows, boundaries, arrivals, finals, ios, record, _ = counts
    launch = _applied(vectors.states.get(mode, bytes(vectors.state_size)), reader.runs(states))
    return Entry(  # in the order of the file
        *(ordinal, key, raw, mode, cpl, flags, OUTCOMES[outcome], events, interrupt, skipped, launch),
        launch_memory=reader.runs(launches),
        shadow=reader.runs(shadows),
        boundary=_applied(launch, reader.runs(boundaries)),
        arrival=_applied(launch, reader.runs(arrivals)),
        final_memory=reader.runs(finals),
        ports=tuple(
            (port, width, bool(out), value)
            for port, width, out, value in (reader.unpack(_IO) for _ in range(ios))
        ),
        event=Event(kind, vector, bool(has_error), error, dr6, cr2),
        record=reader.take(record),
    )


def _read_mode(vectors: Vectors, payload: bytes) -> None:
    reader = _Reader(payload)
    mode, _, baseline, pages = reader.unpack(_MODE)
    reader.take(baseline)
    vectors.states[mode] = reader.take(vectors.state_size)
    vectors.pages[mode] = dict(next(iter(vectors.pages.values()), {}))
    for _ in range(pages):
        number = int.from_bytes(reader.take(4), "little")
        vectors.pages[mode][number] = reader.take(PAGE)


def _text(field_of_32: bytes) -> str:
    return field_of_32.split(b"\0")[0].decode("ascii")


def parse(data: bytes) -> Vectors:
    """A file's content; ValueError, zlib.error or struct.error for what is wrong with it."""
    if data[:8] != MAGIC:
        raise ValueError("not a vector file")
    if int.from_bytes(data[8:12], "little") != VERSION:
        raise ValueError("a vector file of another version")
    vectors: Vectors | None = None
    ended = False
    for kind, flags, payload in _chunks(data):
        reader = _Reader(payload)
        if kind == "HEAD":
            home, _, build_id, ram, state, captures, profile, core, *_ = _HEAD.unpack(reader.take(_HEAD.size))
            numbers = struct.unpack(f"<{2 * captures}Q", reader.take(16 * captures))
            ranges = tuple(zip(numbers[::2], numbers[1::2]))
            vectors = Vectors(home, build_id, ram, state, _text(profile), _text(core), ranges)
        elif vectors is None:
            raise ValueError("it does not begin with HEAD")
        elif kind == "MODE":
            _read_mode(vectors, payload)
        elif kind == "BODY":
            key, mode, cpl, _, _, _, code, size, runs = reader.unpack(_BODY)
            vectors.bodies[key] = Body(key, mode, cpl, code, size, reader.runs(runs))
        elif kind == "CASE":
            while reader.more:
                size = int.from_bytes(reader.ahead(4), "little")
                vectors.entries.append(_read_entry(vectors, reader.take(max(size, 4))))
        elif kind == "STEP":
            while reader.more:
                ordinal, name, states, memory = reader.unpack(_STEP)
                text = reader.take(name).decode("utf-8")
                vectors.steps[ordinal] = Step(text, reader.runs(states), reader.runs(memory))
        elif kind == "END ":
            ended = True
        elif kind != "FRAM" and flags & CRITICAL:
            raise ValueError(f"unknown chunk {kind!r}")
    if vectors is None or not ended:
        raise ValueError("it is incomplete")
    return vectors


def read(path: Path) -> Vectors:
    """UserError with the file's name for whatever is wrong."""
    try:
        return parse(path.read_bytes())
    except OSError as error:
        raise UserError(f"cannot read it: {error.strerror}", Location(str(path))) from None
    except (ValueError, zlib.error, struct.error) as error:
        raise UserError(f"{error}", Location(str(path))) from None


def take(rom: bytes, cpu: str, core: Path, to: Path) -> None:
    """Writes the vector file of a ROM image of the kit's witness build."""
    with tempfile.TemporaryDirectory(prefix="ringdiff-") as folder:
        image = Path(folder) / "image.rom"
        image.write_bytes(rom)
        command: list[str | Path] = [
            core,
            "--rom",
            image,
            "--memory",
            str(RAM_MIB),
            "--cpu",
            cpu,
            "--vectors",
            to,
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True)
        except OSError as error:
            raise UserError(
                f"cannot start {core}: {error.strerror}; run make refcore", exit_code=ExitCode.UNAVAILABLE
            ) from None
    if done.returncode != 0:
        raise UserError(done.stderr.strip() or f"refcore ended with status {done.returncode}")


# ---- states by name ----


def fields_of(state: bytes) -> dict[str, int | bytes]:
    """Every part of a state by its name; what is wider than 64 bits as bytes."""
    return dict(zip(STATE_NAMES, _STATE.unpack(state)))


def registers(state: bytes) -> dict[str, int]:
    """Names and values of a state, hidden parts as `cs.base` and so on; without FPU and vector registers."""
    return {
        name: value
        for name, value in fields_of(state).items()
        if isinstance(value, int) and name not in FPU and (value or name not in _SELDOM)
    }


def state_of(values: dict[str, int | bytes]) -> bytes:
    """The state that has these values; what is not named is 0. struct.error for a value that does not fit."""
    return _STATE.pack(*(_EMPTY | values).values())


_EMPTY: dict[str, int | bytes] = {name: b"" if name in WIDE else 0 for name in STATE_NAMES}


# ---- writing ----


def differences(before: bytes, after: bytes) -> list[tuple[int, bytes]]:
    """Runs of what differs between two byte strings of one length."""
    found: list[tuple[int, bytes]] = []
    at, size = 0, len(after)
    while at < size:
        if after[at : at + 64] == before[at : at + 64]:
            at += 64
            continue
        if after[at] == before[at]:
            at += 1
            continue
        end = at + 1
        while end < size and after[end] != before[end]:
            end += 1
        found.append((at, after[at:end]))
        at = end
    return found


def _packed_runs(runs: Iterable[tuple[int, bytes]]) -> bytes:
    return b"".join(_RUN.pack(at, len(data)) + data for at, data in runs)


def _chunk(kind: str, payload: bytes, flags: int = 0) -> bytes:
    if flags & PACKED:
        payload = len(payload).to_bytes(8, "little") + zlib.compress(payload, 3)
    chunk = _CHUNK.pack(int.from_bytes(kind.encode(), "little"), flags, len(payload)) + payload
    return chunk + zlib.crc32(chunk).to_bytes(4, "little")


def _packed_entry(vectors: Vectors, entry: Entry) -> bytes:
    parts = (
        differences(vectors.states[entry.mode], entry.launch),
        *(entry.launch_memory, entry.shadow),
        *(differences(entry.launch, entry.boundary), differences(entry.launch, entry.arrival)),
        entry.final_memory,
    )
    event = entry.event
    tail = _EVENT.pack(event.kind, event.vector, event.has_error, 0, 0, event.error, event.dr6, event.cr2)
    tail += b"".join(_packed_runs(part) for part in parts)
    tail += b"".join(_IO.pack(port, width, out, value) for port, width, out, value in entry.ports)
    tail += entry.record
    size = -(-(_CASE.size + len(tail)) // 8) * 8
    head = _CASE.pack(
        *(size, entry.ordinal, entry.key, entry.raw, entry.mode, entry.cpl, entry.flags),
        *(OUTCOMES.index(entry.outcome), entry.events, entry.interrupt, entry.skipped),
        *(len(part) for part in parts),
        *(len(entry.ports), len(entry.record), 0),
    )
    return (head + tail).ljust(size, b"\0")


def _packed_step(ordinal: int, step: Step) -> bytes:
    name = step.name.encode()
    head = _STEP.pack(ordinal, len(name), len(step.state_mask), len(step.memory_mask))
    return head + name + _packed_runs(step.state_mask) + _packed_runs(step.memory_mask)


def packed(vectors: Vectors) -> bytes:
    """A file of single steps: one whose image has no kit."""
    captures = [number for pair in vectors.captures for number in pair]
    text = (vectors.profile.encode(), vectors.core.encode())
    head = _HEAD.pack(
        *(vectors.home, 0, 0, vectors.ram_size, vectors.state_size, len(vectors.captures), *text, *([0] * 10))
    )
    out = [MAGIC + VERSION.to_bytes(8, "little")]
    out.append(_chunk("HEAD", head + struct.pack(f"<{len(captures)}Q", *captures)))
    first: Mapping[int, bytes] = {}
    for mode, state in vectors.states.items():
        now = vectors.pages[mode]
        pages = {
            n: now.get(n, bytes(PAGE)) for n in (*now, *first) if now.get(n, bytes(PAGE)) != first.get(n)
        }
        payload = _MODE.pack(mode, 0, 0, len(pages)) + state
        payload += b"".join(n.to_bytes(4, "little") + data for n, data in sorted(pages.items()))
        out.append(_chunk("MODE", payload, PACKED))
        first = first or now
    for body in vectors.bodies.values():
        fields = (body.key, body.mode, body.cpl, 0, 0, 1, body.code, body.code_size, 0)
        out.append(_chunk("BODY", _BODY.pack(*fields)))
    entries = b"".join(_packed_entry(vectors, entry) for entry in vectors.entries)
    steps = b"".join(_packed_step(*item) for item in vectors.steps.items())
    out += [_chunk("CASE", entries, PACKED), _chunk("STEP", steps, PACKED), _chunk("END ", b"")]
    return b"".join(out)
