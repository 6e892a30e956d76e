# SPDX-License-Identifier: BSD-2-Clause
"""Rounds of random testcases on a suspect and what it is compared with; what they show, each thing once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness import catalog
from harness.assemble import Assembler
from harness.case import Case
from harness.cluster import field_class
from harness.execution import execute, make_plan
from harness.fuzz.testcase import TOPIC, random_testcase
from harness.probing import Probing
from harness.report.rundir import FieldRow, Row, RunInfo

_DEAD = frozenset({"CRASH", "HANG", "MISSING"})
_PREFIXES = frozenset({"o16", "o32", "o64", "a16", "a32", "rep", "repne", "lock", "db", "STOP"})


@dataclass(frozen=True)
class Suspicion:
    """A field that differs in a random case, or a death, and what the window does."""

    case: Case
    field: str  # its class; `exit` of a death
    actual: str
    expected: str
    mnemonics: frozenset[str]

    def same_as(self, other: Suspicion) -> bool:
        """Whether the other one, whose window has no instruction too many, is what shows here too."""
        mine, others = (self.field, self.actual, self.expected), (other.field, other.actual, other.expected)
        coarse = self.field == other.field != "exit" or mine == others
        return coarse and other.mnemonics <= self.mnemonics


@dataclass
class Round:
    """What came of some testcases."""

    cases: int
    suspicions: list[Suspicion] = field(default_factory=list)


def mnemonics(lines: Sequence[str]) -> frozenset[str]:
    """The instructions of a window, without prefixes and the labels before them."""
    found = set()
    for line in lines:
        words = [word for word in re.split(r"[\s,]+", line.split(":")[-1].strip()) if word not in _PREFIXES]
        if words and words[0]:
            found.add(words[0])
    return frozenset(found)


def rounds(
    probing: Probing, profile: str, folder: Path, seed: int, numbers: range, size: int, modes: Sequence[str]
) -> Iterator[Round]:
    """The testcases of these numbers, `size` at a time. They stay in folder while the caller looks at a round."""
    assembler = Assembler(folder / "cache")
    for first in range(numbers.start, numbers.stop, size):
        place = folder / str(first) / TOPIC
        place.mkdir(parents=True)
        windows: dict[str, frozenset[str]] = {}
        for number in range(first, min(first + size, numbers.stop)):
            made = random_testcase(seed, number, modes)
            (place / f"{made.id.split('/')[1]}.asm").write_text(made.text)
            windows[made.id] = mnemonics(made.window)
        selection = catalog.load(place.parent, None).select()
        plan = make_plan(selection, probing, 2, assembler=assembler)
        done = execute(plan, RunInfo(profile, [], [TOPIC]))
        result = Round(len(selection))
        of_case: dict[str, list[Row]] = {}
        for row in done.run.rows:
            of_case.setdefault(row["case"], []).append(row)
        for case in selection:
            rows = of_case[case.id]
            suspect = next(row for row in rows if row["backend"] == probing.asked[0].label)
            found = _suspicion(suspect, [row for row in rows if row is not suspect])
            if found is not None:
                names = windows[case.body.testcase.id]
                result.suspicions.append(
                    Suspicion(case, field_class(found["name"]), found["actual"], found["expected"], names)
                )
        yield result


def _suspicion(suspect: Row, others: Sequence[Row]) -> FieldRow | None:
    """The first thing that is the suspect's alone; none where others died too, or skipped the case."""
    if (
        any(row["verdict"] in _DEAD or row["verdict"] == "SKIP" for row in others)
        or suspect["verdict"] == "SKIP"
    ):
        return None
    if "set-up diverged" in suspect["reason"]:
        return None
    return next((f for f in suspect["fields"] if "known" not in f and "follows" not in f), None)
