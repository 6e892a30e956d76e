# SPDX-License-Identifier: BSD-2-Clause
"""The record stream of docs/record-format.md: an incremental reader that survives any input, and its encoder.

The reader never raises on what a guest says. Bytes that belong to no valid frame are skipped and counted,
sequence gaps are counted, and a frame whose CRC holds but whose payload makes no sense counts as malformed.
What the frames mean together (which records are final) is the business of `harness.ledger`.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from crc32c import crc32c

from harness import hidden

SYNC = b"\xf5RD1"
VERSION = 1
HEADER_SIZE = 12
CRC_SIZE = 4
MAX_PAYLOAD = 0x80000
ARENA_BYTES = 0x10000
NO_ERROR_CODE_32 = 0xFFFFFFFF

RECORD_FULL_COMPARE = 1
RECORD_FAULT_LIMIT = 2
RECORD_SETUP_FAULT = 4

# What makes a frame's last dword, by byte 5 of the frame.
CHECKS: tuple[Callable[..., int], ...] = (zlib.crc32, crc32c)

_HEADER = struct.Struct("<4sBBHI")
_CRC = struct.Struct("<I")
_HELLO = struct.Struct("<HBBIIIIII")
_CPUID = struct.Struct("<6I")
_RECORD = struct.Struct("<IIHHII")
_THREE = struct.Struct("<III")
_TWO = struct.Struct("<II")
_FOUR = struct.Struct("<4I")
_PAIR = {4: struct.Struct("<HI"), 8: struct.Struct("<HQ")}


class FrameType(IntEnum):
    HELLO = 1
    FIELDS = 2
    BASELINE = 3
    CASE_BEGIN = 4
    RECORD = 5
    SKIP = 6
    VERIFIED = 7
    RETRACT = 8
    NOTE = 9
    BYE = 10
    ENDED = 11
    READY = 12
    REQUEST = 13  # host to guest
    HIDDEN = 14


class ByeStatus(IntEnum):
    COMPLETE = 0
    PARTIAL = 1
    GAVE_UP = 2


@dataclass(frozen=True, slots=True)
class Frame:
    """Base of all frames: `seq` is the sequence number (16 bits)."""

    seq: int


@dataclass(frozen=True, slots=True)
class CpuidEntry:
    leaf: int
    subleaf: int
    eax: int
    ebx: int
    ecx: int
    edx: int


@dataclass(frozen=True, slots=True)
class Hello(Frame):
    version: int
    home: int
    word_size: int
    build_id: int
    cases: int
    start: int
    count: int
    flags: int
    cpuid: tuple[CpuidEntry, ...]

    @property
    def vendor_id(self) -> str:
        """The 12 characters of CPUID leaf 0, or "" on a processor without CPUID."""
        for entry in self.cpuid:
            if entry.leaf == 0:
                return struct.pack("<3I", entry.ebx, entry.edx, entry.ecx).decode("latin-1")
        return ""

    @property
    def vendor(self) -> str:
        """intel, amd, or other."""
        return {"GenuineIntel": "intel", "AuthenticAMD": "amd"}.get(self.vendor_id, "other")

    @property
    def processor(self) -> str:
        """Vendor, display family, model and stepping in hexadecimal: SDM 2A CPUID, "Version Information"."""
        signature = next((entry.eax for entry in self.cpuid if entry.leaf == 1), None)
        if signature is None:
            return self.vendor_id or "no CPUID"
        family, model = signature >> 8 & 15, signature >> 4 & 15
        if family in (6, 15):
            model |= signature >> 12 & 0xF0
        if family == 15:
            family += signature >> 20 & 0xFF
        return f"{self.vendor_id} {family:x}/{model:x}/{signature & 15:x}"


class Layout:
    """The word space: which words of a state carry which name (frame FIELDS)."""

    def __init__(self, fields: Iterable[tuple[int, int, str]]) -> None:
        self.fields: dict[str, tuple[int, int]] = {}
        starts: list[tuple[int, int, str]] = []
        for start, count, name in fields:
            self.fields[name] = (start, count)
            starts.append((start, count, name))
        self._starts = sorted(starts)
        self.size = max((start + count for start, count, _ in starts), default=0)
        arena = self.fields.get("arena", (0, 0))[1]
        self.word_size = 4 if arena == ARENA_BYTES // 4 else 8

    @cached_property
    def names(self) -> list[str]:
        """Per word index the name of its field ("" where none is declared)."""
        names = [""] * self.size
        for start, count, name in self._starts:
            names[start : start + count] = [name] * count
        return names

    def name_at(self, index: int) -> str:
        return self.names[index] if index < self.size else ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Layout) and self.fields == other.fields

    def __hash__(self) -> int:
        return hash(tuple(self._starts))

    def lines(self) -> bytes:
        return b"".join(b"%X %d %s\n" % (s, c, n.encode("ascii")) for s, c, n in self._starts)


@dataclass(frozen=True, slots=True)
class Fields(Frame):
    layout: Layout


@dataclass(frozen=True, slots=True)
class Baseline(Frame):
    """The non-zero words of a mode's baseline, kept as they came: `words` decodes them."""

    mode: int
    data: bytes

    def words(self, word_size: int) -> dict[int, int]:
        return unpack_pairs(self.data, word_size)


@dataclass(frozen=True, slots=True)
class CaseBegin(Frame):
    key: int
    index: int
    ordinal: int


@dataclass(frozen=True, slots=True)
class Record(Frame):
    """What one case left behind. The two deltas stay packed until somebody asks for them."""

    key: int
    index: int
    mode: int
    flags: int
    word_size: int
    launch_data: bytes
    final_data: bytes

    @property
    def full_compare(self) -> bool:
        return bool(self.flags & RECORD_FULL_COMPARE)

    @property
    def fault_limit(self) -> bool:
        return bool(self.flags & RECORD_FAULT_LIMIT)

    @property
    def setup_fault(self) -> bool:
        """The testcase's set-up faulted: the window never opened and the launch delta is empty."""
        return bool(self.flags & RECORD_SETUP_FAULT)

    def launch_words(self) -> dict[int, int]:
        return unpack_pairs(self.launch_data, self.word_size)

    def final_words(self) -> dict[int, int]:
        return unpack_pairs(self.final_data, self.word_size)

    def same_state(self, other: Record) -> bool:
        """True if both left the same deltas. The full-compare flag says how hard the kit looked, not what it saw."""
        return (
            self.final_data == other.final_data
            and self.launch_data == other.launch_data
            and self.fault_limit == other.fault_limit
            and self.mode == other.mode
        )


@dataclass(frozen=True, slots=True)
class Skip(Frame):
    key: int
    requirement: int
    ordinals: int


@dataclass(frozen=True, slots=True)
class Verified(Frame):
    ordinal: int


@dataclass(frozen=True, slots=True)
class Retract(Frame):
    ordinal: int
    reason: int


@dataclass(frozen=True, slots=True)
class Note(Frame):
    key: int
    index: int
    code: int


@dataclass(frozen=True, slots=True)
class Bye(Frame):
    status: int
    next_ordinal: int
    cases_run: int


@dataclass(frozen=True, slots=True)
class CaseEnded(Frame):
    """A runner's own frame: the case ended its guest, and the runner went on behind it. `code` is as its exit codes."""

    key: int
    index: int
    ordinal: int
    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Hidden(Frame):
    """A runner's own frame: the segment registers at the last stop of the case in flight (harness.hidden).

    It stands outside of the sequence: its number says nothing.
    """

    ordinal: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Ready(Frame):
    """A guest on a serial line listens for a request (docs/image-format.md). Counts in no sequence."""

    build_id: int
    cases: int
    state: int  # 0 booted, HELLO follows by itself; 1 idle after a run

    @property
    def idle(self) -> bool:
        return self.state == 1


@dataclass(frozen=True, slots=True)
class Unknown(Frame):
    """A frame of a type this version does not know; it counts in the sequence and is otherwise ignored."""

    type: int
    payload: bytes


def unpack_pairs(data: bytes, word_size: int) -> dict[int, int]:
    """Decode (u16 index, word) pairs; a remainder shorter than a pair is ignored."""
    pair = _PAIR[word_size]
    excess = len(data) % pair.size
    pairs: Iterable[tuple[int, ...]] = pair.iter_unpack(data[: len(data) - excess] if excess else data)
    return {index: word for index, word in pairs}


@dataclass(slots=True)
class Losses:
    """What a stream lost on its way. All zero means that every byte was understood."""

    bytes_skipped: int = 0
    frames_lost: int = 0
    malformed: int = 0

    def __bool__(self) -> bool:
        return bool(self.bytes_skipped or self.frames_lost or self.malformed)

    def add(self, other: Losses) -> None:
        self.bytes_skipped += other.bytes_skipped
        self.frames_lost += other.frames_lost
        self.malformed += other.malformed


_FIXED_LENGTH = {
    FrameType.CASE_BEGIN: 12,
    FrameType.SKIP: 12,
    FrameType.VERIFIED: 4,
    FrameType.RETRACT: 8,
    FrameType.NOTE: 12,
    FrameType.BYE: 12,
    FrameType.READY: 12,
    FrameType.HIDDEN: 4 + hidden.SIZE,
}
_LEAST_LENGTH = {
    FrameType.HELLO: _HELLO.size,
    FrameType.BASELINE: 4,
    FrameType.RECORD: _RECORD.size,
    FrameType.ENDED: _FOUR.size,
}


def _plausible(kind: int, check: int, length: int) -> bool:
    """Could this header open a frame? Rejecting early keeps a flipped length from swallowing good frames."""
    if check >= len(CHECKS) or length > MAX_PAYLOAD or not kind:
        return False
    fixed = _FIXED_LENGTH.get(kind)  # type: ignore[call-overload]
    if fixed is not None:
        return bool(length == fixed)
    return bool(length >= _LEAST_LENGTH.get(kind, 0))  # type: ignore[call-overload]


def _record_word_size(payload: bytes | memoryview) -> int:
    """Word size of a RECORD from its own lengths; 0 if they do not agree with each other."""
    nlaunch, nfinal = struct.unpack_from("<II", payload, 12)
    pairs = nlaunch + nfinal
    body = len(payload) - _RECORD.size
    if not pairs:
        return 8 if not body else 0
    return {6 * pairs: 4, 10 * pairs: 8}.get(body, 0)


def _decode_hello(seq: int, payload: bytes) -> Frame | None:
    version, home, word_size, build, cases, start, count, flags, entries = _HELLO.unpack_from(payload)
    if len(payload) != _HELLO.size + entries * _CPUID.size or word_size not in _PAIR:
        return None
    cpuid = tuple(CpuidEntry(*entry) for entry in _CPUID.iter_unpack(payload[_HELLO.size :]))
    return Hello(seq, version, home, word_size, build, cases, start, count, flags, cpuid)


def _decode_fields(seq: int, payload: bytes) -> Frame | None:
    fields = []
    for line in payload.split(b"\n"):
        parts = line.split()
        if not parts:
            continue
        try:
            start, count, name = int(parts[0], 16), int(parts[1]), parts[2].decode("ascii")
        except (ValueError, IndexError):
            return None
        if not (
            0 <= start <= 0xFFFF and 0 < count <= 0x10000 and start + count <= 0x10000 and len(parts) == 3
        ):
            return None
        fields.append((start, count, name))
    return Fields(seq, Layout(fields)) if fields else None


def _decode_record(seq: int, payload: bytes) -> Frame | None:
    word_size = _record_word_size(payload)
    if not word_size:
        return None
    key, index, mode, flags, nlaunch, _ = _RECORD.unpack_from(payload)
    split = _RECORD.size + nlaunch * (2 + word_size)
    return Record(seq, key, index, mode, flags, word_size, payload[_RECORD.size : split], payload[split:])


def decode_payload(kind: int, seq: int, payload: bytes) -> Frame | None:
    """The typed frame, or None if the payload makes no sense for its type."""
    if not _plausible(kind, 0, len(payload)):
        return None
    if kind == FrameType.RECORD:
        return _decode_record(seq, payload)
    if kind == FrameType.CASE_BEGIN:
        return CaseBegin(seq, *_THREE.unpack(payload))
    if kind == FrameType.VERIFIED:
        return Verified(seq, *_CRC.unpack(payload))
    if kind == FrameType.HELLO:
        return _decode_hello(seq, payload)
    if kind == FrameType.FIELDS:
        return _decode_fields(seq, payload)
    if kind == FrameType.BASELINE:
        return Baseline(seq, struct.unpack_from("<H", payload)[0], payload[4:])
    if kind == FrameType.SKIP:
        return Skip(seq, *_THREE.unpack(payload))
    if kind == FrameType.RETRACT:
        return Retract(seq, *_TWO.unpack(payload))
    if kind == FrameType.NOTE:
        return Note(seq, *_THREE.unpack(payload))
    if kind == FrameType.BYE:
        return Bye(seq, *_THREE.unpack(payload))
    if kind == FrameType.ENDED:
        reason = payload[_FOUR.size :].decode("utf-8", "replace")
        key, index, ordinal, code = _FOUR.unpack_from(payload)
        return CaseEnded(seq, key, index, ordinal, code, reason)
    if kind == FrameType.HIDDEN:
        return Hidden(seq, _CRC.unpack_from(payload)[0], payload[_CRC.size :])
    if kind == FrameType.READY:
        return Ready(seq, *_THREE.unpack(payload))
    return Unknown(seq, kind, payload)


_LONG = 0x1000
_WASTE_ALLOWED = 8 * MAX_PAYLOAD


class StreamReader:
    """Feed bytes as they come; get whole frames as soon as their CRC has been seen.

    One reader reads one boot's stream. `finish` declares the end: what is left in the buffer is then searched
    too, so a frame with a flipped length cannot hide the frames behind it.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._expected_seq: int | None = None
        self.losses = Losses()
        self.bytes_fed = 0
        self._wasted = 0

    def feed(self, data: bytes) -> list[Frame]:
        """The frames completed by `data`, in order."""
        self.bytes_fed += len(data)
        self._buffer += data
        return self._take(False)

    def finish(self) -> list[Frame]:
        """No more bytes will come: the frames that a damaged one was hiding; the rest counts as skipped."""
        return self._take(True)

    def _take(self, at_end: bool) -> list[Frame]:
        buffer = self._buffer
        end = len(buffer)
        frames: list[Frame] = []
        position = 0
        while end - position >= len(SYNC):
            if not buffer.startswith(SYNC, position):
                found = buffer.find(SYNC, position)
                if found < 0:
                    # The last bytes may be the beginning of a sync.
                    keep = next((n for n in (3, 2, 1) if buffer.endswith(SYNC[:n])), 0)
                    self.losses.bytes_skipped += end - keep - position
                    position = end - keep
                    break
                self.losses.bytes_skipped += found - position
                position = found
            if end - position < HEADER_SIZE:
                if at_end:
                    self.losses.bytes_skipped += 1
                    position += 1
                    continue
                break
            _, kind, check, seq, length = _HEADER.unpack_from(buffer, position)
            plausible = _plausible(kind, check, length)
            if plausible and kind == FrameType.RECORD and end - position >= HEADER_SIZE + _RECORD.size:
                nlaunch, nfinal = struct.unpack_from("<II", buffer, position + HEADER_SIZE + 12)
                body = length - _RECORD.size
                plausible = body in (6 * (nlaunch + nfinal), 10 * (nlaunch + nfinal))
            # A flood of false syncs with long lengths would cost a CRC of half a megabyte each.
            if length > _LONG and self._wasted > _WASTE_ALLOWED + 16 * self.bytes_fed:
                plausible = False
            size = HEADER_SIZE + length + CRC_SIZE
            if plausible and end - position < size and not at_end:
                break
            if not plausible or end - position < size or not self._crc_holds(check, position, length):
                self._wasted += length if plausible else 0
                self.losses.bytes_skipped += 1
                position += 1
                continue
            payload = bytes(buffer[position + HEADER_SIZE : position + HEADER_SIZE + length])
            position += size
            self._account(kind, seq)
            frame = decode_payload(kind, seq, payload)
            if frame is None:
                self.losses.malformed += 1
            else:
                frames.append(frame)
        if at_end:
            self.losses.bytes_skipped += end - position
            position = end
        del buffer[:position]
        return frames

    def _crc_holds(self, check: int, position: int, length: int) -> bool:
        last = position + HEADER_SIZE + length
        with memoryview(self._buffer) as view, view[position + 4 : last] as checked:
            crc = CHECKS[check](checked)
        return bool(crc == _CRC.unpack_from(self._buffer, last)[0])

    def _account(self, kind: int, seq: int) -> None:
        if kind == FrameType.READY:
            self._expected_seq = None
            return
        if kind == FrameType.HIDDEN:
            return
        if self._expected_seq is None:
            self.losses.frames_lost += seq  # a stream opens with sequence number 0
        elif kind != FrameType.HELLO or seq:  # a guest that was reset says HELLO again and counts from 0
            self.losses.frames_lost += (seq - self._expected_seq) & 0xFFFF
        self._expected_seq = (seq + 1) & 0xFFFF


def encode_frame(kind: int, seq: int, payload: bytes, check: int = 0) -> bytes:
    """One frame with sync, header and CRC. `check`: which of CHECKS."""
    checked = struct.pack("<BBHI", kind, check, seq & 0xFFFF, len(payload)) + payload
    return SYNC + checked + _CRC.pack(CHECKS[check](checked))


def pack_pairs(words: Iterable[tuple[int, int]], word_size: int) -> bytes:
    pair = _PAIR[word_size]
    mask = (1 << 8 * word_size) - 1
    return b"".join(pair.pack(index, value & mask) for index, value in words)


def encode_hello(
    seq: int,
    *,
    home: int,
    build_id: int,
    cases: int,
    start: int = 0,
    count: int = 0xFFFFFFFF,
    flags: int = 0,
    cpuid: Sequence[CpuidEntry] = (),
) -> bytes:
    payload = _HELLO.pack(VERSION, home, home // 8, build_id, cases, start, count, flags, len(cpuid))
    for e in cpuid:
        payload += _CPUID.pack(e.leaf, e.subleaf, e.eax, e.ebx, e.ecx, e.edx)
    return encode_frame(FrameType.HELLO, seq, payload)


def encode_fields(seq: int, layout: Layout) -> bytes:
    return encode_frame(FrameType.FIELDS, seq, layout.lines())


def encode_baseline(seq: int, mode: int, words: Iterable[tuple[int, int]], word_size: int) -> bytes:
    return encode_frame(FrameType.BASELINE, seq, struct.pack("<HH", mode, 0) + pack_pairs(words, word_size))


def encode_case_begin(seq: int, key: int, index: int, ordinal: int) -> bytes:
    return encode_frame(FrameType.CASE_BEGIN, seq, _THREE.pack(key, index, ordinal))


def encode_record(
    seq: int,
    key: int,
    index: int,
    mode: int,
    launch: Sequence[tuple[int, int]],
    final: Sequence[tuple[int, int]],
    word_size: int,
    flags: int = 0,
) -> bytes:
    payload = _RECORD.pack(key, index, mode, flags, len(launch), len(final))
    return encode_frame(
        FrameType.RECORD, seq, payload + pack_pairs(launch, word_size) + pack_pairs(final, word_size)
    )


def encode_stored_record(seq: int, record: Record) -> bytes:
    """A record as it was read, under a new sequence number."""
    pair = 2 + record.word_size
    counts = len(record.launch_data) // pair, len(record.final_data) // pair
    payload = _RECORD.pack(record.key, record.index, record.mode, record.flags, *counts)
    return encode_frame(FrameType.RECORD, seq, payload + record.launch_data + record.final_data)


def encode_skip(seq: int, key: int, requirement: int, ordinals: int) -> bytes:
    return encode_frame(FrameType.SKIP, seq, _THREE.pack(key, requirement, ordinals))


def encode_verified(seq: int, ordinal: int) -> bytes:
    return encode_frame(FrameType.VERIFIED, seq, _CRC.pack(ordinal))


def encode_retract(seq: int, ordinal: int, reason: int) -> bytes:
    return encode_frame(FrameType.RETRACT, seq, _TWO.pack(ordinal, reason))


def encode_note(seq: int, key: int, index: int, code: int) -> bytes:
    return encode_frame(FrameType.NOTE, seq, _THREE.pack(key, index, code))


def encode_bye(seq: int, status: int, next_ordinal: int, cases_run: int) -> bytes:
    return encode_frame(FrameType.BYE, seq, _THREE.pack(status, next_ordinal, cases_run))


def encode_ended(seq: int, key: int, index: int, ordinal: int, code: int, reason: str) -> bytes:
    return encode_frame(FrameType.ENDED, seq, _FOUR.pack(key, index, ordinal, code) + reason.encode())


def encode_hidden(ordinal: int, data: bytes) -> bytes:
    """`data`: harness.hidden.pack."""
    return encode_frame(FrameType.HIDDEN, 0, _CRC.pack(ordinal) + data)


def encode_ready(build_id: int, cases: int, state: int, check: int = 0) -> bytes:
    return encode_frame(FrameType.READY, 0, _THREE.pack(build_id, cases, state), check)


def encode_request(build_id: int, start: int, count: int, careful: bool, skip: Sequence[int]) -> bytes:
    """What a host says to a guest that is READY (docs/image-format.md, Serial line)."""
    payload = struct.pack(f"<5I{len(skip)}I", build_id, start, count, careful, len(skip), *skip)
    return encode_frame(FrameType.REQUEST, 0, payload)
