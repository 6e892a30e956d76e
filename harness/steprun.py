# SPDX-License-Identifier: BSD-2-Clause
"""Runs files of single steps on models and judges what they leave against the files' final states."""

from __future__ import annotations

import json
import struct
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness import vectors
from harness.backend import Backend
from harness.errors import ExitCode, UserError
from harness.record import CaseEnded, StreamReader, Unknown
from harness.vectors import Entry, Vectors

INSTRUCTIONS = 200_000  # at most, of a window that has gone astray
_STEPPED = 64
_HEAD = struct.Struct("<III")
_RUN = struct.Struct("<II")
_BYE = 40
_SHUTDOWN = 41
_VERDICTS = {41: "FAIL", 42: "HANG", 43: "CRASH", 44: "SKIP"}
_MARKS = 0x60  # accessed and dirty of a page-table entry's first byte
# Bits of ringdiff_info.can (runners/model/ringdiff_model.h), and what is judged only of models that claim them.
_CAN_X87, _CAN_SSE, _CAN_AVX, _CAN_MARK, _CAN_HIDDEN, _CAN_MSR = 3, 4, 5, 7, 10, 11
_X87 = frozenset(("fcw", "fsw", "fop", "fcs", "fds", "ftw", "fip", "fdp", *(f"st{n}" for n in range(8))))
_MSR = frozenset(
    ("star", "lstar", "cstar", "fmask", "kernel_gs_base", "tsc_aux", "pat", "apic_base", "debugctl")
    + ("sysenter_cs", "sysenter_esp", "sysenter_eip")
)
_HIDDEN = frozenset(f"{s}.{part}" for s in vectors.SEGMENTS for part in ("rights", "limit", "base", "null"))
_XMM = (1 << 128) - 1


@dataclass(frozen=True)
class Wrong:
    """A field that is not as the file has it."""

    field: str
    found: int
    expected: int

    def __str__(self) -> str:
        return f"{self.field} is {self.found:#x}, expected {self.expected:#x}"


@dataclass(frozen=True)
class Result:
    """The verdict on one test: PASS, FAIL, CRASH, HANG or SKIP (docs/verdicts.md), and why."""

    name: str
    verdict: str
    wrong: tuple[Wrong, ...] = ()
    reason: str = ""

    def line(self) -> str:
        return f"{self.verdict:5} {self.name}: {'; '.join(map(str, self.wrong)) or self.reason}"

    def as_json(self) -> dict[str, object]:
        fields = [{"field": w.field, "found": w.found, "expected": w.expected} for w in self.wrong]
        return {"test": self.name, "verdict": self.verdict, "wrong": fields, "reason": self.reason}


@dataclass
class Totals:
    """Tests by verdict, of one model."""

    counts: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return " ".join(f"{count} {verdict}" for verdict, count in sorted(self.counts.items())) or "no tests"


def claims(backend: Backend, host: Path) -> int:
    """What the model says it can do."""
    command: list[str | Path] = [
        host,
        "--probe",
        backend.binary,
        "--settings",
        dict(backend.options).get("with", ""),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
        said = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise UserError(
            f"{backend.label}: cannot be asked: {error}", exit_code=ExitCode.UNAVAILABLE
        ) from None
    if "error" in said:
        raise UserError(f"{backend.label}: {said['error']}", exit_code=ExitCode.UNAVAILABLE)
    return int(said["can"])


def run(taken: Vectors, path: Path, backend: Backend, host: Path, scratch: Path) -> Iterator[Result]:
    """The tests of `path`, which holds `taken`, on a model."""
    can = claims(backend, host)
    stream, ids = scratch / "steps.stream", scratch / "steps.ids"
    stream.unlink(missing_ok=True)
    names = (f"{ordinal:x} {step.name}\n" for ordinal, step in taken.steps.items())
    ids.write_text("".join(names), encoding="utf-8")
    options = dict(backend.options)
    command: list[str | Path] = [host, "--vectors", path, "--model", backend.binary, "--stream", stream]
    command += ["--ids", ids, "--settings", options.get("with", "")]
    command += ["--instructions", options.get("instructions", str(INSTRUCTIONS))]
    command += ["--seconds", options["seconds"]] if "seconds" in options else []
    done = subprocess.run(command, capture_output=True)
    if done.returncode != _BYE:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        why = said[-1] if said else f"the model host ended with status {done.returncode}"
        raise UserError(f"{backend.label}: {why}", exit_code=ExitCode.UNAVAILABLE)
    yield from _judge_all(taken, stream.read_bytes(), can)


def _judge_all(taken: Vectors, stream: bytes, can: int) -> Iterator[Result]:
    reader = StreamReader()
    answers: dict[int, Unknown | CaseEnded] = {}
    for frame in (*reader.feed(stream), *reader.finish()):
        if isinstance(frame, Unknown) and frame.type == _STEPPED and len(frame.payload) >= _HEAD.size:
            answers[_HEAD.unpack_from(frame.payload)[0]] = frame
        elif isinstance(frame, CaseEnded):
            answers[frame.ordinal] = frame
    for entry in taken.entries:
        name, answer = taken.steps[entry.ordinal].name, answers.get(entry.ordinal)
        if answer is None:
            yield Result(name, "CRASH", reason="the model host has lost it")
        elif isinstance(answer, CaseEnded):
            if entry.outcome == "shutdown" and answer.code == _SHUTDOWN:
                yield Result(name, "PASS")
            else:
                yield Result(name, _VERDICTS.get(answer.code, "CRASH"), reason=answer.reason)
        elif entry.outcome == "shutdown":
            yield Result(
                name, "FAIL", reason="it ends with an event that is delivered, expected a triple fault"
            )
        else:
            wrong = tuple(_wrong(taken, entry, answer.payload, can))
            yield Result(name, "FAIL" if wrong else "PASS", wrong)


def _answer(payload: bytes, launch: bytes) -> tuple[bytes, dict[int, int]]:
    """State and bytes of memory that have changed."""
    _, states, memory = _HEAD.unpack_from(payload)
    at, state = _HEAD.size, bytearray(launch)
    changed: dict[int, int] = {}
    for n in range(states + memory):
        place, length = _RUN.unpack_from(payload, at)
        data = payload[at + _RUN.size : at + _RUN.size + length]
        at += _RUN.size + length
        if n < states:
            state[place : place + length] = data
        else:
            changed |= {place + i: byte for i, byte in enumerate(data)}
    return bytes(state), changed


def _number(value: int | bytes) -> int:
    return value if isinstance(value, int) else int.from_bytes(value, "little")


def _counts(name: str, can: int) -> int:
    """The bits of a register that are judged of this model; -1: all."""
    if (name in _X87 and not can >> _CAN_X87 & 1) or (name in _MSR and not can >> _CAN_MSR & 1):
        return 0
    if (name in _HIDDEN and not can >> _CAN_HIDDEN & 1) or name == "shadow":
        return 0
    if name == "mxcsr" and not can >> _CAN_SSE & 1:
        return 0
    if name.startswith("ymm"):
        return (_XMM if can >> _CAN_SSE & 1 else 0) | (~_XMM if can >> _CAN_AVX & 1 else 0)
    return -1


def _wrong(taken: Vectors, entry: Entry, payload: bytes, can: int) -> Iterator[Wrong]:
    step = taken.steps[entry.ordinal]
    state, changed = _answer(payload, entry.launch)
    ones = bytearray(b"\xff" * taken.state_size)
    for at, bits in step.state_mask:
        ones[at : at + len(bits)] = bits
    mask, found = vectors.fields_of(bytes(ones)), vectors.fields_of(state)
    for name, value in vectors.fields_of(entry.arrival).items():
        if value == found[name]:
            continue
        bits_that_count = _number(mask[name]) & _counts(name, can)
        mine, theirs = _number(found[name]) & bits_that_count, _number(value) & bits_that_count
        if mine != theirs:
            yield Wrong(name, mine, theirs)
    yield from _wrong_memory(taken, entry, changed, can)


def _bytes(runs: tuple[tuple[int, bytes], ...]) -> Mapping[int, int]:
    return {at + n: byte for at, data in runs for n, byte in enumerate(data)}


def _wrong_memory(taken: Vectors, entry: Entry, changed: Mapping[int, int], can: int) -> Iterator[Wrong]:
    expected, masks = _bytes(entry.final_memory), _bytes(taken.steps[entry.ordinal].memory_mask)
    launched = _bytes(entry.launch_memory)
    paging = vectors.registers(entry.launch)["cr0"] >> 31
    for address in sorted(expected.keys() | changed.keys()):
        before = launched.get(address)
        if before is None:
            before = taken.base(entry.mode, address, 1)[0]
        theirs, mine = expected.get(address, before), changed.get(address, before)
        difference = (mine ^ theirs) & masks.get(address, 0xFF)
        if paging and not can >> _CAN_MARK & 1 and not address & 3:
            difference &= ~_MARKS
        if difference:
            yield Wrong(f"ram[{address:#x}]", mine, theirs)
