# SPDX-License-Identifier: BSD-2-Clause
"""A run's folder: results.jsonl (one object a case and backend), run.json (what was run), records/."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypedDict

from harness.errors import ExitCode, Location, UserError

RESULTS, RUN, RECORDS, TAP, JUNIT = "results.jsonl", "run.json", "records", "results.tap", "junit.xml"
FORMAT = 1

VERDICTS = ("PASS", "FAIL", "KNOWN", "FIXED", "SKIP", "CRASH", "HANG", "MISSING")
ATTENTION = frozenset({"FAIL", "FIXED", "CRASH", "HANG", "MISSING"})


class _FieldRequired(TypedDict):
    name: str
    actual: str
    expected: str
    source: str


class FieldRow(_FieldRequired, total=False):
    known: str
    follows: str


class Row(TypedDict):
    """A line of results.jsonl."""

    case: str
    testcase: str
    topic: str
    mode: str
    backend: str
    version: str
    verdict: str
    reason: str
    clusters: list[str]
    fields: list[FieldRow]


_ROW_TYPES: dict[str, type] = {
    **{key: str for key in ("case", "testcase", "topic", "mode", "backend", "version", "verdict", "reason")},
    **{"clusters": list, "fields": list},
}


@dataclass
class BackendInfo:
    name: str
    version: str
    title: str
    family: str
    vendor: str
    cpu: str
    detail: str = ""
    unclaimed: dict[str, str] = field(default_factory=dict)  # fields not judged, and why
    boots: int = 0
    problem: str = ""
    bytes_skipped: int = 0
    frames_lost: int = 0
    malformed: int = 0
    retracted: int = 0
    damaged_kit: list[str] = field(default_factory=list)  # cases that damaged the kit's own pages (repaired)
    unstable: list[str] = field(default_factory=list)  # cases whose reruns differed


@dataclass
class TestcaseInfo:
    __test__ = False  # pytest: no test class

    title: str
    cite: str
    path: str


@dataclass
class IssueInfo:
    """A known issue in this run; `counts` per backend: cases that could show it, cases that did."""

    title: str
    right: str
    cite: str
    text: str
    counts: dict[str, list[int]] = field(default_factory=dict)


@dataclass
class RunInfo:
    """run.json."""

    profile: str
    backends: list[BackendInfo]
    filters: list[str] = field(default_factory=list)
    shards: list[str] = field(default_factory=list)  # "1/2"; empty for a run that is not sharded
    limited: bool = False
    duration_s: float = 0.0
    testcases: dict[str, TestcaseInfo] = field(default_factory=dict)
    known: dict[str, IssueInfo] = field(default_factory=dict)
    baselines: list[str] = field(default_factory=list)  # where backends begin differently, by mode
    format: int = FORMAT

    @property
    def complete(self) -> bool:
        """All cases of the suite were run: no filter, no limit, no shard left out."""
        if self.filters or self.limited:
            return False
        return not self.shards or len(set(self.shards)) == int(self.shards[0].split("/")[1])

    def fixed_issues(self) -> list[tuple[str, str]]:
        """(issue, backend) of known issues that a complete run should have shown somewhere and did not."""
        if not self.complete:
            return []
        return [
            (issue_id, backend)
            for issue_id, issue in sorted(self.known.items())
            for backend, (judged, matched) in sorted(issue.counts.items())
            if judged and not matched
        ]


@dataclass
class Run:
    """A run as read from its folder, or as just made."""

    info: RunInfo
    rows: list[Row]

    def counts(self) -> dict[str, dict[str, int]]:
        """Backend -> verdict -> number of cases; every backend is there, only verdicts that occurred."""
        found: dict[str, dict[str, int]] = {backend.name: {} for backend in self.info.backends}
        for row in self.rows:
            of = found.setdefault(row["backend"], {})
            of[row["verdict"]] = of.get(row["verdict"], 0) + 1
        return found

    def skip_reasons(self) -> dict[str, dict[str, int]]:
        """Backend -> reason -> number of skipped cases."""
        found: dict[str, dict[str, int]] = {}
        for row in self.rows:
            if row["verdict"] == "SKIP":
                of = found.setdefault(row["backend"], {})
                of[row["reason"]] = of.get(row["reason"], 0) + 1
        return found

    def exit_code(self) -> ExitCode:
        code = rows_exit_code(self.rows)
        return ExitCode.DIVERGENCE if code is ExitCode.OK and self.info.fixed_issues() else code


def rows_exit_code(rows: Iterable[Row]) -> ExitCode:
    """INCOMPLETE if anything is MISSING, DIVERGENCE if anything needs attention, else OK."""
    verdicts = {row["verdict"] for row in rows}
    if "MISSING" in verdicts:
        return ExitCode.INCOMPLETE
    return ExitCode.DIVERGENCE if verdicts & ATTENTION else ExitCode.OK


def sort_rows(rows: list[Row], backends: list[BackendInfo]) -> None:
    """The one order of results.jsonl: by case id, then as the backends were named. Shards merge into the same."""
    order = {backend.name: n for n, backend in enumerate(backends)}
    rows.sort(key=lambda row: (row["case"], order.get(row["backend"], len(order))))


def _refused(path: Path, error: OSError) -> UserError:
    return UserError(f"cannot write: {error.strerror}", Location(str(path)), exit_code=ExitCode.SYSTEM)


def make_folder(folder: Path) -> None:
    """The folder, empty or of an earlier run; UserError if it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refused(folder, error) from None


def write_file(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file whole or not at all; UserError where the disk is full or may not be written."""
    partial = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(partial, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
        os.replace(partial, path)
    except OSError as error:
        try:
            partial.unlink(missing_ok=True)
        except OSError:
            pass
        raise _refused(path, error) from None


def write_run(folder: Path, run: Run) -> None:
    """results.jsonl and run.json."""
    encode = json.JSONEncoder(separators=(",", ":")).encode
    write_file(folder / RESULTS, (encode(row).encode() + b"\n" for row in run.rows))
    data = asdict(run.info)
    data["counts"] = run.counts()
    data["skips"] = run.skip_reasons()
    data["fixed"] = [list(pair) for pair in run.info.fixed_issues()]
    write_file(folder / RUN, [json.dumps(data, indent=1).encode(), b"\n"])


def read_run(folder: Path) -> Run:
    """A run from its folder; UserError with file and line for whatever is not as we write it."""
    return Run(_read_info(folder / RUN), read_rows(folder / RESULTS))


def read_rows(path: Path) -> list[Row]:
    rows: list[Row] = []
    try:
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                rows.append(_row(line, Location(str(path), number)))
    except OSError as error:
        raise UserError(f"cannot read results: {error.strerror}", Location(str(path))) from None
    except UnicodeDecodeError:
        raise UserError("not UTF-8 text", Location(str(path))) from None
    return rows


def _row(line: str, where: Location) -> Row:
    try:
        data = json.loads(line)
    except ValueError:
        raise UserError("not a JSON object; was the file cut off?", where) from None
    if not isinstance(data, dict):
        raise UserError("not a JSON object", where)
    for key, kind in _ROW_TYPES.items():
        if not isinstance(data.get(key), kind):
            raise UserError(f"key '{key}' is missing or of the wrong type", where)
    if data["verdict"] not in VERDICTS:
        raise UserError(f"unknown verdict '{data['verdict']}'", where)
    for entry in data["fields"]:
        wanted = ("name", "actual", "expected", "source")
        if not isinstance(entry, dict) or not all(isinstance(entry.get(key), str) for key in wanted):
            raise UserError("'fields' holds something other than name, actual, expected, source", where)
    row: Row = data  # type: ignore[assignment]
    return row


def _read_info(path: Path) -> RunInfo:
    where = Location(str(path))
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"cannot read; is this a run's folder? {error.strerror}", where) from None
    except ValueError:
        raise UserError("not JSON", where) from None
    try:
        return _info(data)
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise UserError(f"not a run.json of this version: {error}", where) from None


def _info(data: dict[str, Any]) -> RunInfo:
    if data["format"] != FORMAT:
        raise ValueError(f"format {data['format']}, not {FORMAT}")
    return RunInfo(
        profile=str(data["profile"]),
        backends=[BackendInfo(**backend) for backend in data["backends"]],
        filters=list(data["filters"]),
        shards=list(data["shards"]),
        limited=bool(data["limited"]),
        duration_s=float(data["duration_s"]),
        testcases={key: TestcaseInfo(**value) for key, value in data["testcases"].items()},
        known={key: IssueInfo(**value) for key, value in data["known"].items()},
        baselines=list(data["baselines"]),
    )
