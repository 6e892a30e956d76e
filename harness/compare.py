# SPDX-License-Identifier: BSD-2-Clause
"""Field by field: where the states that two implementations left behind differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness import hidden
from harness.arena import Arena, constant
from harness.errors import Location
from harness.expect import Value, format_value
from harness.expect.names import FLAGS
from harness.record import ARENA_BYTES
from harness.state import State

# FXSAVE image (SDM 1 table 10-2): name, offset, bytes
FX_PARTS: tuple[tuple[str, int, int], ...] = (
    *(("fcw", 0, 2), ("fsw", 2, 2), ("ftw", 4, 1), ("fop", 6, 2), ("fip", 8, 8), ("fdp", 16, 8)),
    *(("mxcsr", 24, 4), ("mxcsr_mask", 28, 4)),
    *((f"st{n}", 32 + 16 * n, 16) for n in range(8)),
    *((f"xmm{n}", 160 + 16 * n, 16) for n in range(16)),
)
_DERIVED = frozenset({"arena", "frame", "fx", "fault", "vector", "nfault", "rip", "cs", "ss", "rsp", "flags"})
_FLAGS_NAMED = sum(((1 << width) - 1) << low for low, width in FLAGS.values())


# SDM 3A table 6-1
VECTORS = {
    **{0: "#DE", 1: "#DB", 2: "NMI", 3: "#BP", 4: "#OF", 5: "#BR", 6: "#UD", 7: "#NM", 8: "#DF", 10: "#TS"},
    **{
        11: "#NP",
        12: "#SS",
        13: "#GP",
        14: "#PF",
        16: "#MF",
        17: "#AC",
        18: "#MC",
        19: "#XM",
        20: "#VE",
        21: "#CP",
    },
}


def shown(name: str, value: Value) -> str:
    """A field's value as reports show it: vectors by their names."""
    if name == "exit" or name.endswith("].vector"):
        if isinstance(value, int):
            return VECTORS.get(value, format_value(value))
        if isinstance(value, frozenset):
            return "{" + ", ".join(sorted(shown(name, item) for item in value)) + "}"
    return format_value(value)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that differs. `follows` names the field whose difference makes this one a mere consequence."""

    name: str
    a: Value
    b: Value
    follows: str | None = None
    offset: int = -1  # arena offset of a memory field
    size: int = 0


class Mask:
    """The fields that the manual leaves open for one vendor: the `undefined` lines of a testcase."""

    def __init__(self, names: Sequence[str], arena: Arena) -> None:
        self.names: set[str] = set()
        self.flags = 0
        self.ranges: list[tuple[int, int]] = []
        for name in names:
            self._add(name, arena)

    def _add(self, name: str, arena: Arena) -> None:
        if name.startswith("mem(") and name.endswith(")"):
            address, _, size = name[4:-1].rpartition(",")
            where = Location(f"undefined {name}")
            start = constant(address.strip(), arena.constants, where) - arena.base
            self.ranges.append((start, start + constant(size.strip(), arena.constants, where)))
            return
        self.names.add(name)
        if name == "flags":
            self.flags = (1 << 64) - 1
        elif name.startswith("flags.") and name[6:] in FLAGS:
            low, width = FLAGS[name[6:]]
            self.flags |= ((1 << width) - 1) << low

    def hides(self, name: str) -> bool:
        """Whether a field is open, by its name: `flags.af` also opens AF as seen in the handler."""
        plain = name.removeprefix("arrival.")
        while plain:
            if plain in self.names:
                return True
            plain, _, _ = plain.rpartition(".")
        return False

    def hides_bytes(self, offset: int, size: int) -> bool:
        return any(start < offset + size and offset < end for start, end in self.ranges)

    def __bool__(self) -> bool:
        return bool(self.names or self.ranges)


def split_flags(prefix: str, a: int, b: int) -> Iterator[tuple[str, int, int]]:
    """The single flags that differ between two values of the flags register."""
    change = a ^ b
    for flag, (low, width) in FLAGS.items():
        if change >> low & ((1 << width) - 1):
            yield f"{prefix}.{flag}", a >> low & ((1 << width) - 1), b >> low & ((1 << width) - 1)
    if change & ~_FLAGS_NAMED:
        yield f"{prefix}.reserved", a & ~_FLAGS_NAMED, b & ~_FLAGS_NAMED


def launch_differences(a: State, b: State) -> list[str]:
    """Names of what differs at launch although both began alike: the set-up did different things."""
    if a.record.launch_data == b.record.launch_data:
        return []
    names = []
    ws = a.layout.word_size
    for index in sorted(a.launch_words.keys() | b.launch_words.keys()):
        if a.launch_arena.word(index) != b.launch_arena.word(index):
            name = a.layout.name_at(index)
            names.append(a.arena.describe(index * ws) if name == "arena" else name)
    return list(dict.fromkeys(names))


def differences(a: State, b: State, mask: Mask) -> list[Difference]:
    """Where the final states differ, trunk first: a different exit makes all that differs with it a consequence."""
    if a.record.same_state(b.record) and a.baseline == b.baseline and not _hidden_differs(a, b):
        return []
    found = [d for d in _all(a, b) if not mask.hides(d.name) and not mask.hides_bytes(d.offset, d.size)]
    trunk = next((d.name for d in found if d.name in ("exit", "nfault")), None)
    if trunk is None:
        return found
    return [d if d.name == trunk else Difference(d.name, d.a, d.b, trunk, d.offset, d.size) for d in found]


def _all(a: State, b: State) -> Iterator[Difference]:
    if a.exit != b.exit:
        yield Difference("exit", a.exit, b.exit)
    yield from _faults(a, b)
    yield from _frames(a, b)
    yield from _words(a, b)
    yield from _fx(a, b)
    yield from _memory(a, b)
    yield from _hidden(a, b)


def _hidden_differs(a: State, b: State) -> bool:
    return a.hidden is not None and b.hidden is not None and a.hidden != b.hidden


def _hidden(a: State, b: State) -> Iterator[Difference]:
    """Hidden segment parts, where both runners can read them. Those of another selector follow from it."""
    if a.hidden is None or b.hidden is None:
        return
    found = list(hidden.differences(a.hidden, b.hidden, a.facts.home == 64))
    moved = {register for name, _, _, register in found if name.endswith(".selector")}
    for name, x, y, register in found:
        follows = None
        if a.final(register) != b.final(register):
            follows = register
        elif register in moved and not name.endswith(".selector"):
            follows = f"hidden.{register}.selector"
        yield Difference(name, x, y, follows)


def _faults(a: State, b: State) -> Iterator[Difference]:
    if a.nfault != b.nfault:
        yield Difference("nfault", a.nfault, b.nfault)
    first: str | None = None
    for n in range(min(max(a.nfault, b.nfault), 64)):
        parts = [(p, a.fault(n, p), b.fault(n, p)) for p in ("vector", "err", "cr2", "rip")]
        differing = [(f"fault[{n}].{p}", x, y) for p, x, y in parts if x != y]
        for name, x, y in differing:
            yield Difference(name, x, y, first)
        if differing and first is None:
            first = differing[0][0]


def _frames(a: State, b: State) -> Iterator[Difference]:
    fa, fb = a.interrupted, b.interrupted
    if fa.err != fb.err:
        yield Difference("err", fa.err, fb.err)
    differing: set[str] = set()
    for name in dict.fromkeys((*fa.slots, *fb.slots)):
        x, y = a.register(name), b.register(name)
        if x != y:
            differing.add(name)
            if name == "flags":
                yield from (Difference(*flag) for flag in split_flags("flags", x, y))
            else:
                yield Difference(name, x, y)
    for name in ("cs", "ss", "rsp", "flags"):
        x, y = a.final(name), b.final(name)
        if x == y:
            continue
        follows = name if name in differing else None
        if name == "rsp" and (fa.size != fb.size):
            follows = follows or "err"
        if name == "flags":
            own = {flag for flag, _, _ in split_flags("flags", a.register(name), b.register(name))}
            for flag, p, q in split_flags("arrival.flags", x, y):
                plain = flag.removeprefix("arrival.")
                yield Difference(flag, p, q, plain if plain in own else None)
        else:
            yield Difference(f"arrival.{name}", x, y, follows)


def _words(a: State, b: State) -> Iterator[Difference]:
    slots = a.interrupted.slots.keys() | b.interrupted.slots.keys()
    first = ARENA_BYTES // a.layout.word_size
    for index in sorted(index for index in a.final_words.keys() | b.final_words.keys() if index >= first):
        name = a.layout.name_at(index) or f"word[{index:#x}]"
        x, y = a.word(index), b.word(index)
        if x == y or name in _DERIVED or name in slots or _began_different(a, b, index):
            continue
        yield Difference(name, x, y)


def _began_different(a: State, b: State, index: int) -> bool:
    return a.launch_arena.word(index) != b.launch_arena.word(index)


def _fx(a: State, b: State) -> Iterator[Difference]:
    start, count = a.layout.fields.get("fx", (0, 0))
    words = range(start, start + count)
    if not any(i in a.final_words or i in b.final_words for i in words):
        return
    fa, fb = a.block("fx"), b.block("fx")
    la, lb = a.block("fx", launch=True), b.block("fx", launch=True)
    if fa == fb:
        return
    for name, offset, size in FX_PARTS:
        part = slice(offset, offset + size)
        if fa[part] != fb[part] and la[part] == lb[part]:
            values = int.from_bytes(fa[part], "little"), int.from_bytes(fb[part], "little")
            yield Difference(f"fx.{name}", *values)


def _memory(a: State, b: State) -> Iterator[Difference]:
    ws = a.layout.word_size
    offsets = [
        offset
        for offset in sorted({*a.changed_offsets(), *b.changed_offsets()})
        if not (a.in_frame(offset) or b.in_frame(offset)) and not _began_different(a, b, offset // ws)
    ]
    for name, place in a.places.differing(a.final_arena, b.final_arena, offsets).items():
        values = place.value(a.final_arena), place.value(b.final_arena)
        yield Difference(name, *values, None, place.offset, place.size)
