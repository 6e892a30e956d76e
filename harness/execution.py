# SPDX-License-Identifier: BSD-2-Clause
"""One run: selected cases on chosen backends, to evidence, to verdicts. The one way to do it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness import buildcache, paths
from harness.arena import Arena
from harness.arena import load as load_arena
from harness.assemble import Assembled, Assembler
from harness.backend import Backend
from harness.campaign import Kind
from harness.case import Body, Case
from harness.errors import UserError
from harness.expect.names import MODES
from harness.image import Image, build
from harness.known import KnownIssues
from harness.known import load as load_known
from harness.ledger import CaseKey, Ledger
from harness.probing import Probing
from harness.record import Layout
from harness.report.rundir import BackendInfo, IssueInfo, Row, Run, RunInfo, TestcaseInfo, sort_rows
from harness.selection import Selection
from harness.state import Facts
from harness.supervise import Progress, Unit, UnitResult, run_units
from harness.verdict import Evidence, Judge, Voice

KNOWN = Path(__file__).resolve().parent / "data" / "known"
# A second process on the same image pays for its boot from about this many cases on.
CASES_WORTH_A_BOOT = 2000


class Bootable:
    """An image as the supervisor wants it (harness.supervise.BootImage)."""

    def __init__(self, image: Image, assembler: Assembler) -> None:
        self.image = image
        self._assembler = assembler
        self.name = f"home{image.home}-{image.build_id:08x}"
        self.build_id = image.build_id
        self.cases: list[CaseKey] = [(part.body.key, index) for part in image.parts for index in part.indexes]
        shutdown: set[int] = set()
        for part, first in zip(image.parts, image.firsts):
            if part.body.testcase.ends_shutdown:
                shutdown.update(range(first, first + len(part.indexes)))
        self.shutdown_ordinals = frozenset(shutdown)

    def ranges(self, backend: Backend) -> list[tuple[int, int]]:
        """The ordinals of modes that the backend can run: (first, behind the last), as few pieces as may be."""
        found: list[tuple[int, int]] = []
        for part, first in zip(self.image.parts, self.image.firsts):
            if backend.lacks(part.body.mode):
                continue
            end = first + len(part.indexes)
            if found and found[-1][1] == first:
                found[-1] = found[-1][0], end
            else:
                found.append((first, end))
        return found

    def write(
        self,
        path: Path,
        *,
        format: str,
        channel: str,
        start: int,
        count: int,
        careful: bool,
        skip: Sequence[int],
    ) -> None:
        patched = self.image.patched(channel=channel, start=start, count=count, skip=skip, careful=careful)
        path.write_bytes(self.image.wrapped(format, patched, self._assembler))

    def write_ids(self) -> None:
        """Ids of bodies where runners look for them; a cache that cannot be written is no error."""
        bodies = {part.body.key: part.body.id for part in self.image.parts}
        text = "".join(f"{key:08x} {body_id}\n" for key, body_id in bodies.items())
        buildcache.write(paths.CACHE / "ids" / f"{self.build_id:08x}", text.encode("ascii"))


@dataclass
class Plan:
    """What to run where."""

    selection: Selection
    backends: list[Backend]
    images: list[Bootable]
    assembled: dict[str, Assembled]
    arena: Arena
    jobs: int = 1
    journal: Path | None = None  # folder of the boots so far; with it a killed run can go on

    def facts(self, case: Case) -> Facts:
        return case_facts(case, self.assembled[case.body.id])


@dataclass
class Gathered:
    """What one backend's ledgers hold, ready for judging. Equal baselines are one object."""

    backend: Backend
    results: list[UnitResult] = field(default_factory=list)
    evidence: dict[CaseKey, Evidence] = field(default_factory=dict)

    @property
    def vendor(self) -> str:
        """The CPU vendor the guest saw; the profile's where CPUID tells none we know."""
        for result in self.results:
            if result.ledger.hello is not None and result.ledger.hello.vendor != "other":
                return result.ledger.hello.vendor
        return "amd" if self.backend.profile == "amd" else "intel"

    @property
    def version(self) -> str:
        """The runner's, or the processor of a machine that a person has booted: its probe cannot know it."""
        if self.backend.manifest.attended:
            for result in self.results:
                if result.ledger.hello is not None:
                    return result.ledger.hello.processor
        return self.backend.version


@dataclass
class Execution:
    """A finished run with its evidence."""

    plan: Plan
    gathered: list[Gathered]
    voices: list[Voice]
    run: Run


def case_facts(case: Case, assembled: Assembled) -> Facts:
    """The parameters, symbols and stops that the names of a case's state depend on."""
    body = case.body
    params = {**body.names(), **case.params}
    return Facts(
        body.mode,
        body.home,
        body.cpl,
        params,
        assembled.symbols,
        assembled.stops,
        body.testcase.error_code,
    )


def make_plan(
    selection: Selection,
    probing: Probing,
    jobs: int,
    warn: Callable[[str], None] = lambda message: None,
    assembler: Assembler | None = None,
) -> Plan:
    """Assemble the bodies and link the images; a backend that cannot run is told before, for that can take minutes."""
    available = probing.available(warn)
    assembler = assembler or Assembler()
    images: list[Bootable] = []
    for witness in sorted({backend.witness for backend in probing.asked}):
        if len(selection):
            images += [Bootable(image, assembler) for image in build(selection, assembler, witness=witness)]
    assembled: dict[str, Assembled] = {}
    for bootable in images:
        assembled.update(bootable.image.assembled)
    if any(backend.manifest.ids for backend in probing.asked):
        for bootable in images:
            bootable.write_ids()
    return Plan(selection, available, images, assembled, load_arena(paths.KIT / "arena.inc"), jobs)


def _units(plan: Plan, careful: bool) -> list[Unit]:
    """Images, cut into ranges where more processors are idle than images wait."""
    pairs = [
        (backend, image)
        for image in plan.images
        for backend in plan.backends
        if image.image.home in backend.manifest.homes and image.image.witness == backend.witness
    ]
    total = sum(len(image.cases) for _, image in pairs)
    units = []
    for backend, image in pairs:
        count = len(image.cases)
        share = round(plan.jobs * count / total) if total else 1
        for first, end in image.ranges(backend):
            pieces = max(1, min(share, (end - first) // CASES_WORTH_A_BOOT))
            if backend.manifest.attended:
                pieces = 1
            cuts = [first + (end - first) * n // pieces for n in range(pieces + 1)]
            for a, b in zip(cuts, cuts[1:]):
                stem = _stem(plan.journal, backend.label, image.name, a, b)
                units.append(Unit(backend, image, a, b - a, stem, careful))
    return units


def _stem(journal: Path | None, label: str, image: str, start: int, end: int) -> Path | None:
    if journal is None:
        return None
    return (
        journal / f"{''.join(c if c.isalnum() or c in '.@-' else '_' for c in label)}-{image}-{start}-{end}"
    )


def gather(plan: Plan, progress: Progress | None = None, careful: bool = False) -> list[Gathered]:
    """Boot everything. `careful`: each case is a batch of its own, with the whole arena compared."""
    results = run_units(_units(plan, careful), plan.jobs, progress)
    gathered = [Gathered(backend) for backend in plan.backends]
    by_label = {one.backend.label: one for one in gathered}
    interned = _Interned()
    bodies = {part.body.key: part.body for part in plan.selection.parts}
    for result in results:
        own = by_label[result.unit.backend.label]
        own.results.append(result)
        for case, evidence in _evidence(result, bodies, interned):
            own.evidence[case] = evidence
    return gathered


def execute(plan: Plan, info: RunInfo, progress: Progress | None = None) -> Execution:
    """Boot everything, judge everything. `info` says how the run was asked for and is completed."""
    begun = time.monotonic()
    reading = _Reading({backend.family for backend in plan.backends})
    gathered = gather(plan, progress)
    known = reading.known()
    bodies = {part.body.key: part.body for part in plan.selection.parts}
    voices = [
        Voice(one.backend.label, one.version, one.backend.family, one.vendor, one.backend.unclaimed)
        for one in gathered
    ]
    judge = Judge(voices, known, plan.arena)
    rows = _judge_all(plan, gathered, judge)
    info.backends = [_backend_info(one, voice, bodies) for one, voice in zip(gathered, voices)]
    sort_rows(rows, info.backends)
    info.testcases = {
        t.id: TestcaseInfo(t.title, "; ".join(t.cite), t.path)
        for t in sorted({p.body.testcase.id: p.body.testcase for p in plan.selection.parts}.values(), key=_id)
    }
    info.known = _issue_info(known, judge)
    info.baselines = _baseline_differences(gathered)
    info.duration_s = round(time.monotonic() - begun, 3)
    return Execution(plan, gathered, voices, Run(info, rows))


class _Reading:
    """Known issues of some families, read while emulators run."""

    def __init__(self, families: set[str]) -> None:
        self._families = families
        self._known: KnownIssues | None = None
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            self._known = load_known(KNOWN, families=self._families)
        except UserError:
            pass  # `known` meets it again

    def known(self) -> KnownIssues:
        self._thread.join()
        return self._known or load_known(KNOWN, families=self._families)


def _id(testcase: object) -> str:
    return str(getattr(testcase, "id"))


class _Interned:
    """Equal baselines as one object, so that equal states are recognised at once."""

    def __init__(self) -> None:
        self._known: dict[tuple[Layout, frozenset[tuple[int, int]]], Mapping[int, int]] = {}

    def baselines(self, ledger: Ledger) -> dict[int, Mapping[int, int]]:
        layout = ledger.layout
        if layout is None:
            return {}
        found: dict[int, Mapping[int, int]] = {}
        for mode, baseline in ledger.baselines.items():
            words = {index: word for index, word in baseline.words(layout.word_size).items() if word}
            found[mode] = self._known.setdefault((layout, frozenset(words.items())), words)
        return found


def _evidence(
    result: UnitResult, bodies: Mapping[int, Body], interned: _Interned
) -> Iterator[tuple[CaseKey, Evidence]]:
    layout, baselines = result.ledger.layout, interned.baselines(result.ledger)
    wanted, hidden = result.unit.backend.hidden, result.ledger.hidden
    for case, outcome in result.outcomes.items():
        if outcome.kind is Kind.RECORD and outcome.record is not None:
            body = bodies[case[0]]
            baseline = baselines.get(outcome.record.mode)
            if outcome.record.mode != MODES[body.mode][0]:
                yield case, Evidence(Kind.MISSING, f"its record is of mode {outcome.record.mode}")
            elif layout is None or baseline is None:
                yield case, Evidence(Kind.MISSING, "the frames that its record is read with were lost")
            elif wanted and case not in hidden:
                yield case, Evidence(Kind.MISSING, "its runner handed over no hidden segment parts")
            else:
                shown = hidden.get(case)
                yield case, Evidence(Kind.RECORD, "", outcome.record, layout, baseline, shown)
        elif outcome.kind is Kind.SKIP and outcome.requirement < 0:
            yield case, Evidence(Kind.SKIP, outcome.reason)
        elif outcome.kind is Kind.SKIP:
            requires = bodies[case[0]].requires
            known = 0 <= outcome.requirement < len(requires)
            name = str(requires[outcome.requirement]) if known else f"number {outcome.requirement}"
            yield case, Evidence(Kind.SKIP, f"requires {name}")
        else:
            yield case, Evidence(outcome.kind, outcome.reason)


def _judge_all(plan: Plan, gathered: Sequence[Gathered], judge: Judge) -> list[Row]:
    rows: list[Row] = []
    for case in plan.selection:
        key = case.body.key, case.index
        evidence = [one.evidence.get(key) or _absent(one.backend, case.body) for one in gathered]
        for result in judge.judge(case, plan.facts(case), evidence):
            row: Row = result.as_json()  # type: ignore[assignment]
            rows.append(row)
    return rows


def _absent(backend: Backend, body: Body) -> Evidence:
    if body.home not in backend.manifest.homes:
        return Evidence(Kind.SKIP, f"the runner boots no {body.home}-bit images")
    if reason := backend.lacks(body.mode):
        return Evidence(Kind.SKIP, reason)
    return Evidence(Kind.MISSING, "no boot brought it")


def _backend_info(one: Gathered, voice: Voice, bodies: Mapping[int, Body]) -> BackendInfo:
    backend = one.backend
    info = BackendInfo(
        name=backend.label,
        version=one.version,
        title=backend.manifest.title,
        family=backend.family,
        vendor=voice.vendor,
        cpu=backend.cpu or ("its own CPU" if backend.manifest.attended else ""),
        detail=backend.probe.detail,
        unclaimed=dict(backend.probe.unclaimed),
    )
    damaged: set[str] = set()
    unstable: set[str] = set()
    for result in one.results:
        ledger = result.ledger
        info.boots += result.boots
        info.problem = info.problem or result.problem
        info.bytes_skipped += ledger.losses.bytes_skipped
        info.frames_lost += ledger.losses.frames_lost
        info.malformed += ledger.losses.malformed
        info.retracted += ledger.retracted
        damaged.update(_case_ids(((note.key, note.index) for note in ledger.notes), bodies))
        unstable.update(_case_ids(ledger.unstable, bodies))
    info.damaged_kit, info.unstable = sorted(damaged), sorted(unstable)
    return info


def _case_ids(cases: Iterable[CaseKey], bodies: Mapping[int, Body]) -> Iterator[str]:
    for key, index in cases:
        body = bodies.get(key)
        if body is not None and 0 <= index < body.raw:
            yield body.case(index).id


def _issue_info(known: KnownIssues, judge: Judge) -> dict[str, IssueInfo]:
    found: dict[str, IssueInfo] = {}
    by_id = {issue.id: issue for issue in known.issues}
    for (issue_id, backend), count in sorted(judge.issue_counts.items()):
        issue = by_id[issue_id]
        if count.judged or count.matched:
            info = found.setdefault(issue_id, IssueInfo(issue.title, issue.right, issue.cite, issue.text))
            info.counts[backend] = [count.judged, count.matched]
    return found


def _baseline_differences(gathered: Sequence[Gathered]) -> list[str]:
    """Lines such as `mode 5, cr4: qemu 0x600, bochs 0x620`: where backends begin differently."""
    by_mode: dict[int, dict[str, tuple[Layout, Mapping[int, int]]]] = {}
    for one in gathered:
        for result in one.results:
            layout = result.ledger.layout
            if layout is None:
                continue
            for mode, baseline in result.ledger.baselines.items():
                words = {i: w for i, w in baseline.words(layout.word_size).items() if w}
                by_mode.setdefault(mode, {})[one.backend.label] = layout, words
    names = {number: name for name, (number, _) in MODES.items()}
    lines = []
    for mode, views in sorted(by_mode.items()):
        seen: set[str] = set()
        for index in sorted({i for _, words in views.values() for i in words}):
            if len({words.get(index, 0) for _, words in views.values()}) < 2:
                continue
            layout = next(iter(views.values()))[0]
            name = layout.name_at(index)
            if name in seen:
                continue
            seen.add(name)
            values = ", ".join(f"{label} {words.get(index, 0):#x}" for label, (_, words) in views.items())
            lines.append(f"{names.get(mode, mode)}, {name}: {values}")
    return lines


def default_jobs() -> int:
    return len(os.sched_getaffinity(0))
