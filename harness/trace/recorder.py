# SPDX-License-Identifier: BSD-2-Clause
"""Recording a trace, replaying it, revoking parts of it: what the commands of these names do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness import catalog
from harness.case import Body
from harness.catalog import Catalog
from harness.errors import ExitCode, UserError
from harness.execution import default_jobs, make_plan
from harness.probing import Probing
from harness.selection import Selection
from harness.supervise import Progress
from harness.trace import provenance, replay, store
from harness.trace.boxes import point
from harness.trace.replay import Comparison, Divergence, Pass
from harness.trace.store import Draft, Trace
from harness.trace.text import Section, render

Warn = Callable[[str], None]
_SHOWN = 20


@dataclass(frozen=True)
class Report:
    """What to print, and how to exit."""

    lines: tuple[str, ...]
    exit_code: int = ExitCode.OK


def record(
    probing: Probing,
    spec: str,
    profile: str,
    filters: Sequence[str],
    name: str | None,
    root: Path,
    warn: Warn,
    progress: Progress | None = None,
) -> Report:
    """Record twice, write, replay, accept. UserError with the cases where the passes do not agree."""
    if probing.asked[0].hidden:
        raise UserError("hidden segment parts are no part of a trace; leave out hidden=1")
    name = store.check_name(name or f"{probing.asked[0].label}-{profile}")
    cases = catalog.load()
    selection = replay.whole_testcases(cases.select(filters), cases.bodies)
    plan = make_plan(selection, probing, default_jobs(), warn)
    first = replay.run(plan, progress, judged=True)
    _refuse_lost(first, name)
    second = replay.run(plan, progress, careful=True)
    _refuse_differences(replay.between(first, second, cases.bodies), name, "the second pass differs")
    if not first.cases:
        raise UserError(f"nothing to record: {first.skipped} cases were skipped, none was run")
    with Draft(root, name) as draft:
        source = provenance.describe(spec, profile, first.gathered)
        kept, source = _earlier(draft, filters, source)
        revoked = _write(draft, first, selection, bool(filters))
        recorded = first.cases - revoked
        entry = provenance.recording(filters, recorded, first.skipped)
        draft.write(store.PROVENANCE, store.toml({**source, "recording": [*kept, entry]}))
        trace = draft.seal()
        third = replay.run(plan, progress)
        result = replay.compare(trace, third, selection, cases.bodies)
        _refuse_differences(result.divergences, name, "the replay differs")
        place = draft.accept()
    size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    lines = [
        f"{name}: {recorded} cases recorded twice and replayed, {first.skipped} skipped, {revoked} revoked",
        f"trace: {place} ({size / 1e6:.1f} MB)",
    ]
    if first.breaches:
        lines.append(
            f"{len(first.breaches)} of them are not as their testcases expect, and recorded as they are:"
        )
        lines += _few([f"    {case}: {names}" for case, names in first.breaches.items()]).splitlines()
    return Report(tuple(lines))


def _earlier(
    draft: Draft, filters: Sequence[str], source: dict[str, object]
) -> tuple[list[object], dict[str, object]]:
    """The recordings that a part of a trace is added to, none where all of it is recorded anew; its tables."""
    if not draft.place.is_dir() or not filters:
        return [], source
    old = Trace(draft.place).provenance
    if reason := provenance.conflict(old, source):
        raise UserError(
            f"{draft.place.name} is of another implementation or processor ({reason}); "
            "record all of it, or use --as"
        )
    kept = list(old.pop("recording", []))
    return kept, {**source, **old}


def _write(draft: Draft, found: Pass, selection: Selection, partly: bool) -> int:
    """The testcases' files and the baseline; returns how many cases were left out as revoked."""
    revocations = store.read_revocations(draft.folder)
    testcases = {part.body.testcase.id: part.body.testcase for part in selection.parts}
    revoked = 0
    if not partly:
        for path in sorted(draft.folder.glob("*/*.txt")):
            path.unlink()
    for testcase in testcases.values():
        sections = found.sections(testcase)
        bodies = [part.body for part in selection.parts if part.body.testcase.id == testcase.id]
        revoked += _leave_out(sections, bodies, revocations)
        sections = {key: section for key, section in sections.items() if section.outcomes}
        if sections:
            draft.write(f"{testcase.id}.txt", render(testcase, sections))
        else:
            draft.remove(f"{testcase.id}.txt")
    baseline = dict(found.baseline)
    if partly and (draft.folder / store.BASELINE).is_file():
        text = (draft.folder / store.BASELINE).read_text(encoding="utf-8")
        baseline = {**replay.read_baseline(text), **baseline}
    draft.write(store.BASELINE, replay.baseline_text(baseline))
    return revoked


def _leave_out(
    sections: dict[tuple[str, int], Section], bodies: Iterable[Body], revocations: Sequence[store.Revocation]
) -> int:
    count = 0
    for body in bodies if revocations else ():
        section = sections.get((body.mode, body.cpl))
        for case in body.cases() if section is not None else ():
            if any(one.covers(case.id) for one in revocations):
                assert section is not None
                count += section.outcomes.pop(point(body, case.index), None) is not None
    return count


def _refuse_lost(found: Pass, name: str) -> None:
    if found.lost:
        raise UserError(
            f"{name} is not recorded: {len(found.lost)} cases left neither a record nor a reason to skip them",
            exit_code=ExitCode.INCOMPLETE,
            detail=_few([f"{case}: {reason}" for case, reason in found.lost.items()]),
        )


def _refuse_differences(found: Iterable[Divergence], name: str, what: str) -> None:
    differing = list(found)
    if differing:
        raise UserError(
            f"{name} is not recorded: {what} in {len(differing)} cases",
            exit_code=ExitCode.DIVERGENCE,
            detail=_few([f"{one.what}: {'; '.join(one.lines)}" for one in differing]),
        )


def _few(lines: Sequence[str]) -> str:
    more = [f"... and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
    return "\n".join([*lines[:_SHOWN], *more])


def verify(
    words: Sequence[str],
    spec: str | None,
    root: Path,
    most: int,
    warn: Warn,
    progress: Progress | None = None,
) -> Report:
    """Replay one trace, or all of the folder."""
    folder = store.find(words[0], root) if words else None
    if folder is not None:
        return _verify(Trace(folder), words[1:], spec, most, warn, progress)
    folders = store.all_traces(root)
    if not folders:
        raise UserError(f"{root} holds no trace; `./ringdiff record` makes one")
    cases = catalog.load()
    if words:
        try:
            cases.select(words)
        except UserError as error:
            traces = ", ".join(path.name for path in folders)
            raise UserError(f"no trace '{words[0]}' (there are {traces}), and {error.message}") from None
    lines: list[str] = []
    code = int(ExitCode.OK)
    for path in folders:
        try:
            done = _verify(Trace(path), words, spec, most, warn, progress)
        except UserError as error:
            if error.exit_code != ExitCode.UNAVAILABLE or spec is not None or len(folders) == 1:
                raise
            warn(f"trace {path.name} is not replayed: {error.message}")
            continue
        lines += done.lines
        code = max(code, done.exit_code)
    if not lines:
        raise UserError("no trace can be replayed here", exit_code=ExitCode.UNAVAILABLE)
    return Report(tuple(lines), code)


def _verify(
    trace: Trace, filters: Sequence[str], spec: str | None, most: int, warn: Warn, progress: Progress | None
) -> Report:
    probing = Probing([spec or trace.backend["spec"]], trace.profile)
    cases = catalog.load()
    selection = cases.select(filters)
    _check_held(trace, selection, cases, warn)
    plan = make_plan(selection, probing, default_jobs(), warn)
    found = replay.run(plan, progress)
    result = replay.compare(trace, found, selection, cases.bodies)
    return Report(tuple(_lines(trace, found, result, most)), _exit_code(result))


def _check_held(trace: Trace, selection: Selection, cases: Catalog, warn: Warn) -> None:
    """UserError if the trace has nothing of the selection. A file of a testcase that is gone is told."""
    have = set(trace.testcases())
    for gone in sorted(have - cases.testcases.keys()):
        warn(f"trace {trace.name} holds {gone}, which is no testcase any more; record it again")
    if not any(part.body.testcase.id in have for part in selection.parts):
        raise UserError(f"trace {trace.name} holds no golden record of these cases")


def _exit_code(result: Comparison) -> int:
    return int(ExitCode.DIVERGENCE if result.divergences or not result.same else ExitCode.OK)


def _lines(trace: Trace, found: Pass, result: Comparison, most: int) -> Iterable[str]:
    for one in result.divergences[:most]:
        yield one.what
        yield from (f"    {line}" for line in one.lines)
    if len(result.divergences) > most:
        yield f"... and {len(result.divergences) - most} more; --all shows them"
    for note in result.notes:
        yield f"note: {note}"
    if result.revoked:
        yield f"revoked: {len(result.revoked)} cases, not compared"
        for revocation in trace.revocations:
            yield f"    {revocation.cases}: {revocation.reason} ({revocation.date})"
    backend = found.gathered.backend
    counts = [f"{result.same} cases the same", f"{len(result.divergences)} differ"]
    counts += [f"{result.unrecorded} without a golden record"] * bool(result.unrecorded)
    counts += [f"{result.not_run} not run"] * bool(result.not_run)
    yield f"{trace.name} on {backend.label} {found.gathered.version}: {', '.join(counts)}"


def revoke(name: str, pattern: str, reason: str, root: Path) -> list[str]:
    """Append to a trace's list; UserError where the glob covers no golden record."""
    folder = store.find(name, root)
    if folder is None:
        raise UserError(f"no trace '{name}' in {root}")
    if not reason.strip():
        raise UserError("--reason is empty; say why these golden records are not to be believed")
    trace = Trace(folder)
    revocation = store.Revocation(pattern, reason.strip(), time.strftime("%Y-%m-%d", time.gmtime()))
    cases = catalog.load()
    have = set(trace.testcases())
    count = 0
    for testcase in (cases.testcases[one] for one in sorted(have & cases.testcases.keys())):
        sections = trace.sections(testcase)
        for body in cases.bodies:
            section = sections.get((body.mode, body.cpl)) if body.testcase is testcase else None
            if section is None:
                continue
            for case in body.cases():
                if point(body, case.index) in section.outcomes:
                    count += revocation.covers(case.id)
    if not count:
        raise UserError(f"'{pattern}' covers no golden record of {trace.name}")
    store.append_revocation(folder, revocation)
    return [f"{trace.name}: {count} golden records revoked"]
