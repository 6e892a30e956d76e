# SPDX-License-Identifier: BSD-2-Clause
"""From a case and a suspect to the smallest case that shows the same finding."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.case import Case
from harness.errors import UserError
from harness.execution import Execution, execute, make_plan
from harness.minimise.finding import Wanted, wanted
from harness.minimise.search import minimise
from harness.minimise.source import Source, judged, of_case, titled
from harness.minimise.trial import Trial
from harness.probing import Probing
from harness.report.rundir import BackendInfo, FieldRow, IssueInfo, Row, RunInfo
from harness.selection import Part, Selection


@dataclass(frozen=True)
class Minimised:
    """The smallest case, and what it shows."""

    origin: Case
    profile: str
    wanted: Wanted
    source: Source
    before: int  # lines of code of the case as it was
    boots: int
    suspect: BackendInfo
    compared: tuple[BackendInfo, ...]
    row: Row  # the suspect's
    issue: IssueInfo | None

    @property
    def fields(self) -> list[FieldRow]:
        return self.wanted.fields(self.row)


def minimise_case(
    case: Case,
    probing: Probing,
    profile: str,
    finding: str | None,
    boots: int,
    tell: Callable[[int, int], None],
    warn: Callable[[str], None],
) -> Minimised:
    """probing: the suspect first. UserError if the case does not show the finding, with or without its expectations.

    tell: how many candidates have booted, and the lines of the smallest so far.
    """
    suspect = probing.asked[0].label
    plan = make_plan(Selection([Part(case.body, [case.index])]), probing, 2, warn)
    first = execute(plan, RunInfo(profile, [], [case.id]))
    kept = wanted(_row(first, suspect), finding)
    text = Path(case.body.testcase.path).read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="ringdiff-minimise-") as name:
        trial = Trial(case.body.testcase.id, probing, profile, suspect, Path(name), boots)
        smallest = -1

        def holds(source: Source) -> bool:
            tell(trial.boots, smallest)
            return trial.holds(source, kept)

        def reached(source: Source) -> None:
            nonlocal smallest
            smallest = source.size

        begin = next((one for one in (of_case(case, text), judged(case, text)) if holds(one)), None)
        if begin is None:
            raise UserError(
                f"{case.id} in an image of its own does not show '{kept.cluster}' on {suspect}, or not there alone"
            )
        reached(begin)
        source = minimise(begin, holds, reached)
        last = trial.run(source)
    info = last.run.info
    issue = info.known.get(kept.issue)
    if issue is not None:
        source = titled(source, issue.title.removeprefix("... "), issue.cite)
    return Minimised(
        origin=case,
        profile=profile,
        wanted=kept,
        source=source,
        before=begin.size,
        boots=trial.boots,
        suspect=next(b for b in info.backends if b.name == suspect),
        compared=tuple(b for b in info.backends if b.name != suspect),
        row=_row(last, suspect),
        issue=issue,
    )


def _row(done: Execution, suspect: str) -> Row:
    (row,) = (row for row in done.run.rows if row["backend"] == suspect)
    return row
