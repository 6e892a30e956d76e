# SPDX-License-Identifier: BSD-2-Clause
"""Vector files (docs/vector-format.md): launch snapshots of cases, taken by the reference core from an image."""

from __future__ import annotations

import struct
import subprocess
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.errors import ExitCode, Location, UserError

MAGIC, VERSION = b"RDVECTOR", 1
PACKED, CRITICAL = 1, 2
OUTCOMES = ("record", "shutdown", "halted", "skip", "no window")
KINDS = ("none", "fault", "trap", "software", "int3/into", "icebp", "external")
SCRIPT, FULL_COMPARE, NESTED, DEVICES = 1, 2, 4, 8
PAGE = 4096
RAM_MIB = 32
KIT = 0x80000  # no case has memory of its own from here on

_CHUNK = struct.Struct("<IIQ")
_HEAD = struct.Struct("<HHIQII32s32s10I")
_MODE = struct.Struct("<HHII")
_BODY = struct.Struct("<IHBBIIIII")
_CASE = struct.Struct("<IIIIHBBBBhIIIIIIIIII")
_EVENT = struct.Struct("<IBBBBIIQ")
_RUN = struct.Struct("<II")
_IO = struct.Struct("<HBBI")

GPR = ("rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", *(f"r{n}" for n in range(8, 16)))
SEGMENTS = ("es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr")
# Offsets in struct ringdiff_state (runners/model/ringdiff_model.h).
_SEGMENT = struct.Struct("<HHIQB7x")
_AT_SEGMENTS = 18 * 8
_AFTER = _AT_SEGMENTS + 8 * _SEGMENT.size
_TABLES = struct.Struct("<QQHHBBxx")
_CONTROL = struct.Struct("<6Q4Q4QQQ12Q")
_CONTROL_NAMES = (
    *("cr0", "cr2", "cr3", "cr4", "cr8", "xcr0"),
    *(f"pdpte{n}" for n in range(4)),
    *(f"dr{n}" for n in range(4)),
    *(
        "dr6",
        "dr7",
        "efer",
        "star",
        "lstar",
        "cstar",
        "fmask",
        "kernel_gs_base",
        "tsc_aux",
        "pat",
        "apic_base",
    ),
    *("sysenter_cs", "sysenter_esp", "sysenter_eip"),
)


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
    head = reader.unpack(_CASE)
    _, ordinal, key, raw, mode, cpl, flags, outcome, events, interrupt, skipped = head[:11]
    states, launches, shadows, boundaries, arrivals, finals, ios, record, _ = head[11:]
    kind, vector, has_error, _, _, error, dr6, cr2 = reader.unpack(_EVENT)
    if outcome >= len(OUTCOMES):
        raise ValueError(f"unknown outcome {outcome}")
    launch = _applied(vectors.states.get(mode, bytes(vectors.state_size)), reader.runs(states))
    memory, shadow = reader.runs(launches), reader.runs(shadows)
    boundary, arrival = _applied(launch, reader.runs(boundaries)), _applied(launch, reader.runs(arrivals))
    final = reader.runs(finals)
    accesses = [reader.unpack(_IO) for _ in range(ios)]
    return Entry(
        ordinal=ordinal,
        key=key,
        raw=raw,
        mode=mode,
        cpl=cpl,
        flags=flags,
        outcome=OUTCOMES[outcome],
        events=events,
        interrupt=interrupt,
        skipped=skipped,
        launch=launch,
        launch_memory=memory,
        shadow=shadow,
        boundary=boundary,
        arrival=arrival,
        final_memory=final,
        ports=tuple((port, width, bool(out), value) for port, width, out, value in accesses),
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


def registers(state: bytes) -> dict[str, int]:
    """Names and values of a state, hidden parts as `cs.base` and so on; without FPU and vector registers."""
    values = struct.unpack_from("<18Q", state)
    found = dict(zip((*GPR, "rip", "rflags"), values))
    for n, name in enumerate(SEGMENTS):
        selector, rights, limit, base, null = _SEGMENT.unpack_from(state, _AT_SEGMENTS + n * _SEGMENT.size)
        found[name] = selector
        found |= {f"{name}.base": base, f"{name}.limit": limit, f"{name}.rights": rights}
        if null:
            found[f"{name}.null"] = 1
    gdt, idt, gdt_limit, idt_limit, cpl, _ = _TABLES.unpack_from(state, _AFTER)
    found |= {
        "gdtr.base": gdt,
        "gdtr.limit": gdt_limit,
        "idtr.base": idt,
        "idtr.limit": idt_limit,
        "cpl": cpl,
    }
    return found | dict(zip(_CONTROL_NAMES, _CONTROL.unpack_from(state, _AFTER + _TABLES.size)))


def _bytes_of(runs: tuple[tuple[int, bytes], ...]) -> list[list[int]]:
    """Pairs of address and byte; the kit's own variables are left out."""
    return [[at + n, byte] for at, data in runs if at < KIT for n, byte in enumerate(data)]


def _changes(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {key: value for key, value in after.items() if before.get(key) != value}


def single_step(vectors: Vectors, entry: Entry, name: str) -> dict[str, object]:
    """A case in the layout of single-step test suites: initial and final registers and bytes of memory.

    `final` has the registers that have changed on arrival in the handler, and memory with what the delivery has pushed;
    `boundary` the registers that have changed where the event was about to be delivered. `ram` of `initial` is what
    differs from the mode's base, which lies in a file of its own.
    """
    launch = registers(entry.launch)
    body = vectors.bodies[entry.key]
    code64 = launch["efer"] & 0x400 and launch["cs.rights"] & 0x2000
    linear = launch["rip"] + (0 if code64 else launch["cs.base"])
    size = max(0, body.code + body.code_size - linear) if body.code <= linear else 0
    test: dict[str, object] = {
        "name": name,
        "mode": entry.mode,
        "bytes": list(vectors.memory_at_launch(entry, linear, size)),
        "initial": {"regs": launch, "ram": _bytes_of((*body.runs, *entry.launch_memory))},
        "final": {"regs": _changes(launch, registers(entry.arrival)), "ram": _bytes_of(entry.final_memory)},
        "outcome": entry.outcome,
    }
    if entry.events:
        event = entry.event
        test["boundary"] = {"regs": _changes(launch, registers(entry.boundary))}
        test["exception"] = {
            "number": event.vector,
            "kind": KINDS[event.kind] if event.kind < len(KINDS) else str(event.kind),
            **({"error": event.error} if event.has_error else {}),
            **({"cr2": event.cr2} if event.vector == 14 else {}),
        }
    if entry.ports:
        test["ports"] = [
            [port, width, "out" if out else "in", value] for port, width, out, value in entry.ports
        ]
    return test


def base_file(vectors: Vectors, mode: int, names: Mapping[int, str]) -> dict[str, object]:
    """A mode's base: registers, and pages by address as hexadecimal text."""
    pages = {f"{number * PAGE:#x}": data.hex() for number, data in sorted(vectors.pages[mode].items())}
    return {"mode": names.get(mode, str(mode)), "regs": registers(vectors.states[mode]), "pages": pages}
