# SPDX-License-Identifier: BSD-2-Clause
"""A run that is killed goes on where it was, to the results of an undisturbed run."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from harness import paths

LAUNCHER = str(paths.ROOT / "ringdiff")
FILTERS = ["iret/cs-checks", "iret/flags", "iret/ss-checks"]


def command(out: Path, *more: str) -> list[str]:
    return [LAUNCHER, "run", *FILTERS, "-b", "bochs", "-j", "1", "-q", "--out", str(out), *more]


def test_a_killed_run_resumes(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    subprocess.run(command(whole), check=True, stdout=subprocess.DEVNULL)
    assert not (whole / "journal").exists()
    run = subprocess.Popen(command(cut), stdout=subprocess.DEVNULL)
    boots: list[Path] = []
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and run.poll() is None:  # one unit is done, the next under way
        boots = [path for path in cut.glob("journal/*.boots") if path.read_bytes().count(b"\n") > 1]
        if boots:
            break
        time.sleep(0.01)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    assert boots and not (cut / "results.jsonl").exists()
    subprocess.run(command(cut, "--resume"), check=True, stdout=subprocess.DEVNULL)
    assert (cut / "results.jsonl").read_bytes() == (whole / "results.jsonl").read_bytes()
    assert not (cut / "journal").exists()


def test_resume_needs_a_folder() -> None:
    done = subprocess.run([LAUNCHER, "run", "--resume"], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1 and "--out" in done.stderr
