# SPDX-License-Identifier: BSD-2-Clause
"""`./ringdiff compare`: what was fixed and what broke between two versions, of one run and of two."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness import cli
from harness.cli.compare import BROKE
from harness.report import rundir
from harness.report.changes import Change, Side, compare, find_side
from harness.report.rundir import BackendInfo, FieldRow, IssueInfo, Row, Run, RunInfo, TestcaseInfo


def wrong(name: str, actual: str, known: str = "", follows: str = "") -> FieldRow:
    entry: FieldRow = {"name": name, "actual": actual, "expected": "right", "source": "manual: SDM"}
    if known:
        entry["known"] = known
    if follows:
        entry["follows"] = follows
    return entry


def row(case: str, backend: str, verdict: str, *fields: FieldRow, clusters: tuple[str, ...] = ()) -> Row:
    return Row(
        case=f"iret/x/long64/cpl0/{case}",
        testcase="iret/x",
        topic="iret",
        mode="long64",
        backend=backend,
        version={"old": "7.2", "new": "10.0"}.get(backend, "1"),
        verdict=verdict,
        reason="no SMAP" if verdict == "SKIP" else "",
        clusters=list(clusters),
        fields=list(fields),
    )


def run_of(*rows: Row, family: str = "qemu", profile: str = "intel") -> Run:
    backends = [
        BackendInfo(name, version, name, "refcore" if name == "ref" else family, profile, "max")
        for name, version in dict.fromkeys((r["backend"], r["version"]) for r in rows)
    ]
    about = {"iret/x": TestcaseInfo("IRET does it", "SDM", "x.asm")}
    known = {"rf-lost": IssueInfo("RF is lost", "manual", "SDM", "text")}
    return Run(RunInfo(profile, backends, testcases=about, known=known), list(rows))


def changes_of(old: Row, new: Row) -> tuple[Change, list[tuple[str, str, str]]]:
    run = run_of(old, new)
    found = compare(find_side(run, "r", "old"), find_side(run, "r", "new"))
    (change,) = found.cases.values()
    return change, [(str(one.change), one.key, one.example) for one in found.clusters]


KNOWN_RF = wrong("flags.rf", "0", known="rf-lost")
BAD_SS = wrong("ss", "0x20")


@pytest.mark.parametrize(
    ("old", "new", "change", "clusters"),
    [
        (("PASS",), ("PASS",), Change.SAME_RIGHT, []),
        (("KNOWN", KNOWN_RF), ("KNOWN", KNOWN_RF), Change.SAME_WRONG, []),
        (("KNOWN", KNOWN_RF), ("PASS",), Change.FIXED, [("fixed", "known rf-lost", "flags.rf was 0")]),
        (("KNOWN", KNOWN_RF), ("FIXED",), Change.FIXED, [("fixed", "known rf-lost", "flags.rf was 0")]),
        (("PASS",), ("FAIL", BAD_SS), Change.BROKEN, [("broken", "iret/x ss", "ss is 0x20")]),
        (("PASS",), ("KNOWN", KNOWN_RF), Change.BROKEN, [("broken", "known rf-lost", "flags.rf is 0")]),
        (
            ("KNOWN", KNOWN_RF),
            ("FAIL", BAD_SS),
            Change.BROKEN,
            [("broken", "iret/x ss", "ss is 0x20"), ("fixed", "known rf-lost", "flags.rf was 0")],
        ),
        (
            ("FAIL", BAD_SS),
            ("FAIL", wrong("ss", "0x23")),
            Change.CHANGED,
            [("changed", "iret/x ss", "ss is 0x23, was 0x20")],
        ),
        # What follows counts for nothing, and behind a wrong exit nothing was judged.
        (
            ("FAIL", wrong("exit", "#GP"), wrong("rip", "1", follows="exit")),
            ("FAIL", BAD_SS),
            Change.CHANGED,
            [
                ("changed", "iret/x ss", "ss is 0x20, exit was wrong before"),
                ("fixed", "iret/x exit", "exit was #GP"),
            ],
        ),
        (
            ("FAIL", BAD_SS),
            ("FAIL", wrong("exit", "#GP"), wrong("ss", "1", follows="exit")),
            Change.BROKEN,
            [("broken", "iret/x exit", "exit is #GP")],
        ),
        (("PASS",), ("MISSING",), Change.BROKEN, [("broken", "iret/x exit", "exit is MISSING")]),
        (("CRASH",), ("PASS",), Change.FIXED, [("fixed", "iret/x exit", "exit was CRASH")]),
        (("PASS",), ("SKIP",), Change.NEW_SKIP, []),
        (("SKIP",), ("FAIL", BAD_SS), Change.OLD_SKIP, []),
        (("SKIP",), ("SKIP",), Change.SKIP, []),
    ],
)
def test_what_became_of_a_case(
    old: tuple[str, ...],
    new: tuple[str, ...],
    change: Change,
    clusters: list[tuple[str, str, str]],
) -> None:
    of = changes_of(row("a=1", "old", *old), row("a=1", "new", *new))  # type: ignore[arg-type]
    assert of == (change, clusters)


def test_a_cluster_has_the_key_it_has_in_the_run() -> None:
    keys = ("known rf-lost", "qemu iret/x ss low16", "qemu iret/x rip value")
    new = row("a=1", "new", "FAIL", BAD_SS, KNOWN_RF, clusters=keys)
    _, clusters = changes_of(row("a=1", "old", "PASS"), new)
    assert [key for _, key, _ in clusters] == ["known rf-lost", "qemu iret/x ss low16"]
    died = row("a=1", "new", "CRASH", wrong("exit", "shutdown"), clusters=("qemu iret/x crash",))
    assert changes_of(row("a=1", "old", "PASS"), died)[1][0][1] == "qemu iret/x crash"


def test_fields_of_many_cases_are_one_cluster() -> None:
    rows = []
    for n in range(5):
        rows += [row(f"a={n}", "old", "PASS"), row(f"a={n}", "new", "FAIL", BAD_SS if n else KNOWN_RF)]
    run = run_of(*rows)
    found = compare(find_side(run, "r", "old"), find_side(run, "r", "new"))
    assert [(one.key, len(one.cases)) for one in found.clusters] == [("iret/x ss", 4), ("known rf-lost", 1)]
    assert found.counts()["broken"] == 5 and found.by_topic() == {"iret": {Change.BROKEN: 5}}


def write(folder: Path, *rows: Row, profile: str = "intel", family: str = "qemu") -> str:
    rundir.make_folder(folder)
    rundir.write_run(folder, run_of(*rows, profile=profile, family=family))
    return str(folder)


def test_one_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = write(
        tmp_path / "r",
        row("a=1", "old", "KNOWN", KNOWN_RF),
        row("a=1", "new", "PASS"),
        row("a=1", "ref", "PASS"),
        row("a=2", "old", "PASS"),
        row("a=2", "new", "SKIP"),
    )
    assert cli.main(["compare", run, "old", "new"]) == 0
    out = capsys.readouterr().out
    assert "fixed 1 case: RF is lost (known rf-lost)" in out
    assert "new SKIP 1 cases: no SMAP, such as iret/x/long64/cpl0/a=2" in out
    assert out.splitlines()[-1] == "old 7.2 -> new 10.0, intel profile: 1 fixed, 1 new SKIP"
    assert cli.main(["compare", run, "new", "old"]) == BROKE == 1
    assert "broken 1 case: RF is lost" in capsys.readouterr().out


def test_two_runs_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = write(
        tmp_path / "1", row("a=1", "mine", "PASS"), row("a=2", "mine", "PASS"), row("a=1", "old", "PASS")
    )
    two = write(tmp_path / "2", row("a=1", "mine", "FAIL", BAD_SS), row("a=3", "mine", "PASS"))
    assert cli.main(["compare", one, two, "--json"]) == BROKE
    (found,) = json.loads(capsys.readouterr().out)
    assert found["old"] == {"run": one, "backend": "mine", "version": "1", "cpu": "max"}
    assert found["broke"] is True and found["counts"]["broken"] == 1
    assert found["gone"] == ["iret/x/long64/cpl0/a=2"] and found["added"] == ["iret/x/long64/cpl0/a=3"]
    (cluster,) = found["clusters"]
    assert (cluster["change"], cluster["title"], cluster["cases"]) == (
        "broken",
        "IRET does it",
        ["iret/x/long64/cpl0/a=1"],
    )
    assert cli.main(["compare", two, one]) == 0
    assert cli.main(["compare", one, two, "old", "mine"]) == BROKE
    assert "old 7.2 -> mine 1" in capsys.readouterr().out


def test_what_cannot_be_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = write(
        tmp_path / "1", row("a=1", "old", "PASS"), row("a=1", "new", "PASS"), row("a=1", "ref", "PASS")
    )
    amd = write(tmp_path / "2", row("a=1", "old", "PASS"), profile="amd")
    other = write(tmp_path / "3", row("a=9", "old", "PASS"), row("a=9", "mine", "PASS"))
    for arguments, message in (
        ([one], "name two backends of"),
        ([one, "old"], "'old' is no run's folder"),
        ([one, "old", "nosuch"], "has no backend 'nosuch'; it has old, new, ref"),
        ([one, "old", "ref"], "are no two versions of the same: family qemu, refcore"),
        ([one, amd], "are no two versions of the same: CPU profile intel, amd"),
        ([one, other], "have no case in common"),
        ([one, other, "a", "b", "c"], "too many names: a b c"),
        ([write(tmp_path / "4", row("a=1", "only", "PASS")), other], "have no backend of the same name"),
        ([str(tmp_path / "nosuch"), "old", "new"], "is this a run's folder?"),
    ):
        assert cli.main(["compare", *arguments]) == 3
        errors = capsys.readouterr().err.splitlines()
        assert len(errors) == 1 and message in errors[0]


def test_sides_are_found_by_name() -> None:
    run = run_of(row("a=1", "old", "PASS"))
    assert find_side(run, "r", "old") == Side(run, run.info.backends[0], "r")
