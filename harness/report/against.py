# SPDX-License-Identifier: BSD-2-Clause
"""A run against an earlier one: what became worse, and above all what is no longer run."""

from __future__ import annotations

from collections.abc import Iterator

from harness.report.rundir import ATTENTION, Run


def lines(run: Run, earlier: Run) -> Iterator[str]:
    """One line per change worth knowing; nothing if there is none."""
    before = {(row["case"], row["backend"]): row["verdict"] for row in earlier.rows}
    now = {(row["case"], row["backend"]): row["verdict"] for row in run.rows}
    for backend in dict.fromkeys(name for _, name in now):
        skipped = [case for (case, name), v in now.items() if name == backend and v == "SKIP"]
        rise = [case for case in skipped if before.get((case, backend), "SKIP") != "SKIP"]
        if rise:
            yield f"{backend}: {len(rise)} cases are now SKIP and were run before, such as {rise[0]}"
        gone = [case for (case, name) in before if name == backend and (case, name) not in now]
        if gone:
            yield f"{backend}: {len(gone)} cases of the earlier run are not in this one, such as {gone[0]}"
        worse = [
            case
            for (case, name), v in now.items()
            if name == backend and v in ATTENTION and before.get((case, name)) in ("PASS", "KNOWN", "SKIP")
        ]
        if worse:
            yield f"{backend}: {len(worse)} cases got worse, such as {worse[0]}"
        better = [
            case
            for (case, name), v in now.items()
            if name == backend and v == "PASS" and before.get((case, name)) in ATTENTION
        ]
        if better:
            yield f"{backend}: {len(better)} cases now pass, such as {better[0]}"
