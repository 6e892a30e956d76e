# SPDX-License-Identifier: BSD-2-Clause
"""The command line: errors in one clear line with a documented exit code, and one whole run."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from harness import paths

LAUNCHER = str(paths.ROOT / "ringdiff")


def ringdiff(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **environment}
    return subprocess.run(
        [LAUNCHER, *arguments], capture_output=True, text=True, check=False, env=env, cwd=paths.ROOT
    )


def one_line(result: subprocess.CompletedProcess[str], code: int, *parts: str) -> None:
    assert result.returncode == code, result.stderr
    lines = result.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("ringdiff: error: "), result.stderr
    for part in parts:
        assert part in lines[0]


def test_help_is_a_front_door() -> None:
    text = ringdiff("--help").stdout
    for command in ("run", "list", "show", "backends", "image", "minimise", "merge", "report"):
        assert f"  {command} " in text
        sub = ringdiff(command, "--help")
        assert sub.returncode == 0 and "Usage: ringdiff " + command in sub.stdout
    assert "exit codes:" in text


def test_user_errors_are_one_line(tmp_path: Path) -> None:
    one_line(ringdiff("rnu"), 3, "no command 'rnu'", "did you mean 'run'")
    one_line(ringdiff("run", "--cup", "intel"), 3, "--cup")
    one_line(ringdiff("run", "-b", "nonesuch"), 3, "unknown backend 'nonesuch'")
    one_line(ringdiff("run", "-b", "qemu", "no/such/case"), 3, "no/such/case")
    one_line(ringdiff("run", "--shard", "3/2"), 3, "3/2")
    one_line(ringdiff("run", "-b", "qemu:/nonexistent/qemu"), 4, "/nonexistent/qemu")
    one_line(ringdiff("show", "no/such/case/x"), 3, "no/such/case/x")
    one_line(ringdiff("report", str(tmp_path)), 3, "run.json", "is this a run's folder?")
    one_line(ringdiff("merge", str(tmp_path), "--out", str(tmp_path / "x")), 3, "run.json")
    one_line(ringdiff("backends", "x" * 70), 3, "unknown backend")


def test_output_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    target = str(tmp_path / "file" / "deeper")
    one_line(ringdiff("image", "syscall/syscall-disabled", "-o", target), 5, "cannot write")


def test_stdout_that_is_full() -> None:
    with open("/dev/full", "w") as full:
        result = subprocess.run(
            [LAUNCHER, "list", "cases"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            cwd=paths.ROOT,
        )
    one_line(result, 5, "No space left on device")


def test_a_reader_that_goes_away_causes_no_noise() -> None:
    call = f"'{LAUNCHER}' list cases | head -1"
    result = subprocess.run(["sh", "-c", call], capture_output=True, text=True, check=False, cwd=paths.ROOT)
    assert result.stderr == "" and result.stdout.count("\n") == 1


def test_list() -> None:
    cases = ringdiff("list", "cases").stdout.splitlines()
    assert len(cases) > 100 and len(set(cases)) == len(cases)
    assert all(len(case.split("/")) in (4, 5) for case in cases)
    topics = ringdiff("list", "topics").stdout.splitlines()
    assert sum(int(line.split()[1]) for line in topics) == len(cases)
    modes = ringdiff("list", "modes").stdout.splitlines()
    assert sum(int(line.split()[1]) for line in modes) == len(cases)
    assert ringdiff("list", "cases", topics[0].split()[0]).stdout.count("\n") == int(topics[0].split()[1])


@pytest.fixture(scope="module")
def backend() -> str:
    for name in ("qemu", "bochs"):
        if ringdiff("backends", name).returncode == 0:
            return name
    pytest.skip("no emulator here")


def test_a_run_its_report_its_shards_and_its_view(tmp_path: Path, backend: str) -> None:
    folders = {name: str(tmp_path / name) for name in ("whole", "again", "one", "two", "merged")}
    what = ("syscall/sysret-ss-rpl", "-b", backend, "-q")
    for name, more in (
        ("whole", ()),
        ("again", ()),
        ("one", ("--shard", "1/2")),
        ("two", ("--shard", "2/2")),
    ):
        result = ringdiff("run", *what, *more, "--out", folders[name])
        assert result.returncode in (0, 10), result.stderr
        assert result.stderr == ""
    merged = ringdiff("merge", folders["one"], folders["two"], "--out", folders["merged"])
    assert merged.returncode in (0, 10), merged.stderr
    results = {name: Path(folder, "results.jsonl").read_bytes() for name, folder in folders.items()}
    assert results["whole"] == results["again"] == results["merged"]
    assert len(results["one"]) and len(results["two"])
    for stream in Path(folders["whole"], "records").iterdir():
        for other in ("again", "merged"):
            assert stream.read_bytes() == Path(folders[other], "records", stream.name).read_bytes()
    rows = [json.loads(line) for line in results["whole"].splitlines()]
    assert {row["case"] for row in rows} == set(ringdiff("list", "cases", what[0]).stdout.split())
    assert not {"MISSING", "CRASH", "HANG"} & {row["verdict"] for row in rows}
    report = ringdiff("report", folders["whole"], "--against", folders["again"])
    assert report.returncode == merged.returncode and "since" not in report.stdout
    case = rows[0]["case"]
    live = ringdiff("show", case, "-b", backend)
    stored = ringdiff("show", case, "--from", folders["whole"])
    assert live.stdout == stored.stdout
    for wanted in (case, "sysret", "; STOP", "launch", f"{backend}: {rows[0]['verdict']}"):
        assert wanted in live.stdout


def test_show_wants_one_case(backend: str) -> None:
    one_line(
        ringdiff("show", "syscall/sysret-ss-rpl", "-b", backend),
        3,
        "show one, such as syscall/sysret-ss-rpl/",
    )
