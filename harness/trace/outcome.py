# SPDX-License-Identifier: BSD-2-Clause
"""What one case left behind, as named texts relative to its launch: the unit of a golden record.

Everything that harness.compare looks at is there, unless the manual leaves it open: then it is left out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping

from harness.assemble import MAX_CODE
from harness.campaign import Kind
from harness.compare import FX_PARTS, VECTORS, Mask, shown, split_flags
from harness.expect.names import window_bits
from harness.places import Place
from harness.record import ARENA_BYTES, Record
from harness.state import Facts, State
from harness.verdict import Evidence

Fields = Mapping[str, str]  # name -> text without white space, in the order of reports

# So many changed words of one region are shown as their number and a hash.
WORDS_SHOWN = 12
_HASH_DIGITS = 8
_FIRST = ("exit", "nfault", "fault", "err", "rip", "cs", "flags", "rsp", "ss", "arrival", "cr2")
_PARTS = re.compile(r"0x[0-9a-f]+|\d+|\D+?(?=\d|$)")
_DERIVED = frozenset({"arena", "frame", "fx", "fault", "vector", "nfault", "rip", "cs", "ss", "rsp", "flags"})


def of_evidence(evidence: Evidence, state: State | None, mask: Mask) -> Fields | None:
    """The outcome of a case that ended in a record or in a shutdown; None of one that was not run or got lost."""
    if evidence.kind is Kind.SHUTDOWN:
        return {"exit": "shutdown"}
    return dict(_fields(state, mask)) if state is not None else None


def short_hash(text: str) -> str:
    """The first digits of SHA-256: enough to see that something changed."""
    return hashlib.sha256(text.encode()).hexdigest()[:_HASH_DIGITS]


def in_order(fields: Fields) -> list[tuple[str, str]]:
    """The fields as a report lists them, wherever they come from."""
    return sorted(fields.items(), key=lambda item: (_rank(item[0]), _natural(item[0])))


def canonical(fields: Fields) -> str:
    """The outcome as one text; equal for equal outcomes alone."""
    return " ".join(f"{name}={text}" for name, text in in_order(fields))


def _rank(name: str) -> int:
    head = re.split(r"[.\[+]", name, maxsplit=1)[0]
    return _FIRST.index(head) if head in _FIRST else len(_FIRST)


def _natural(name: str) -> list[tuple[int, str]]:
    """Numbers in a name compare as numbers: hexadecimal offsets by their length."""
    return [(len(part), part) if part[:1].isdigit() else (0, part) for part in _PARTS.findall(name)]


def launch_text(record: Record) -> str:
    """The launch delta, whatever order the kit found its words in."""
    return " ".join(f"{index:x}={word:x}" for index, word in sorted(record.launch_words().items()))


def _fields(state: State, mask: Mask) -> Iterator[tuple[str, str]]:
    yield "exit", "open" if mask.hides("exit") else shown("exit", state.exit)
    yield from _faults(state, mask)
    for name, text in (*_frame(state), *_arrival(state), *_words(state), *_fx(state)):
        if not mask.hides(name):
            yield name, text
    yield from _memory(state, mask)


def _faults(state: State, mask: Mask) -> Iterator[tuple[str, str]]:
    if state.nfault and not mask.hides("nfault"):
        yield "nfault", str(state.nfault)
    for n in range(min(state.nfault, 64)):
        parts = []
        for part in ("vector", "err", "cr2", "rip"):
            value = state.fault(n, part)
            if value is None or mask.hides(f"fault[{n}].{part}"):
                continue
            text = VECTORS.get(value, str(value)) if part == "vector" else f"{value:#x}"
            parts.append(f"{part}:{_place_in_code(state, value) if part == 'rip' else text}")
        if parts:
            yield f"fault[{n}]", ",".join(parts)


def _frame(state: State) -> Iterator[tuple[str, str]]:
    frame = state.interrupted
    if frame.err is not None:
        yield "err", f"{frame.err:#x}"
    for name in frame.slots:
        value, before = state.register(name), state.launch(name)
        if name == "rip":
            yield name, _place_in_code(state, value)
        elif name == "flags":
            yield from ((flag, f"{now:x}") for flag, _, now in split_flags("flags", before, value))
        elif name == "rsp" and value != before:
            yield name, f"{value - before:+#x}" if abs(value - before) < 0x1000 else f"{value:#x}"
        elif value != before:
            yield name, f"{value:#x}"


def _arrival(state: State) -> Iterator[tuple[str, str]]:
    """Live in the handler; its flags as they differ from those that were interrupted."""
    for name in ("cs", "ss", "rsp"):
        yield f"arrival.{name}", f"{state.final(name):#x}"
    flags = split_flags("arrival.flags", state.register("flags"), state.final("flags"))
    yield from ((flag, f"{now:x}") for flag, _, now in flags)


def _words(state: State) -> Iterator[tuple[str, str]]:
    first = ARENA_BYTES // state.layout.word_size
    for index in sorted(index for index in state.final_words if index >= first):
        name = state.layout.name_at(index) or f"word[{index:#x}]"
        value = state.word(index)
        if name in _DERIVED or name in state.interrupted.slots or value == state.launch_arena.word(index):
            continue
        yield name, f"{value:#x}"


def _fx(state: State) -> Iterator[tuple[str, str]]:
    start, count = state.layout.fields.get("fx", (0, 0))
    if not any(index in state.final_words for index in range(start, start + count)):
        return
    before, after = state.block("fx", launch=True), state.block("fx")
    for name, offset, size in FX_PARTS:
        if before[offset : offset + size] != after[offset : offset + size]:
            yield f"fx.{name}", f"{int.from_bytes(after[offset:offset + size], 'little'):#x}"


def _memory(state: State, mask: Mask) -> Iterator[tuple[str, str]]:
    offsets = [offset for offset in sorted(state.changed_offsets()) if not state.in_frame(offset)]
    groups: dict[str, list[Place]] = {}
    for name, place in state.places.differing(state.launch_arena, state.final_arena, offsets).items():
        if not mask.hides(name) and not mask.hides_bytes(place.offset, place.size):
            groups.setdefault(place.group or name, []).append(place)
    for group, places in groups.items():
        texts = [f"{place.name}={place.value(state.final_arena):#x}" for place in places]
        if len(texts) > WORDS_SHOWN:
            yield group, f"{len(texts)}words:{short_hash(' '.join(texts))}"
        else:
            yield from ((place.name, f"{place.value(state.final_arena):#x}") for place in places)


def _place_in_code(state: State, rip: int) -> str:
    """An instruction pointer by the testcase's nearest label, where the launch's code segment leads to one.

    A STOP that has none is known by its number, so that a longer set-up changes no golden record.
    """
    facts: Facts = state.facts
    base = state.arena.base if window_bits(facts.mode) == 16 else 0
    start = state.arena.constants["CODE"]
    linear = rip + base
    labels = {
        address: name
        for name, address in sorted(facts.symbols.items(), reverse=True)
        if start <= address <= linear < start + MAX_CODE and name != "__launch"
    }
    nearest = max(labels, default=-1)
    if linear != nearest and linear in facts.stops:
        return f"stop{sorted(facts.stops).index(linear) + 1}"
    if not labels:
        return f"{rip:#x}"
    return labels[nearest] + (f"+{linear - nearest:#x}" if linear > nearest else "")
