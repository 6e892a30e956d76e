# SPDX-License-Identifier: BSD-2-Clause
"""What a run's folder holds besides the truth: derived from it, never the other way round."""

from __future__ import annotations

from pathlib import Path

from harness.report import junit, tap
from harness.report.rundir import JUNIT, TAP, Run, write_file


def write_derived(folder: Path, run: Run) -> None:
    """results.tap and junit.xml."""
    write_file(folder / TAP, ((line + "\n").encode() for line in tap.lines(run)))
    write_file(folder / JUNIT, [junit.document(run).encode("utf-8")])
