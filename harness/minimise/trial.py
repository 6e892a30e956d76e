# SPDX-License-Identifier: BSD-2-Clause
"""Runs candidates: a folder with one testcase, through the same pipeline as everything else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from harness import catalog
from harness.assemble import Assembler
from harness.case import Case
from harness.errors import UserError
from harness.execution import Execution, execute, make_plan
from harness.minimise.finding import Wanted
from harness.minimise.search import Exhausted
from harness.minimise.source import Source
from harness.probing import Probing
from harness.report.rundir import Row, RunInfo
from harness.selection import Part, Selection


STALL_S = 2.0  # what hangs is not wanted, unless the finding is that


class Trial:
    """One case's candidates on the suspect and on those that it is compared with."""

    def __init__(
        self, testcase: str, probing: Probing, profile: str, suspect: str, folder: Path, limit: int
    ) -> None:
        """testcase: its id; suspect: its label; folder: empty, for the candidates; limit: how many of them may boot."""
        self._testcase = testcase
        self._probing = probing
        self._profile = profile
        self._suspect = suspect
        self._folder = folder / "testcases"
        self._assembler = Assembler(folder / "cache")
        self._limit = limit
        self._seen: dict[str, bool] = {}
        self.boots = 0

    def case(self, source: Source) -> Case:
        """The candidate as a case; UserError if it is no testcase any more."""
        path = self._folder / f"{self._testcase}.asm"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source.text())
        (case,) = catalog.of_file(path, self._testcase).select()
        return case

    def run(self, source: Source, patient: bool = True) -> Execution:
        """The candidate's records and rows. patient: with the runners' own limits for what hangs."""
        case = self.case(source)
        selection = Selection([Part(case.body, [case.index])])
        plan = make_plan(selection, self._probing, 2, assembler=self._assembler)
        if not patient:
            plan.backends = [
                replace(b, manifest=replace(b.manifest, stall_s=min(b.manifest.stall_s, STALL_S)))
                for b in plan.backends
            ]
        self.boots += 1
        return execute(plan, RunInfo(self._profile, [], [case.id]))

    def row(self, source: Source, patient: bool) -> Row | None:
        """The suspect's row; None where others have more against them than that they disagree with the suspect, or the
        set-up did not come to the same and nothing but comparing would judge."""
        rows = self.run(source, patient).run.rows
        (own,) = (row for row in rows if row["backend"] == self._suspect)
        others = [row for row in rows if row is not own]
        comparable = source.judges or "set-up diverged" not in own["reason"]
        return own if comparable and all(map(self._agrees, others)) else None

    def _agrees(self, row: Row) -> bool:
        if row["verdict"] not in ("PASS", "KNOWN", "FAIL"):
            return False
        against = f"disagreement with {self._suspect} "
        return all("known" in f or "follows" in f or f["source"].startswith(against) for f in row["fields"])

    def holds(self, source: Source, wanted: Wanted) -> bool:
        """Whether the candidate shows it. Exhausted after as many boots as are allowed."""
        text = source.text()
        if text not in self._seen:
            if self.boots >= self._limit:
                raise Exhausted
            try:
                row = self.row(source, wanted.hangs)
                self._seen[text] = row is not None and wanted.shown_by(row)
            except UserError:
                self._seen[text] = False  # it does not assemble, or is no testcase
        return self._seen[text]
