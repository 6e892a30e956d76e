# SPDX-License-Identifier: BSD-2-Clause
"""Cores that are broken on purpose: each defect is caught by the testcase that names its rule, and by name."""
from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BROKEN = ROOT / "build" / "refcore" / "defects" / "refcore"

# Defect (refcore/src/cpu/defect.h): the testcases that name the rule, and the field that gives it away.
DEFECTS = {
    "sysret-rpl": (("syscall/sysret-ss-rpl", "syscall/sysret-chain"), "ss"),
    "iret-error-code": (("iret/cs-checks",), "err"),
    "cached-esp0": (("interrupt/tss-fresh",), "arrival.rsp"),
    "half-done-rmw": (("restart/rmw-read-only",), "rcx"),
    "clobbered-r11": (("syscall/syscall-state",), "r11"),
    "ins-through-rax": (("io/ins-bytes-in-order",), "rax"),
    "pe-drops-segments": (("segment/pe-stale-data", "segment/pe-stale-stack"), "exit"),
}


def run(defect: str, testcases: tuple[str, ...], folder: Path) -> list[dict[str, object]]:
    """results.jsonl of those testcases on the broken core."""
    wrapper = folder / f"refcore-{defect}"
    wrapper.write_text(f'#!/bin/sh\nexec {shlex.quote(str(BROKEN))} --defect {defect} "$@"\n')
    wrapper.chmod(0o755)
    out = folder / "run"
    call = [ROOT / "ringdiff", "run", "-q", "-b", f"refcore:{wrapper}", "--out", out]
    done = subprocess.run(
        [*map(str, call), *(f"{testcase}/*" for testcase in testcases)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode in (0, 10), done.stdout + done.stderr
    return [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    assert BROKEN.exists(), "run make -C refcore VARIANT=defects first"


@pytest.mark.parametrize("defect", DEFECTS)
def test_the_testcase_that_names_the_rule_catches_it(defect: str, tmp_path: Path) -> None:
    testcases, field = DEFECTS[defect]
    rows = run(defect, testcases, tmp_path)
    for testcase in testcases:
        failed = [row for row in rows if row["testcase"] == testcase and row["verdict"] == "FAIL"]
        assert failed, f"{testcase} passes on a core with {defect}"
    names = {entry["name"] for row in rows for entry in row["fields"]}  # type: ignore[attr-defined]
    assert field in names


def test_without_a_defect_the_same_build_passes(tmp_path: Path) -> None:
    every = tuple(testcase for testcases, _ in DEFECTS.values() for testcase in testcases)
    assert {row["verdict"] for row in run("none", every, tmp_path)} == {"PASS"}
