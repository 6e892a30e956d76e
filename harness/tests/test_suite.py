# SPDX-License-Identifier: BSD-2-Clause
"""The whole suite on the reference core, a part of it on QEMU and Bochs too, both profiles: nothing missing or
unexplained, no idle expectation.  `make check-all` takes all of it on all three.
"""

from __future__ import annotations

import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from tap.parser import Parser as TapParser

from harness import catalog
from harness.campaign import Kind
from harness.case import Body, Case, Testcase
from harness.execution import KNOWN, Execution, execute, make_plan
from harness.expect import Expr
from harness.known import load as load_known
from harness.probing import Probing
from harness.report.outputs import write_derived
from harness.report.rundir import RunInfo, write_run
from harness.state import DeadState, State
from harness.verdict import NEEDS_ATTENTION, Evidence, Judge, Verdict, Voice

PROFILES = ("intel", "amd")
CORE = ("refcore",)
ALL = ("refcore", "qemu", "bochs")
SAMPLE = (1, 10)  # part of how many: 200 of the 213 testcases are in it


@dataclass(frozen=True)
class Call:
    """What a run of this file runs."""

    profile: str
    backends: tuple[str, ...]
    part: tuple[int, int] | None = None


_RUNS: dict[Call, Execution] = {}


def run(call: Call) -> Execution:
    """The run of a call; once a test session."""
    if call not in _RUNS:
        selection = catalog.load().select()
        if call.part is not None:
            selection = selection.shard(*call.part)
        plan = make_plan(selection, Probing(call.backends, call.profile), 2)
        shards = [] if call.part is None else [f"{call.part[0]}/{call.part[1]}"]
        _RUNS[call] = execute(plan, RunInfo(call.profile, [], shards=shards))
    return _RUNS[call]


def _calls() -> Iterator[Any]:
    for profile in PROFILES:
        yield pytest.param(Call(profile, CORE), id=f"{profile}-core")
        yield pytest.param(Call(profile, ALL, SAMPLE), id=f"{profile}-sample")
        yield pytest.param(Call(profile, ALL), id=f"{profile}-all", marks=pytest.mark.slow)


@pytest.fixture(params=_calls())
def executed(request: pytest.FixtureRequest) -> Execution:
    return run(request.param)


def test_size() -> None:
    cases = catalog.load()
    assert len(cases.testcases) >= 120
    assert len(cases) >= 20_000


def test_everything_is_explained(executed: Execution) -> None:
    wrong = [
        f"{row['verdict']} {row['case']} on {row['backend']}: {row['reason']}"
        for row in executed.run.rows
        if row["verdict"] in NEEDS_ATTENTION
    ]
    assert wrong == []
    assert executed.run.info.fixed_issues() == []


def test_every_backend_answers_for_every_case(executed: Execution) -> None:
    for one in executed.gathered:
        assert len(one.evidence) == len(executed.plan.selection)
        assert not any(one.evidence[case].kind == "missing" for case in one.evidence)
        assert all(result.problem == "" for result in one.results)


def test_consumers_of_tap_and_junit_accept_a_run(tmp_path: Path) -> None:
    executed = run(Call("intel", ALL, SAMPLE))
    write_run(tmp_path, executed.run)
    write_derived(tmp_path, executed.run)
    tap = tmp_path / "results.tap"
    done = subprocess.run(["prove", "-e", "cat", str(tap)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    points = sum(line.category == "test" for line in TapParser().parse_file(str(tap)))
    assert points == len(executed.run.rows)
    suites = ET.parse(tmp_path / "junit.xml").getroot()
    assert len(list(suites.iter("testcase"))) == len(executed.run.rows)


@dataclass(frozen=True)
class Seen:
    """A case in which an expectation binds and holds, and who was asked."""

    case: Case
    execution: Execution
    voice: Voice
    evidence: Evidence


def _states(execution: Execution, wanted: Callable[[Case], bool]) -> Iterator[tuple[Seen, State | DeadState]]:
    arena = execution.plan.arena
    for case in execution.plan.selection:
        if not wanted(case):
            continue
        facts = execution.plan.facts(case)
        for one, voice in zip(execution.gathered, execution.voices):
            evidence = one.evidence[case.body.key, case.index]
            seen = Seen(case, execution, voice, evidence)
            if evidence.record is not None and evidence.layout is not None:
                yield seen, State(evidence.record, evidence.layout, evidence.baseline, facts, arena)
            elif evidence.kind is Kind.SHUTDOWN:
                yield seen, DeadState("shutdown", facts, arena)


def _holds(expr: Expr, state: State | DeadState) -> bool:
    try:
        return bool(expr.eval(state))
    except Exception:  # a value that does not exist here: the expectation does not hold
        return False


def _flipped(testcase: Testcase, n: int) -> Testcase:
    flipped = replace(testcase.expects[n], expr=testcase.expects[n].expr.negated())
    return replace(testcase, expects=(*testcase.expects[:n], flipped, *testcase.expects[n + 1 :]))


def test_every_expectation_can_fail() -> None:
    """Each `expect` line binds and holds somewhere; with its truth flipped the run fails there."""
    open_lines = {
        (testcase.id, n): expect
        for testcase in catalog.load().testcases.values()
        for n, expect in enumerate(testcase.expects)
    }
    proofs: dict[tuple[str, int], Seen] = {}
    for profile in PROFILES:
        execution = run(Call(profile, CORE))
        vendors = {None, *(voice.vendor for voice in execution.voices)}

        def wanted(case: Case, vendors: set[str | None] = vendors) -> bool:
            testcase = case.body.testcase
            return any(
                (testcase.id, n) in open_lines and expect.vendor in vendors
                for n, expect in enumerate(testcase.expects)
            )

        for seen, state in _states(execution, wanted):
            testcase = seen.case.body.testcase
            for n, expect in enumerate(testcase.expects):
                if (testcase.id, n) not in open_lines or expect.vendor not in (None, seen.voice.vendor):
                    continue
                if expect.when is not None and not _holds(expect.when, state):
                    continue
                if _holds(expect.expr, state):
                    proofs[testcase.id, n] = seen
                    del open_lines[testcase.id, n]
    testcases = catalog.load().testcases
    never = [
        f"{testcases[testcase_id].path}:{expect.line}: {expect.text}"
        for (testcase_id, _), expect in open_lines.items()
    ]
    assert never == [], "expectations that bind in no case, or hold in none:\n" + "\n".join(never)
    toothless = []
    known = load_known(KNOWN)
    for (testcase_id, n), seen in proofs.items():
        whole = seen.case.body
        body = Body(_flipped(whole.testcase, n), whole.mode, whole.cpl, whole.words, whole.selected)
        judge = Judge([seen.voice], known, seen.execution.plan.arena)
        facts = seen.execution.plan.facts(seen.case)
        (result,) = judge.judge(Case(body, seen.case.index), facts, [seen.evidence])
        if result.verdict is not Verdict.FAIL:
            toothless.append(f"{testcase_id}: {seen.case.body.testcase.expects[n].text}: {result.verdict}")
    assert toothless == []
