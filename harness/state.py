# SPDX-License-Identifier: BSD-2-Clause
"""The named state of a record: what docs/authoring.md calls rip, flags, err, frame[i], changed ...

A record holds words; this derives from them what was interrupted, from the frame the processor pushed. Frames:

- IA-32e: RSP is aligned to 16 bytes, then SS RSP RFLAGS CS RIP and perhaps an error code are pushed, 8 bytes
  each (SDM 3A 6.14.2), so an error code is there exactly if the new RSP is a multiple of 16.
- protected mode: [ES DS FS GS if VM] [ESP SS if the privilege changed] EFLAGS CS EIP [error code], 4 bytes each, or 2
  through a 16-bit gate (SDM 3A 6.12.1); nothing but the error code through a task gate.
- real mode: FLAGS CS IP, 2 bytes each, never an error code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from harness.arena import Arena
from harness.expect import Value
from harness.expect.names import FLAGS, GENERAL, REAL_MODES, SYMBOLS
from harness.places import Places
from harness.record import ARENA_BYTES, Layout, Record

ERROR_CODE_VECTORS = frozenset({8, 10, 11, 12, 13, 14, 17, 21})
VECTOR_UD = 6
_FLAG_VM = 1 << 17
_GATE_TASK, _GATES_16 = 5, (6, 7)
_SLOTS = ("rip", "cs", "flags", "rsp", "ss", "es", "ds", "fs", "gs")
# 32-bit TSS: where a task switch saved what it interrupted (SDM 3A figure 7-2)
TSS32 = {
    **{
        "rip": 0x20,
        "flags": 0x24,
        "rax": 0x28,
        "rcx": 0x2C,
        "rdx": 0x30,
        "rbx": 0x34,
        "rsp": 0x38,
        "rbp": 0x3C,
    },
    **{"rsi": 0x40, "rdi": 0x44, "es": 0x48, "cs": 0x4C, "ss": 0x50, "ds": 0x54, "fs": 0x58, "gs": 0x5C},
}


class StateUnavailable(Exception):
    """The value asked for does not exist: the guest died before it could say."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the testcase says about a case, as far as its state's names depend on it."""

    mode: str
    home: int
    cpl: int
    params: Mapping[str, Value] = field(default_factory=dict)
    symbols: Mapping[str, int] = field(default_factory=dict)  # labels and constants of the body
    stops: frozenset[int] = frozenset()  # linear addresses of its STOPs
    error_code: bool = True  # False: `error_code: no`


class WordView:
    """All words of the launch or the final state; the arena's also readable at any byte offset."""

    __slots__ = ("word_at", "_word_size")

    def __init__(self, words: Mapping[int, int], word_size: int) -> None:
        self.word_at = words
        self._word_size = word_size

    def word(self, index: int) -> int:
        return self.word_at.get(index, 0)

    def read(self, offset: int, size: int) -> int:
        """The little-endian number of `size` bytes at `offset`; bytes outside the arena read as 0."""
        ws = self._word_size
        if offset % ws == 0 and size == ws:
            return self.word_at.get(offset // ws, 0) if 0 <= offset < ARENA_BYTES else 0
        first = offset // ws
        number = 0
        for n, index in enumerate(range(first, (offset + size - 1) // ws + 1)):
            if 0 <= index < ARENA_BYTES // ws:
                number |= self.word_at.get(index, 0) << (8 * ws * n)
        return (number >> 8 * (offset - first * ws)) & ((1 << 8 * size) - 1)


@dataclass(frozen=True, slots=True)
class Interrupted:
    """What the frame says: slot values by name, and where in memory it lay."""

    slots: Mapping[str, int]
    values: tuple[int, ...]  # the slots from the one above the error code upward, as far as recorded
    err: int | None
    width: int  # bytes a slot; 0 if a task gate was taken and there is no frame
    offset: int  # arena offset of its lowest byte
    size: int  # bytes, error code included


class State:
    """The launch and final state of one record, by name."""

    def __init__(
        self,
        record: Record,
        layout: Layout,
        baseline: Mapping[int, int],
        facts: Facts,
        arena: Arena,
        hidden: bytes | None = None,
    ) -> None:
        self.record = record
        self.hidden = hidden  # harness.hidden, where the runner could read it
        self.layout = layout
        self.facts = facts
        self.arena = arena
        self.baseline = baseline
        self.launch_words = record.launch_words()
        self.final_words = record.final_words()
        self._values: dict[str, Value] = {}
        launch = {**baseline, **self.launch_words}
        self.launch_arena = WordView(launch, layout.word_size)
        self.final_arena = WordView({**launch, **self.final_words}, layout.word_size)

    # -- registers as recorded

    def word(self, index: int) -> int:
        """A word of the final state."""
        return self.final_arena.word(index)

    def launch(self, name: str) -> int:
        start = self.layout.fields.get(name)
        return self.launch_arena.word(start[0]) if start is not None else 0

    def final(self, name: str) -> int:
        """The word recorded at the end: for cs, ss, rsp and flags the value live in the handler."""
        start = self.layout.fields.get(name)
        return self.final_arena.word(start[0]) if start is not None else 0

    def block(self, name: str, launch: bool = False) -> bytes:
        """All bytes of a field of several words (frame, fx)."""
        start, count = self.layout.fields.get(name, (0, 0))
        view = self.launch_arena if launch else self.final_arena
        ws = self.layout.word_size
        return b"".join(view.word(i).to_bytes(ws, "little") for i in range(start, start + count))

    # -- how the window ended

    @cached_property
    def vector(self) -> int:
        return self.final("vector")

    @cached_property
    def in_real_mode(self) -> bool:
        """Whether the last event came in real mode: a window may have changed CR0.PE."""
        cr0 = self.final("cr0")
        return self.facts.home == 32 and (not cr0 & 1 if cr0 else self.facts.mode in REAL_MODES)

    @cached_property
    def nfault(self) -> int:
        return self.final("nfault")

    @cached_property
    def _gate_type(self) -> int:
        """Type of the IDT gate taken, 14 where the table is not in the arena."""
        offset = self.final("idt_base") - self.arena.base + 8 * self.vector
        if not 0 <= offset < ARENA_BYTES - 8:
            return 14
        return self.final_arena.read(offset + 5, 1) & 0xF

    @cached_property
    def interrupted(self) -> Interrupted:
        if self.facts.home == 64:
            return self._frame(8, self.final("rsp") & 8 == 0)
        if self.in_real_mode:
            return self._frame(2, False)
        has_err = self.facts.error_code and self.vector in ERROR_CODE_VECTORS
        gate = self._gate_type
        if gate == _GATE_TASK:
            return self._task_frame(has_err)
        return self._frame(2 if gate in _GATES_16 else 4, has_err)

    def _frame(self, width: int, has_err: bool) -> Interrupted:
        data = self.block("frame")
        words = tuple(
            int.from_bytes(data[i : i + width], "little") for i in range(0, len(data) - width + 1, width)
        )
        err = (words[0] & 0xFFFFFFFF if has_err else None) if words else None
        values = words[1:] if has_err else words
        count = 3
        if len(values) >= 5 and width == 8:
            count = 5
        elif len(values) >= 5 and width == 4 and values[2] & _FLAG_VM:
            count = 9
        elif len(values) >= 5 and not self.in_real_mode and values[1] & 3 > self.final("cs") & 3:
            count = 5
        slots = dict(zip(_SLOTS[:count], values))
        for name in ("cs", "ss"):
            if name in slots:
                slots[name] &= 0xFFFF  # the upper bytes of a selector's slot are not defined
        size = (count + has_err) * width
        if "rsp" not in slots:
            slots["rsp"] = self._unstacked(size)
            slots["ss"] = self.final("ss")
        return Interrupted(slots, values, err, width, self._stack_offset(), size)

    def _task_frame(self, has_err: bool) -> Interrupted:
        tss = task_state_segment(self)
        slots = {name: self.final_arena.read(tss + at, 4) for name, at in TSS32.items()}
        for name in ("cs", "ss", "ds", "es", "fs", "gs"):
            slots[name] &= 0xFFFF
        first = int.from_bytes(self.block("frame")[:4], "little")
        return Interrupted(slots, (), first if has_err else None, 0, self._stack_offset(), 4 * has_err)

    def _unstacked(self, size: int) -> int:
        rsp = self.final("rsp")
        if (
            self.in_real_mode
            or self._is_stale("ss")
            or (self.facts.home == 32 and not self._is_big(self.final("ss")))
        ):
            return (rsp & ~0xFFFF) | ((rsp + size) & 0xFFFF)
        return (rsp + size) & 0xFFFFFFFF

    def _stack_offset(self) -> int:
        """Arena offset of the frame's lowest byte."""
        rsp = self.final("rsp")
        if self.in_real_mode:
            rsp &= 0xFFFF
        if self._is_stale("ss"):
            return (self.final("ss") << 4) + (rsp & 0xFFFF) - self.arena.base
        by_descriptor = self.segment_base(self.final("ss")) + rsp - self.arena.base
        flat = rsp - self.arena.base
        # SYSENTER and its like load a flat SS whatever its descriptor says: the frame is where its bytes are.
        frame = int.from_bytes(self.block("frame")[:12], "little")
        if by_descriptor != flat and self.final_arena.read(by_descriptor, 12) != frame:
            return flat if self.final_arena.read(flat, 12) == frame else by_descriptor
        return by_descriptor

    def _descriptor(self, selector: int) -> int:
        table = self.arena.region("LDT" if selector & 4 else "GDT")
        return self.final_arena.read(table.offset + (selector & 0xFFF8), 8) if selector & 0xFFFC else 0

    def _is_big(self, selector: int) -> bool:
        descriptor = self._descriptor(selector)
        return not descriptor or bool(descriptor >> 54 & 1)

    def segment_base(self, selector: int, vm: bool = False) -> int:
        """Base a load of this selector gives: from the arena's tables; 0 in the 64-bit home."""
        if self.in_real_mode or vm:
            return (selector & 0xFFFF) << 4
        if self.facts.home == 64:
            return 0
        return _base(self._descriptor(selector))

    def _is_stale(self, name: str) -> bool:
        """Whether it still holds what real mode loaded, although the window set CR0.PE.

        SDM 3A, Switching to Protected Mode.
        """
        if self.facts.mode not in REAL_MODES or self.in_real_mode:
            return False
        return (
            self.register(name) == self.launch(name)
            if name == "cs"
            else self.final(name) == self.launch(name)
        )

    def _code_base(self, selector: int, vm: bool) -> int:
        """Base of a code segment; that of a 64-bit one is 0 (SDM 3A, Segmentation in IA-32e Mode)."""
        if self._is_stale("cs"):
            return selector << 4
        if self.facts.home == 64:
            descriptor = self._descriptor(selector)
            return 0 if descriptor >> 53 & 1 else _base(descriptor)
        return self.segment_base(selector, vm)

    @cached_property
    def linear_rip(self) -> int:
        """Linear address of the interrupted instruction."""
        slots = self.interrupted.slots
        rip = slots.get("rip", 0)
        vm = self.facts.home == 32 and bool(slots.get("flags", 0) & _FLAG_VM)
        return rip + self._code_base(slots.get("cs", 0), vm)

    @cached_property
    def exit(self) -> int | str:
        if self.record.setup_fault:
            return "setup_fault"
        if self.record.fault_limit:
            return "fault_limit"
        if self.vector == VECTOR_UD:
            # SYSENTER and its like load a flat CS whatever its descriptor says, so the offset counts as well.
            if self.linear_rip in self.facts.stops or self.interrupted.slots.get("rip") in self.facts.stops:
                return "stop"
        return self.vector

    @cached_property
    def cpl(self) -> int:
        slots = self.interrupted.slots
        if self.in_real_mode:
            return 0
        if self.facts.home == 32 and slots.get("flags", 0) & _FLAG_VM:
            return 3
        return slots.get("cs", 0) & 3

    def register(self, name: str) -> int:
        """A register at the end of the window: as interrupted where the frame (or old TSS) says so."""
        if name in ("rip", "cs", "flags", "rsp", "ss"):
            return self.interrupted.slots.get(name, 0)
        if name in self.interrupted.slots:
            return self.interrupted.slots[name]
        return self.final(name)

    def fault(self, n: int, part: str) -> int | None:
        """A part (vector, err, cr2, rip) of the n-th handled fault; None if there was none."""
        if not 0 <= n < min(self.nfault, 64):
            return None
        start = self.layout.fields["fault"][0] + 4 * n + ("vector", "err", "cr2", "rip").index(part)
        value = self.final_arena.word(start)
        if part == "err" and value == (1 << 8 * self.layout.word_size) - 1:
            return None
        return value

    # -- what changed

    @cached_property
    def places(self) -> Places:
        return Places(self.arena, self.facts.mode, self.facts.home)

    def changed_offsets(self) -> list[int]:
        """Arena offsets of the words in the final delta."""
        ws = self.layout.word_size
        return [index * ws for index in self.final_words if index < ARENA_BYTES // ws]

    def in_frame(self, offset: int) -> bool:
        """Whether the word at an arena offset is the frame's, or a slot below that an earlier fault used."""
        frame = self.interrupted
        slack = max(frame.width, 4) if self.nfault else 0
        return frame.offset - slack < offset + self.layout.word_size and offset < frame.offset + frame.size

    @cached_property
    def _changed_places(self) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        offsets = self.changed_offsets()
        stack = [offset for offset in offsets if self.in_frame(offset)]
        rest = [offset for offset in offsets if not self.in_frame(offset)]
        changed = {"frame"} if stack else set()
        accessed: set[str] = set()
        dirtied: set[str] = set()
        for name, place in self.places.differing(self.launch_arena, self.final_arena, rest).items():
            if place.group:
                changed.add(place.group)
            elif place.value(self.final_arena):
                page = name.removeprefix("pte.")
                (accessed if name.endswith(".a") else dirtied).add(page[:-2])
        leaf = frozenset(p for p in accessed if "[" not in p), frozenset(p for p in dirtied if "[" not in p)
        return frozenset(changed), *leaf

    @cached_property
    def regs(self) -> frozenset[str]:
        """General registers whose value at the end differs from launch."""
        return frozenset(
            name
            for name in GENERAL
            if name in self.layout.fields and self.register(name) != self.launch(name)
        )

    # -- the environment of expectations (harness.expect.Env)

    def name(self, dotted: str) -> Value:
        if dotted not in self._values:  # a dozen expectations ask for the same few names
            self._values[dotted] = self._named(dotted)
        return self._values[dotted]

    def _named(self, dotted: str) -> Value:
        facts = self.facts
        if dotted in facts.params:
            return facts.params[dotted]
        head, _, rest = dotted.partition(".")
        if head == "launch" and rest:
            return self._launch_name(rest)
        if head == "arrival" and rest:
            return _flagged(rest, self.final)
        if head == "flags":
            return _flagged(dotted, self.register)
        if dotted in _DERIVED:
            return _DERIVED[dotted](self)
        if dotted in self.layout.fields or dotted in _SLOTS:
            return self.register(dotted)
        if dotted in facts.symbols:
            return facts.symbols[dotted]
        if dotted in self.arena.constants:
            return self.arena.constants[dotted]
        if dotted in SYMBOLS:
            return dotted
        if dotted in GENERAL:
            return 0  # r8..r15 in the 32-bit home
        raise StateUnavailable(dotted)

    def _launch_name(self, rest: str) -> Value:
        if rest == "cpl":
            return self.facts.cpl
        return _flagged(rest, self.launch)

    def index(self, name: str, i: int) -> Value:
        if name == "frame":
            values = self.interrupted.values
            return values[i] if 0 <= i < len(values) else None
        base, _, part = name.partition(".")
        if base == "fault" and part:
            return self.fault(i, part)
        raise StateUnavailable(f"{name}[{i}]")

    def call(self, fn: str, args: Sequence[Value]) -> Value:
        address, size = args[0], args[1]
        if fn not in ("mem", "launch_mem") or not isinstance(address, int) or not isinstance(size, int):
            raise StateUnavailable(f"{fn}(...)")
        view = self.launch_arena if fn == "launch_mem" else self.final_arena
        return view.read(address - self.arena.base, size)


def task_state_segment(state: State) -> int:
    """Arena offset of the TSS that a task switch out of the window saved to."""
    second = state.arena.selector_name(state.launch("tr")) == "KTSS2"
    return state.arena.region("TSS2" if second else "TSS").offset


def _base(descriptor: int) -> int:
    return (descriptor >> 16 & 0xFFFFFF) | (descriptor >> 32 & 0xFF000000)


def _flagged(name: str, register: Callable[[str], int]) -> int:
    """The register `name`, or one flag of it: `flags.cf`."""
    head, _, flag = name.partition(".")
    if head == "flags" and flag:
        low, width = FLAGS[flag]
        return register("flags") >> low & ((1 << width) - 1)
    if head == "cpl":
        return register("cs") & 3
    return register(name)


_DERIVED: dict[str, Callable[[State], Value]] = {
    "exit": lambda state: state.exit,
    "cpl": lambda state: state.cpl,
    "err": lambda state: state.interrupted.err,
    "cr2": lambda state: state.final("cr2"),
    "nfault": lambda state: min(state.nfault, 64),
    "regs": lambda state: state.regs,
    "changed": lambda state: state._changed_places[0],
    "accessed": lambda state: state._changed_places[1],
    "dirtied": lambda state: state._changed_places[2],
    "mode": lambda state: state.facts.mode,
    "cpl0": lambda state: state.facts.cpl,
    "launch_cpl": lambda state: state.facts.cpl,
}


class DeadState:
    """The environment of a case whose guest died: its parameters and how it ended, nothing else."""

    def __init__(self, exit_kind: str, facts: Facts, arena: Arena) -> None:
        self._exit = exit_kind
        self._facts = facts
        self._arena = arena

    def name(self, dotted: str) -> Value:
        facts = self._facts
        if dotted == "exit":
            return self._exit
        if dotted in facts.params:
            return facts.params[dotted]
        if dotted in ("mode", "cpl0", "launch_cpl"):
            return facts.mode if dotted == "mode" else facts.cpl
        for table in (facts.symbols, self._arena.constants):
            if dotted in table:
                return table[dotted]
        if dotted in SYMBOLS:
            return dotted
        raise StateUnavailable(dotted)

    def index(self, name: str, i: int) -> Value:
        raise StateUnavailable(f"{name}[{i}]")

    def call(self, fn: str, args: Sequence[Value]) -> Value:
        raise StateUnavailable(fn)
