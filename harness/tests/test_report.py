# SPDX-License-Identifier: BSD-2-Clause
"""What a run leaves behind: the truth in results.jsonl, and TAP, JUnit XML and summary derived from it."""

from __future__ import annotations

import io
import os
import random
import shutil
import subprocess
import xml.etree.ElementTree as ET
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from harness.errors import ExitCode, UserError
from harness.report import against, rundir, tap
from harness.report.clusters import group
from harness.report.merge import merge
from harness.report.outputs import write_derived
from harness.report.rundir import BackendInfo, FieldRow, IssueInfo, Row, Run, RunInfo, TestcaseInfo
from harness.report.summary import print_summary

EVERY = ("PASS", "FAIL", "SKIP", "KNOWN", "FIXED", "CRASH", "HANG", "MISSING")


def row(case: str, verdict: str = "PASS", backend: str = "qemu", clusters: tuple[str, ...] = ()) -> Row:
    fields: list[FieldRow] = []
    if verdict in ("FAIL", "KNOWN"):
        field: FieldRow = {
            "name": "ss",
            "actual": "0x20",
            "expected": "it's # 0x23",
            "source": "manual: SDM: \\x",
        }
        if verdict == "KNOWN":
            field["known"] = "rf-lost"
        fields.append(field)
    reason = "" if verdict == "PASS" else f"because # of {verdict} 'it' \\ is\nso"
    return Row(
        case=case,
        testcase="iret/x",
        topic="iret",
        mode="long64",
        backend=backend,
        version="1",
        verdict=verdict,
        reason=reason,
        clusters=list(clusters),
        fields=fields,
    )


def run_of(*rows: Row, **info: object) -> Run:
    backends = [
        BackendInfo(n, "1", n.upper(), n, "intel", "max") for n in dict.fromkeys(r["backend"] for r in rows)
    ]
    testcases = {"iret/x": TestcaseInfo("A 'title'", "SDM", "x.asm")}
    about = RunInfo("intel", backends, testcases=testcases, **info)  # type: ignore[arg-type]
    return Run(about, list(rows))


def every_verdict() -> Run:
    rows = [row(f"iret/x/long64/cpl0/n={n}", verdict) for n, verdict in enumerate(EVERY)]
    return run_of(*rows, filters=["iret"])


def test_a_run_comes_back_as_it_was_written(tmp_path: Path) -> None:
    run = every_verdict()
    run.info.known["rf-lost"] = IssueInfo("t", "r", "c", "x", {"qemu": [3, 1]})
    rundir.write_run(tmp_path, run)
    again = rundir.read_run(tmp_path)
    assert (again.rows, again.info) == (run.rows, run.info)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"case": "x"', "results.jsonl:2: not a JSON object"),
        ("[]", "results.jsonl:2: not a JSON object"),
        ('{"case": "x"}', "results.jsonl:2: key 'testcase' is missing"),
    ],
)
def test_damaged_results_are_refused_with_their_line(tmp_path: Path, line: str, message: str) -> None:
    rundir.write_run(tmp_path, run_of(row("a")))
    with open(tmp_path / rundir.RESULTS, "a") as file:
        file.write(line + "\n")
    with pytest.raises(UserError) as caught:
        rundir.read_run(tmp_path)
    assert message in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 99}'])
def test_damaged_run_json_is_refused(tmp_path: Path, text: str) -> None:
    rundir.write_run(tmp_path, run_of(row("a")))
    (tmp_path / rundir.RUN).write_text(text)
    with pytest.raises(UserError, match="run.json"):
        rundir.read_run(tmp_path)


def test_a_full_disk_is_said_and_leaves_no_partial_file(tmp_path: Path) -> None:
    target = tmp_path / "results.jsonl"
    (tmp_path / "results.jsonl.partial").symlink_to("/dev/full")
    with pytest.raises(UserError) as caught:
        rundir.write_file(target, [b"x" * 100_000])
    assert "No space left on device" in str(caught.value)
    assert caught.value.exit_code == ExitCode.SYSTEM
    assert not target.exists() and not (tmp_path / "results.jsonl.partial").is_symlink()


@pytest.mark.parametrize("verdict", EVERY)
def test_exit_codes(verdict: str) -> None:
    expected = 0 if verdict in ("PASS", "SKIP", "KNOWN") else 10
    assert run_of(row("a", verdict), row("b")).exit_code() == expected


def test_tap_says_what_each_reader_must_hear(tmp_path: Path) -> None:
    import tap.parser as tap_parser

    write_derived(tmp_path, every_verdict())
    points = [p for p in tap_parser.Parser().parse_file(str(tmp_path / rundir.TAP)) if p.category == "test"]
    assert len(points) == len(EVERY)
    heard = {v: (p.ok, p.skip, p.todo) for v, p in zip(EVERY, points)}
    assert heard["PASS"] == (True, False, False)
    assert heard["SKIP"] == (True, True, False)
    assert heard["KNOWN"] == (False, False, True)
    for verdict in ("FAIL", "FIXED", "CRASH", "HANG", "MISSING"):
        assert heard[verdict] == (False, False, False)


def prove(path: Path) -> subprocess.CompletedProcess[str]:
    if shutil.which("prove") is None:
        pytest.skip("no prove here")
    return subprocess.run(["prove", "-e", "cat", str(path)], capture_output=True, text=True, check=False)


def test_prove_accepts_the_tap(tmp_path: Path) -> None:
    write_derived(tmp_path, every_verdict())
    result = prove(tmp_path / rundir.TAP)
    assert "Parse errors" not in result.stdout
    assert "Failed 5/8 subtests" in result.stderr + result.stdout
    write_derived(tmp_path, run_of(row("a"), row("b", "SKIP"), row("c", "KNOWN")))
    assert prove(tmp_path / rundir.TAP).returncode == 0
    write_derived(tmp_path, run_of())
    assert prove(tmp_path / rundir.TAP).returncode == 0


def test_tap_body_is_tap_14() -> None:
    lines = list(tap.lines(every_verdict()))
    assert lines[1] == "1..8"
    opened = [n for n, line in enumerate(lines) if line == "  ---"]
    for n in opened:
        assert lines[n - 1].startswith("not ok ")
        assert "  ..." in lines[n:]
    assert all(line[:1] != " " or line.startswith("  ") for line in lines)


def test_junit_is_well_formed_and_counts(tmp_path: Path) -> None:
    run = every_verdict()
    run.rows[1]["reason"] = "control \x00\x1b characters & <tags>"
    write_derived(tmp_path, run)
    suites = ET.parse(tmp_path / rundir.JUNIT).getroot()
    (suite,) = suites.iter("testsuite")
    assert [suite.get(k) for k in ("tests", "failures", "errors", "skipped")] == ["8", "2", "3", "2"]


def shards_of(run: Run, parts: int) -> list[Run]:
    made = []
    for n in range(parts):
        rows = [r for r in run.rows if hash(r["case"]) % parts == n]
        info = RunInfo(
            "intel",
            [BackendInfo(b.name, b.version, b.title, b.family, b.vendor, b.cpu) for b in run.info.backends],
        )
        info.shards = [f"{n + 1}/{parts}"]
        info.testcases = dict(run.info.testcases)
        info.known = {"rf-lost": IssueInfo("t", "r", "c", "x", {"qemu": [1, 0]})}
        made.append(Run(info, rows))
    return made


def test_merged_shards_are_the_whole() -> None:
    rng = random.Random(3)
    rows = [
        row(f"iret/x/long64/cpl0/n={n}", rng.choice(EVERY), b) for n in range(50) for b in ("qemu", "bochs")
    ]
    whole = run_of(*rows)
    rundir.sort_rows(whole.rows, whole.info.backends)
    merged = merge(shards_of(whole, 3), [Path(str(n)) for n in range(3)])
    assert merged.rows == whole.rows
    assert merged.info.complete and not merged.info.shards
    assert merged.info.known["rf-lost"].counts == {"qemu": [3, 0]}
    assert merged.info.fixed_issues() == [("rf-lost", "qemu")]


def test_missing_shards_leave_a_run_incomplete() -> None:
    merged = merge(shards_of(run_of(row("a"), row("b")), 3)[:2], [Path("1"), Path("2")])
    assert not merged.info.complete
    assert merged.info.fixed_issues() == []


def test_what_does_not_belong_together_is_not_merged() -> None:
    first, second = shards_of(run_of(row("a"), row("b"), row("c")), 2)
    with pytest.raises(UserError, match="is also in"):
        merge([run_of(row("a")), run_of(row("a"))], [Path("1"), Path("2")])
    second.info.backends[0].version = "2"
    with pytest.raises(UserError, match="backends, versions or CPU models"):
        merge([first, second], [Path("1"), Path("2")])
    second.info.backends[0].version = "1"
    second.info.profile = "amd"
    with pytest.raises(UserError, match="profile amd"):
        merge([first, second], [Path("1"), Path("2")])


def test_an_issue_that_no_longer_shows_is_an_alarm_of_a_complete_run_only() -> None:
    run = run_of(row("a"))
    run.info.known["gone"] = IssueInfo("t", "r", "c", "x", {"qemu": [5, 0], "bochs": [5, 1]})
    assert run.info.fixed_issues() == [("gone", "qemu")]
    assert run.exit_code() == ExitCode.DIVERGENCE
    run.info.filters = ["iret"]
    assert run.info.fixed_issues() == []
    assert run.exit_code() == ExitCode.OK


def test_keys_with_the_same_rows_are_one_finding() -> None:
    both = ("qemu iret/x ss bit1", "qemu iret/x rsp zero")
    rows = [row(f"c{n}", "FAIL", clusters=both) for n in range(3)] + [
        row("d", "FAIL", clusters=("qemu * flags.rf 0->1",))
    ]
    rows += [row("e", "KNOWN", clusters=("known rf-lost",))]
    found = group(run_of(*rows))
    assert [(c.cases, len(c.keys), c.is_known) for c in found] == [(3, 2, False), (1, 1, False), (1, 1, True)]
    assert found[2].issue == "rf-lost"


def shown(run: Run) -> str:
    out = io.StringIO()
    with redirect_stdout(out):
        print_summary(run, width=150)
    return out.getvalue()


def test_the_summary_shows_matrix_clusters_and_how_to_see_one() -> None:
    rows = [row(f"iret/x/long64/cpl0/n={n}") for n in range(20)]
    rows += [row(f"iret/x/long64/cpl0/m={n}", "FAIL", clusters=("qemu iret/x ss bit1",)) for n in range(7)]
    rows += [row("iret/x/long64/cpl0/k=1", "KNOWN", clusters=("known rf-lost",))]
    run = run_of(*rows)
    run.info.known["rf-lost"] = IssueInfo(
        "RF is lost", "the manual is right", "SDM 3A 6.8", "text", {"qemu": [1, 1]}
    )
    text = shown(run)
    for wanted in (
        "20 PASS",
        "7 FAIL",
        "1 KNOWN",
        "A 'title'",
        "7 cases",
        "ss is 0x20, expected",
        "SDM: \\x",
    ):
        assert wanted in text
    for wanted in (
        "./ringdiff show 'iret/x/long64/cpl0/m=0'",
        "RF is lost",
        "the manual is right",
        "SDM 3A 6.8",
    ):
        assert wanted in text


def test_a_rise_in_skips_is_reported() -> None:
    before = run_of(row("a"), row("b"), row("c", "SKIP"), row("d"), row("e", "FAIL"))
    now = run_of(row("a", "SKIP"), row("b", "FAIL"), row("c", "SKIP"), row("e"))
    text = "\n".join(against.lines(now, before))
    assert "1 cases are now SKIP and were run before, such as a" in text
    assert "1 cases of the earlier run are not in this one, such as d" in text
    assert "1 cases got worse, such as b" in text
    assert "1 cases now pass, such as e" in text
    assert not list(against.lines(now, now))


def test_results_do_not_depend_on_hash_seeds() -> None:
    code = (
        "from harness.tests.test_verdict import *\n"
        "r = run(case_with('expect: changed == {DATA1}', 'expect: regs == {rdx}'), final(m_c010=1, rbx=2), final())\n"
        "print([x.as_json() for x in r])"
    )
    said = set()
    for seed in ("1", "2", "3"):
        env = {**os.environ, "PYTHONHASHSEED": seed}
        call = ["/usr/bin/python3", "-c", code]
        said.add(subprocess.run(call, env=env, capture_output=True, text=True, check=True).stdout)
    assert len(said) == 1
