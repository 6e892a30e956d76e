# SPDX-License-Identifier: BSD-2-Clause
"""Single-step tests in JSON: launch snapshots in the layout of single-step suites (docs/vector-format.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from harness import vectors
from harness.expect.names import FLAGS
from harness.vectors import DEVICES, FPU, KINDS, NESTED, PAGE, SCRIPT, Entry, Vectors

if TYPE_CHECKING:
    from harness.case import Body

KIT = 0x80000  # no case has memory of its own from here on
FLAGS_KNOWN = sum(((1 << width) - 1) << low for low, width in FLAGS.values())


def can_express(entry: Entry) -> bool:
    """One window with one end: no fault scripts, no devices, no halt for good."""
    return entry.outcome in ("record", "shutdown") and not entry.flags & (SCRIPT | DEVICES | NESTED)


def undefined_masks(body: Body, vendor: str) -> dict[str, int]:
    """Bits of registers that count, where a testcase says that the manual leaves some open, `when` or always."""
    masks: dict[str, int] = {}
    for line in body.testcase.undefined:
        if line.vendor not in (None, vendor):
            continue
        if line.name.startswith("flags.") and line.name[6:] in FLAGS:
            low, width = FLAGS[line.name[6:]]
            masks["rflags"] = masks.get("rflags", FLAGS_KNOWN) & ~(((1 << width) - 1) << low)
        elif line.name == "flags":
            masks["rflags"] = 0
        elif line.name == "fx":
            masks |= {name: 0 for name in FPU}
        elif line.name in vectors.GPR:
            masks[line.name] = 0
    return masks


def _bytes_of(runs: Iterable[tuple[int, bytes]]) -> list[list[int]]:
    """Pairs of address and byte; the kit's own variables are left out."""
    return [[at + n, byte] for at, data in runs if at < KIT for n, byte in enumerate(data)]


def _json_value(value: int | bytes) -> int | str:
    return value if isinstance(value, int) else f"{int.from_bytes(value, 'little'):#x}"


def _changes(before: bytes, after: bytes) -> dict[str, int | str]:
    was = vectors.fields_of(before)
    return {
        name: _json_value(value) for name, value in vectors.fields_of(after).items() if was[name] != value
    }


def single_step(
    taken: Vectors, entry: Entry, name: str, masks: Mapping[str, int] | None = None
) -> dict[str, object]:
    """A case as a single-step test: initial and final registers and bytes of memory.

    `final` has the registers that have changed on arrival in the handler, and memory with what the delivery has pushed;
    `boundary` the registers that have changed where the event was about to be delivered. `ram` of `initial` is what
    differs from the mode's base, which lies in a file of its own; so are x87 and vector registers.
    """
    launch = vectors.registers(entry.launch)
    body = taken.bodies[entry.key]
    code64 = launch["efer"] & 0x400 and launch["cs.rights"] & 0x2000
    linear = launch["rip"] + (0 if code64 else launch["cs.base"])
    size = max(0, body.code + body.code_size - linear) if body.code <= linear else 0
    seldom: dict[str, int | str] = {
        key: value for key, value in _changes(taken.states[entry.mode], entry.launch).items() if key in FPU
    }
    registers: dict[str, int | str] = {**launch}
    registers.update(seldom)
    test: dict[str, object] = {
        "name": name,
        "mode": entry.mode,
        "bytes": list(taken.memory_at_launch(entry, linear, size)),
        "initial": {"regs": registers, "ram": _bytes_of((*body.runs, *entry.launch_memory))},
        "final": {"regs": _changes(entry.launch, entry.arrival), "ram": _bytes_of(entry.final_memory)},
        "outcome": entry.outcome,
    }
    if entry.events:
        event = entry.event
        test["boundary"] = {"regs": _changes(entry.launch, entry.boundary)}
        test["exception"] = {
            "number": event.vector,
            "kind": KINDS[event.kind] if event.kind < len(KINDS) else str(event.kind),
            **({"error": event.error} if event.has_error else {}),
            **({"cr2": event.cr2} if event.vector == 14 else {}),
        }
    if entry.interrupt >= 0:
        test["interrupt"] = entry.interrupt
    if entry.ports:
        test["ports"] = [
            [port, width, "out" if out else "in", value] for port, width, out, value in entry.ports
        ]
    if masks:
        test["masks"] = {"regs": dict(masks)}
    return test


def base_file(taken: Vectors, mode: int, names: Mapping[int, str]) -> dict[str, object]:
    """A mode's base: registers, and pages by address as hexadecimal text; where the kit's handlers begin."""
    pages = {f"{number * PAGE:#x}": data.hex() for number, data in sorted(taken.pages[mode].items())}
    return {
        "mode": names.get(mode, str(mode)),
        "home": taken.home,
        "memory": taken.ram_size,
        "captures": [list(pair) for pair in taken.captures],
        "regs": {name: _json_value(value) for name, value in vectors.fields_of(taken.states[mode]).items()},
        "pages": pages,
    }


def wide(text: str, name: str) -> bytes:
    """The value of a register that is wider than JSON's numbers; ValueError if it is none or does not fit."""
    return int(text, 16).to_bytes(10 if name.startswith("st") else 32, "little")
