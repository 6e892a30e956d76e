# SPDX-License-Identifier: BSD-2-Clause
"""One pass of cases over one backend, as outcomes, and what of it differs from a trace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from harness.campaign import Kind
from harness.case import Body, Case, Testcase
from harness.compare import Mask
from harness.errors import UserError
from harness.execution import Gathered, Plan, gather
from harness.expect.names import MODES
from harness.manual import breaches, make_mask
from harness.record import ARENA_BYTES, Layout
from harness.selection import Part, Selection
from harness.state import State
from harness.supervise import Progress
from harness.trace.boxes import Point, point
from harness.trace.outcome import Fields, launch_text, of_evidence, short_hash
from harness.trace.store import Trace
from harness.trace.text import Section
from harness.verdict import Evidence

SectionKey = tuple[str, str, int]  # testcase id, mode, CPL


@dataclass
class Pass:
    """What one pass brought. `lost`: cases without an outcome that are not skipped either, with the reason."""

    gathered: Gathered
    outcomes: dict[SectionKey, dict[Point, Fields]] = field(default_factory=dict)
    setups: dict[SectionKey, str] = field(default_factory=dict)
    baseline: dict[str, list[str]] = field(default_factory=dict)
    skipped: int = 0
    lost: dict[str, str] = field(default_factory=dict)
    breaches: dict[str, str] = field(default_factory=dict)  # cases that the manual contradicts, if judged

    @property
    def cases(self) -> int:
        return sum(map(len, self.outcomes.values()))

    def sections(self, testcase: Testcase) -> dict[tuple[str, int], Section]:
        """Those of one testcase, in the catalog's order of modes and CPLs."""
        return {
            (mode, cpl): Section(self.setups[testcase_id, mode, cpl], found)
            for (testcase_id, mode, cpl), found in self.outcomes.items()
            if testcase_id == testcase.id and found
        }


@dataclass(frozen=True)
class Divergence:
    """One case, set-up or baseline that is not as recorded: a line for each field."""

    what: str
    lines: tuple[str, ...]


@dataclass
class Comparison:
    """The result of a replay."""

    same: int = 0
    divergences: list[Divergence] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)
    unrecorded: int = 0  # cases run for which the trace has no golden record
    not_run: int = 0  # golden records whose case the backend skipped
    notes: list[str] = field(default_factory=list)


def run(plan: Plan, progress: Progress | None = None, *, careful: bool = False, judged: bool = False) -> Pass:
    """Run the plan's cases on its one backend. `judged`: hold them against their testcases' expectations too."""
    (gathered,) = gather(plan, progress, careful)
    found = Pass(gathered, baseline=_baselines(gathered, plan))
    launches: dict[SectionKey, list[str]] = {}
    for part in plan.selection.parts:
        body = part.body
        key = body.testcase.id, body.mode, body.cpl
        outcomes, texts = found.outcomes.setdefault(key, {}), launches.setdefault(key, [])
        mask = make_mask(body, gathered.vendor, plan.arena)
        for index in part.indexes:
            case = Case(body, index)
            evidence = gathered.evidence.get((body.key, index)) or _absent(gathered, body)
            state = _state(evidence, case, plan)
            fields = of_evidence(evidence, state, mask)
            if judged and fields is not None:
                found.breaches.update(_breaches(case, state, gathered.vendor, mask))
            if fields is not None:
                outcomes[point(body, index)] = fields
                launch = launch_text(evidence.record) if evidence.record is not None else ""
                texts.append(f"{case.id} {launch}")
            elif evidence.kind is Kind.SKIP:
                found.skipped += 1
            else:
                found.lost[case.id] = f"{evidence.kind.value.upper()}: {evidence.reason}"
    found.setups = {key: short_hash("\n".join(texts)) for key, texts in launches.items()}
    return found


def _state(evidence: Evidence, case: Case, plan: Plan) -> State | None:
    if evidence.record is None or evidence.layout is None:
        return None
    return State(evidence.record, evidence.layout, evidence.baseline, plan.facts(case), plan.arena)


def _breaches(case: Case, state: State | None, vendor: str, mask: Mask) -> Iterator[tuple[str, str]]:
    """The case with the fields that its expectations contradict; a shutdown is judged by `ends` alone."""
    testcase = case.body.testcase
    if state is None:
        if not testcase.ends_shutdown:
            yield case.id, "an unexpected shutdown"
        return
    names = [breach.name for breach in breaches(testcase, vendor, state, mask)]
    if names:
        yield case.id, ", ".join(names)


def _absent(gathered: Gathered, body: Body) -> Evidence:
    backend = gathered.backend
    if body.home not in backend.manifest.homes or backend.lacks(body.mode):
        return Evidence(Kind.SKIP, "the backend does not have this mode")
    return Evidence(Kind.MISSING, "no boot brought it")


def _baselines(gathered: Gathered, plan: Plan) -> dict[str, list[str]]:
    """By mode: registers that are not zero where the mode begins, and a hash of the arena."""
    names = {number: name for name, (number, _) in MODES.items()}
    found: dict[str, list[str]] = {}
    for result in gathered.results:
        layout = result.ledger.layout
        if layout is None:
            continue
        for mode, baseline in result.ledger.baselines.items():
            if mode in names:
                words = baseline.words(layout.word_size)
                found.setdefault(names[mode], _baseline(layout, words))
    return {mode: found[mode] for mode in MODES if mode in found}


def _baseline(layout: Layout, words: Mapping[int, int]) -> list[str]:
    first = ARENA_BYTES // layout.word_size
    arena = [f"{index:x}={word:x}" for index, word in sorted(words.items()) if index < first and word]
    lines = [f"arena={len(arena)}words:{short_hash(' '.join(arena))}"]
    fx: list[str] = []
    for index, word in sorted(words.items()):
        if index >= first and word:
            name = layout.name_at(index) or f"word[{index:#x}]"
            (fx if name.startswith("fx") else lines).append(f"{name}={word:#x}")
    return lines + [f"fx={len(fx)}words:{short_hash(' '.join(fx))}"] * bool(fx)


def baseline_text(baseline: Mapping[str, Sequence[str]]) -> str:
    """The file baseline.txt: a paragraph a mode."""
    return "\n".join(f"[{mode}]\n" + "\n".join(lines) + "\n" for mode, lines in baseline.items())


def read_baseline(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.startswith("["):
            found[line.strip("[]")] = []
        elif line and found:
            found[list(found)[-1]].append(line)
    return found


def whole_testcases(selection: Selection, bodies: Sequence[Body]) -> Selection:
    """All cases of the testcases of which the selection has any."""
    wanted = {part.body.testcase.id for part in selection.parts}
    return Selection([Part(body, body.indexes) for body in bodies if body.testcase.id in wanted])


def difference(recorded: Fields, now: Fields) -> tuple[str, ...]:
    """A line for each field that differs; a field that is not there has its launch value."""
    return tuple(
        f"{name} is {now.get(name, 'unchanged')}, recorded {recorded.get(name, 'unchanged')}"
        for name in dict.fromkeys((*recorded, *now))
        if recorded.get(name) != now.get(name)
    )


def between(first: Pass, second: Pass, bodies: Sequence[Body]) -> Iterator[Divergence]:
    """What two passes over the same cases brought differently."""
    for case, key, at in _cases(bodies, first, second):
        a, b = first.outcomes[key].get(at), second.outcomes[key].get(at)
        if a != b:
            yield Divergence(case.id, difference(a or {"exit": "skipped"}, b or {"exit": "skipped"}))
    for key in first.setups:
        if first.setups[key] != second.setups.get(key):
            yield Divergence(f"{key[0]}/{key[1]}/cpl{key[2]}", ("the launch states differ",))


def _cases(bodies: Sequence[Body], *passes: Pass) -> Iterator[tuple[Case, SectionKey, Point]]:
    for body in bodies:
        key = body.testcase.id, body.mode, body.cpl
        if not all(key in one.outcomes for one in passes):
            continue
        for index in body.indexes:
            yield Case(body, index), key, point(body, index)


def compare(trace: Trace, found: Pass, selection: Selection, bodies: Sequence[Body]) -> Comparison:
    """A pass against a trace. `bodies`: all of the catalog, to tell which sections have been run whole."""
    if found.gathered.vendor != trace.vendor:
        raise UserError(
            f"trace {trace.name} is of an {trace.vendor} processor, {found.gathered.backend.label} is "
            f"one of {found.gathered.vendor}: their rules differ"
        )
    result = Comparison()
    own = found.gathered.backend.family == trace.backend.get("family")
    _compare_baselines(trace, found, own, result)
    sections: dict[SectionKey, Section] = {}
    testcases = {part.body.testcase.id: part.body.testcase for part in selection.parts}
    for testcase in testcases.values():
        try:
            found_here = trace.sections(testcase)
        except UserError as error:  # the testcase has changed since: the manifest tells damage
            result.divergences.append(Divergence(testcase.id, (str(error),)))
            continue
        sections.update(((testcase.id, *key), section) for key, section in found_here.items())
    for part in selection.parts:
        body = part.body
        key = body.testcase.id, body.mode, body.cpl
        section = sections.get(key, Section(""))
        for index in part.indexes:
            _compare_case(trace, Case(body, index), section, found.outcomes[key], result, found.lost)
    _compare_setups(sections, found, selection, bodies, result)
    return result


def _compare_case(
    trace: Trace,
    case: Case,
    section: Section,
    outcomes: Mapping[Point, Fields],
    result: Comparison,
    lost: Mapping[str, str],
) -> None:
    at = point(case.body, case.index)
    recorded, now = section.outcomes.get(at), outcomes.get(at)
    if recorded is not None and trace.revocations and trace.revoked(case.id):
        result.revoked.append(case.id)
    elif recorded is None:
        result.unrecorded += now is not None
    elif case.id in lost:
        result.divergences.append(Divergence(case.id, (lost[case.id],)))
    elif now is None:
        result.not_run += 1
    elif now == recorded:
        result.same += 1
    else:
        result.divergences.append(Divergence(case.id, difference(recorded, now)))


def _compare_setups(
    sections: Mapping[SectionKey, Section],
    found: Pass,
    selection: Selection,
    bodies: Sequence[Body],
    result: Comparison,
) -> None:
    """The launch states, where all the cases that were recorded have been run, and no others."""
    for key, section in sections.items():
        outcomes = found.outcomes.get(key, {})
        if outcomes.keys() == section.outcomes.keys() and found.setups[key] != section.setup:
            result.divergences.append(
                Divergence(
                    f"{key[0]}/{key[1]}/cpl{key[2]}",
                    (
                        "the set-up left other launch states than recorded: the testcase, the kit or "
                        "the implementation has changed",
                    ),
                )
            )


def _compare_baselines(trace: Trace, found: Pass, own: bool, result: Comparison) -> None:
    recorded = read_baseline(trace.baseline)
    for mode, lines in found.baseline.items():
        if mode not in recorded or lines == recorded[mode]:
            continue
        a = dict(line.partition("=")[::2] for line in recorded[mode])
        b = dict(line.partition("=")[::2] for line in lines)
        if own:
            result.divergences.append(Divergence(f"baseline of {mode}", difference(a, b)))
        else:
            names = ", ".join(name for name in dict.fromkeys((*a, *b)) if a.get(name) != b.get(name))
            result.notes.append(f"{mode} begins differently in {names}")
