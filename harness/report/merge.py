# SPDX-License-Identifier: BSD-2-Clause
"""Shards into one run: the same rows, in the same order, as the whole run would have written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from harness.errors import Location, UserError
from harness.report.rundir import BackendInfo, IssueInfo, Row, Run, RunInfo, sort_rows


def merge(runs: Sequence[Run], folders: Sequence[Path]) -> Run:
    """One run of several; UserError where they are not parts of one and the same."""
    first = runs[0].info
    merged = RunInfo(first.profile, [BackendInfo(**asdict(b)) for b in first.backends])
    merged.filters = list(first.filters)
    rows: list[Row] = []
    seen: dict[tuple[str, str], Path] = {}
    for n, (run, folder) in enumerate(zip(runs, folders)):
        _check(first, run.info, folder, folders[0])
        if n:
            _add_backends(merged.backends, run.info.backends)
        for row in run.rows:
            key = row["case"], row["backend"]
            if key in seen:
                raise UserError(
                    f"case {row['case']} on {row['backend']} is also in {seen[key]}; merge each shard once",
                    Location(str(folder)),
                )
            seen[key] = folder
        rows += run.rows
        merged.shards += run.info.shards
        merged.limited = merged.limited or run.info.limited
        merged.duration_s = round(merged.duration_s + run.info.duration_s, 3)
        merged.testcases.update(run.info.testcases)
        merged.baselines += [line for line in run.info.baselines if line not in merged.baselines]
        _add_issues(merged.known, run.info.known)
    merged.testcases = dict(sorted(merged.testcases.items()))
    merged.known = dict(sorted(merged.known.items()))
    merged.shards.sort(key=lambda shard: int(shard.split("/")[0]))
    if merged.complete:
        merged.shards = []
    sort_rows(rows, merged.backends)
    return Run(merged, rows)


def _check(first: RunInfo, other: RunInfo, folder: Path, first_folder: Path) -> None:
    def identity(info: RunInfo) -> list[tuple[str, str, str]]:
        return [(b.name, b.version, b.cpu) for b in info.backends]

    where = Location(str(folder))
    if other.profile != first.profile:
        raise UserError(f"profile {other.profile}, but {first_folder} has {first.profile}", where)
    if identity(other) != identity(first):
        raise UserError(f"its backends, versions or CPU models are not those of {first_folder}", where)
    if other.filters != first.filters:
        raise UserError(f"its filters are not those of {first_folder}", where)
    if {shard.split("/")[1] for shard in other.shards} != {shard.split("/")[1] for shard in first.shards}:
        raise UserError(f"its shard is not of the same division as that of {first_folder}", where)


def _add_backends(into: list[BackendInfo], more: Sequence[BackendInfo]) -> None:
    for have, other in zip(into, more):
        have.boots += other.boots
        have.bytes_skipped += other.bytes_skipped
        have.frames_lost += other.frames_lost
        have.malformed += other.malformed
        have.retracted += other.retracted
        have.problem = have.problem or other.problem
        have.damaged_kit = sorted({*have.damaged_kit, *other.damaged_kit})
        have.unstable = sorted({*have.unstable, *other.unstable})


def _add_issues(into: dict[str, IssueInfo], more: dict[str, IssueInfo]) -> None:
    for issue_id, issue in more.items():
        have = into.setdefault(issue_id, IssueInfo(issue.title, issue.right, issue.cite, issue.text))
        for backend, (judged, matched) in issue.counts.items():
            before = have.counts.get(backend, [0, 0])
            have.counts[backend] = [before[0] + judged, before[1] + matched]
