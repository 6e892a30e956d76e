# SPDX-License-Identifier: BSD-2-Clause
"""One case for the eye: its window disassembled, and the states that every backend launched with and left behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness import paths
from harness.arena import Arena
from harness.arena import load as load_arena
from harness.assemble import Assembled, Assembler
from harness.campaign import Kind
from harness.case import Case
from harness.compare import Mask, differences, shown
from harness.errors import Location, UserError
from harness.execution import Execution, case_facts
from harness.expect import Value, format_value
from harness.expect.names import FLAGS, window_bits
from harness.report.records import read_records
from harness.report.rundir import RECORDS, Row, read_run
from harness.state import Facts, State
from harness.verdict import Evidence

_GENERAL = ("rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi") + tuple(f"r{n}" for n in range(8, 16))
_FIELDS = (
    *("exit", "err", "cr2", "nfault", "cpl", "rip", "cs", "flags", "ss"),
    *_GENERAL,
    *("ds", "es", "fs", "gs", "ldtr", "tr", "gdt_base", "gdt_limit", "idt_base", "idt_limit"),
    *("cr0", "cr3", "cr4", "cr8", "dr0", "dr1", "dr2", "dr3", "dr6", "dr7", "efer", "star", "lstar", "cstar"),
    *("fmask", "fs_base", "gs_base", "kernel_gs_base", "sysenter_cs", "sysenter_esp", "sysenter_eip"),
    *("arrival.cs", "arrival.ss", "arrival.rsp", "arrival.flags", "changed", "accessed", "dirtied"),
)
_ALWAYS = frozenset({"exit", "err", "rip", "cs", "flags", "ss", "rsp", "cpl", "changed"})


@dataclass(frozen=True)
class Column:
    """One backend's evidence."""

    label: str
    version: str
    evidence: Evidence


@dataclass(frozen=True)
class CaseView:
    """Everything that is shown of a case."""

    case: Case
    facts: Facts
    assembled: Assembled
    arena: Arena
    columns: Sequence[Column]
    rows: Sequence[Row]


def live_view(case: Case, done: Execution) -> CaseView:
    """The view of a run just made."""
    key = case.body.key, case.index
    columns = [
        Column(
            one.backend.label,
            one.backend.version,
            one.evidence.get(key) or Evidence(Kind.MISSING, "no boot brought it"),
        )
        for one in done.gathered
    ]
    assembled = done.plan.assembled[case.body.id]
    return CaseView(case, case_facts(case, assembled), assembled, done.plan.arena, columns, done.run.rows)


def stored_view(case: Case, folder: Path) -> CaseView:
    """The view of a run on disk; UserError if the case is not in it."""
    run = read_run(folder)
    rows = [row for row in run.rows if row["case"] == case.id]
    if not rows:
        raise UserError(f"this run has no case {case.id}", Location(str(folder)))
    columns = []
    for backend in run.info.backends:
        path = folder / RECORDS / f"{backend.name}-{case.body.home}.stream"
        evidence = Evidence(Kind.MISSING, "it left no record")
        if path.exists():
            ledger = read_records(path)
            record = ledger.record(case.body.key, case.index)
            if record is not None and ledger.layout is not None and record.mode in ledger.baselines:
                baseline = ledger.baselines[record.mode].words(ledger.layout.word_size)
                shown = ledger.hidden.get((record.key, record.index))
                evidence = Evidence(Kind.RECORD, "", record, ledger.layout, baseline, shown)
        columns.append(Column(backend.name, backend.version, evidence))
    assembled = Assembler().body(case.body)
    arena = load_arena(paths.KIT / "arena.inc")
    return CaseView(case, case_facts(case, assembled), assembled, arena, columns, rows)


def print_case(view: CaseView, full: bool) -> None:
    """The view to stdout."""
    for line in lines(view, full):
        print(line)


def lines(view: CaseView, full: bool = False) -> Iterator[str]:
    testcase = view.case.body.testcase
    yield view.case.id
    yield f"{testcase.title} ({testcase.path})"
    yield f"cite: {'; '.join(testcase.cite)}"
    if testcase.why:
        yield f"why: {testcase.why}"
    yield ""
    yield from disassembly(view)
    yield ""
    yield from _table(view, full)
    yield ""
    for row in view.rows:
        yield f"{row['backend']}: {row['verdict']}" + (f"  {row['reason']}" if row["reason"] else "")
        for entry in row["fields"]:
            extra = f"  [known issue {entry['known']}]" if "known" in entry else ""
            extra += f"  [follows from {entry['follows']}]" if "follows" in entry else ""
            yield f"    {entry['name']} is {entry['actual']}, expected {entry['expected']}  {entry['source']}{extra}"


def disassembly(view: CaseView) -> Iterator[str]:
    """The window's instructions with their labels, from LAUNCH to the end of the code."""
    import capstone

    sizes = {16: capstone.CS_MODE_16, 32: capstone.CS_MODE_32, 64: capstone.CS_MODE_64}
    bits = sizes[window_bits(view.facts.mode)]
    base = view.arena.constants["CODE"]
    launch = view.assembled.symbols["__launch"]
    labels: dict[int, list[str]] = {}
    for name, address in view.assembled.symbols.items():
        if launch <= address < base + len(view.assembled.code) and name != "__launch":
            labels.setdefault(address, []).append(name)
    machine = capstone.Cs(capstone.CS_ARCH_X86, bits)
    address, end = launch, base + len(view.assembled.code)
    yield f"window ({view.facts.mode}, CPL {view.facts.cpl}):"
    while address < end:
        for name in labels.get(address, ()):
            yield f"{name}:"
        code = view.assembled.code[address - base : address - base + 16]
        found = next(iter(machine.disasm(code, address, 1)), None)
        size = found.size if found is not None else 1
        text = f"{found.mnemonic} {found.op_str}".rstrip() if found is not None else f"db {code[0]:#04x}"
        # A label inside an instruction means that the bytes are read in more than one way.
        inner = [at for at in labels if address < at < address + size]
        if inner:
            size = min(inner) - address
            text = "db " + ", ".join(f"{byte:#04x}" for byte in code[:size])
        stop = "    ; STOP" if address in view.assembled.stops else ""
        yield f"  {address:6x}  {code[:size].hex():24}  {text}{stop}"
        address += size


def _table(view: CaseView, full: bool) -> Iterator[str]:
    states = [_state(view, column) for column in view.columns]
    live = [state for state in states if state is not None]
    heads = ["", "launch", *(f"{c.label} {c.version}".rstrip() for c in view.columns)]
    blamed = {
        e["name"] for row in view.rows for e in row["fields"] if not e["source"].startswith("disagreement")
    }
    table = [heads]
    for name in _names(live):
        launch = _cell(live[0], f"launch.{name}") if live and _has_launch(name) else ""
        finals = [_cell(state, name) if state is not None else "-" for state in states]
        differ = len({cell for cell, state in zip(finals, states) if state is not None}) > 1
        moved = bool(launch) and any(cell not in (launch, "-") for cell in finals)
        wrong = name in blamed or any(b.startswith(f"{name}.") for b in blamed)
        if full or differ or moved or wrong or name in _ALWAYS:
            began = (
                len({_cell(state, f"launch.{name}") for state in live}) > 1 if _has_launch(name) else False
            )
            mark = ("~" if began else "!" if differ else " ") + ("*" if wrong else " ")
            table.append([f"{mark} {name}", launch, *finals])
    for name, *values in _memory_rows(live, states):
        table.append([f"!{'*' if name in blamed else ' '} {name}", *values])
    widths = [max(len(row[n]) for row in table) for n in range(len(heads))]
    for line in table:
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip()
    for column, state in zip(view.columns, states):
        if state is None:
            yield f"{column.label}: no record: {column.evidence.kind}" + (
                f", {column.evidence.reason}" if column.evidence.reason else ""
            )


def _state(view: CaseView, column: Column) -> State | None:
    evidence = column.evidence
    if evidence.record is None or evidence.layout is None:
        return None
    return State(evidence.record, evidence.layout, evidence.baseline, view.facts, view.arena, evidence.hidden)


def _names(states: Sequence[State]) -> Iterator[str]:
    for name in _FIELDS:
        if name not in _GENERAL or any(name in state.layout.fields for state in states):
            yield name
    for n in range(max((min(state.nfault, 64) for state in states), default=0)):
        yield from (f"fault[{n}].{part}" for part in ("vector", "err", "cr2", "rip"))


def _has_launch(name: str) -> bool:
    return "." not in name and name not in ("exit", "err", "nfault", "changed", "accessed", "dirtied")


def _cell(state: State, name: str) -> str:
    if name.startswith("fault["):
        number, _, part = name[6:].partition("].")
        return shown(name, state.index(f"fault.{part}", int(number)))
    value = state.name(name)
    if name == "exit":
        return shown(name, value)
    if name.rpartition(".")[2] == "flags" and isinstance(value, int):
        return f"{value:#x} {_flag_letters(value)}".rstrip()
    return _number(value)


def _number(value: Value) -> str:
    return f"{value:#x}" if isinstance(value, int) and not isinstance(value, bool) else format_value(value)


def _flag_letters(flags: int) -> str:
    return " ".join(flag.upper() for flag, (low, width) in FLAGS.items() if flags >> low & ((1 << width) - 1))


def _memory_rows(live: Sequence[State], states: Sequence[State | None]) -> Iterator[list[str]]:
    """Arena and FPU fields in which any two backends differ."""
    if len(live) < 2:
        return
    nothing = Mask([], live[0].arena)
    seen: dict[str, dict[int, Value]] = {}
    for other in live[1:]:
        for d in differences(live[0], other, nothing):
            if d.offset >= 0 or d.name.startswith("fx."):
                seen.setdefault(d.name, {id(live[0]): d.a})[id(other)] = d.b
    for name, values in seen.items():
        same = values[id(live[0])]
        yield [name, "", *(_number(values.get(id(s), same)) if s is not None else "-" for s in states)]
