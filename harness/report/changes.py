# SPDX-License-Identifier: BSD-2-Clause
"""What changed between two versions of an implementation: fields that became right, wrong, or wrong in another way.

Compared are the fields that a run found wrong, known issues included, case by case. A field that merely follows another
(docs/verdicts.md) does not count, and where the exit was wrong the rest of the state was not judged: what is wrong
there in the other version is a change and no new defect.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from harness.cluster import field_class, known_key
from harness.errors import ExitCode, UserError
from harness.report.rundir import BackendInfo, Row, Run


class Change(str, Enum):
    """How a case or a cluster changed, the gravest first."""

    BROKEN = "broken"  # right in the old version, wrong in the new one
    CHANGED = "changed"  # wrong in both, otherwise
    FIXED = "fixed"  # wrong in the old version, right in the new one
    SAME_WRONG = "same, wrong"
    SAME_RIGHT = "same, right"
    NEW_SKIP = "new SKIP"  # run on the old version, skipped on the new one
    OLD_SKIP = "no longer SKIP"
    SKIP = "SKIP"

    def __str__(self) -> str:
        return self.value


DIED = ("CRASH", "HANG", "MISSING")


@dataclass(frozen=True)
class Side:
    """One version: a backend of a run."""

    run: Run
    info: BackendInfo
    origin: str  # the run's folder, for people

    @property
    def title(self) -> str:
        return f"{self.info.name} {self.info.version}".rstrip()


@dataclass
class ClusterChange:
    """One finding of one of the two versions, and how many cases changed in it."""

    change: Change
    key: str
    cases: list[str] = field(default_factory=list)
    example: str = ""  # field and values, of the first case


@dataclass
class Comparison:
    """Everything that `compare` tells of one pair of versions."""

    old: Side
    new: Side
    cases: dict[str, Change] = field(default_factory=dict)
    topics: dict[str, str] = field(default_factory=dict)  # case -> topic
    clusters: list[ClusterChange] = field(default_factory=list)
    skips: dict[str, list[str]] = field(default_factory=dict)  # reason -> cases newly skipped
    gone: list[str] = field(default_factory=list)  # cases that the new run does not contain
    added: list[str] = field(default_factory=list)

    @property
    def broke(self) -> bool:
        return Change.BROKEN in self.cases.values()

    def counts(self) -> dict[str, int]:
        return {str(change): sum(c is change for c in self.cases.values()) for change in Change}

    def by_topic(self) -> dict[str, dict[Change, int]]:
        found: dict[str, dict[Change, int]] = {}
        for case, change in self.cases.items():
            of = found.setdefault(self.topics[case], {})
            of[change] = of.get(change, 0) + 1
        return dict(sorted(found.items()))


def find_side(run: Run, origin: str, name: str) -> Side:
    """The backend of this name; UserError that lists the others if there is none."""
    for info in run.info.backends:
        if info.name == name:
            return Side(run, info, origin)
    names = ", ".join(info.name for info in run.info.backends)
    raise UserError(f"{origin} has no backend '{name}'; it has {names}", exit_code=ExitCode.USAGE)


def compare(old: Side, new: Side) -> Comparison:
    """UserError where the two cannot be compared: other family, other CPU profile, no case in common."""
    for what, a, b in (
        ("family", old.info.family, new.info.family),
        ("CPU profile", old.run.info.profile, new.run.info.profile),
    ):
        if a != b:
            raise UserError(
                f"{old.title} and {new.title} are no two versions of the same: {what} {a}, {b}",
                exit_code=ExitCode.USAGE,
            )
    before = {row["case"]: row for row in old.run.rows if row["backend"] == old.info.name}
    now = {row["case"]: row for row in new.run.rows if row["backend"] == new.info.name}
    found = Comparison(old, new)
    found.gone = [case for case in before if case not in now]
    found.added = [case for case in now if case not in before]
    clusters: dict[tuple[Change, str], ClusterChange] = {}
    for case, row in now.items():
        if case not in before:
            continue
        found.topics[case] = row["topic"]
        found.cases[case] = _case_change(before[case], row, clusters)
        if found.cases[case] is Change.NEW_SKIP:
            found.skips.setdefault(row["reason"], []).append(case)
    if not found.cases:
        raise UserError(f"{old.title} and {new.title} have no case in common", exit_code=ExitCode.USAGE)
    rank = list(Change)
    found.clusters = sorted(clusters.values(), key=lambda c: (rank.index(c.change), -len(c.cases), c.key))
    return found


def _case_change(old: Row, new: Row, clusters: dict[tuple[Change, str], ClusterChange]) -> Change:
    if "SKIP" in (old["verdict"], new["verdict"]):
        if old["verdict"] == new["verdict"]:
            return Change.SKIP
        return Change.NEW_SKIP if new["verdict"] == "SKIP" else Change.OLD_SKIP
    changes = set()
    for change, key, example in _field_changes(old, new):
        changes.add(change)
        cluster = clusters.setdefault((change, key), ClusterChange(change, key, example=example))
        if not cluster.cases or cluster.cases[-1] != new["case"]:
            cluster.cases.append(new["case"])
    for change in (Change.BROKEN, Change.CHANGED, Change.FIXED):
        if change in changes:
            return change
    return Change.SAME_WRONG if _wrong(new) else Change.SAME_RIGHT


def _field_changes(old: Row, new: Row) -> Iterator[tuple[Change, str, str]]:
    """(what became of it, cluster key, an example) for each wrong field of either version."""
    before, now = _wrong(old), _wrong(new)
    blind_before, blind_now = "exit" in before, "exit" in now
    for name, (actual, key) in now.items():
        if name not in before:
            change = Change.CHANGED if blind_before else Change.BROKEN
            yield change, key, f"{name} is {actual}" + (
                "" if change is Change.BROKEN else ", exit was wrong before"
            )
        elif before[name][0] != actual:
            yield Change.CHANGED, key, f"{name} is {actual}, was {before[name][0]}"
    for name, (actual, key) in before.items():
        if name not in now and not blind_now:
            yield Change.FIXED, key, f"{name} was {actual}"


def _wrong(row: Row) -> Mapping[str, tuple[str, str]]:
    """Field -> (value, cluster key) of what is wrong by itself. A guest that died has its exit wrong."""
    found = {}
    for entry in row["fields"]:
        if "follows" not in entry:
            found[entry["name"]] = entry["actual"], _key(row, entry["name"], entry.get("known"))
    if row["verdict"] in DIED and "exit" not in found:
        found["exit"] = row["verdict"], _key(row, "exit", None)
    return found


def _key(row: Row, name: str, known: str | None) -> str:
    if known is not None:
        return known_key(known)
    wanted = field_class(name)
    for key in row["clusters"]:
        words = key.split(" ")
        if not key.startswith("known ") and (
            row["verdict"] in DIED or (len(words) > 3 and words[2] == wanted)
        ):
            return key
    return f"{row['testcase']} {wanted}"


def as_json(found: Comparison) -> dict[str, object]:
    """For machines: docs/versions.md says what is in it."""

    def side(one: Side) -> dict[str, str]:
        return {"run": one.origin, "backend": one.info.name, "version": one.info.version, "cpu": one.info.cpu}

    return {
        "old": side(found.old),
        "new": side(found.new),
        "family": found.new.info.family,
        "profile": found.new.run.info.profile,
        "broke": found.broke,
        "counts": found.counts(),
        "topics": {
            topic: {str(change): count for change, count in counts.items()}
            for topic, counts in found.by_topic().items()
        },
        "clusters": [
            {
                "change": str(one.change),
                "key": one.key,
                "title": title_of(found, one.key),
                "count": len(one.cases),
                "example": one.example,
                "cases": one.cases,
            }
            for one in found.clusters
        ],
        "new_skips": {reason: cases for reason, cases in sorted(found.skips.items())},
        "gone": found.gone,
        "added": found.added,
    }


def title_of(found: Comparison, key: str) -> str:
    """What a cluster is about, in words, where one of the runs knows."""
    issue_id = key.removeprefix("known ")
    for side in (found.old, found.new):
        if key.startswith("known ") and issue_id in side.run.info.known:
            return side.run.info.known[issue_id].title
    for word in key.split(" "):
        for side in (found.old, found.new):
            if word in side.run.info.testcases:
                return side.run.info.testcases[word].title
    return ""


def pairs(runs: Sequence[tuple[Run, str]], names: Sequence[str]) -> list[tuple[Side, Side]]:
    """What to compare: two backends of one run, or the same (or two named ones) of two runs."""
    if len(runs) == 1:
        (run, origin), there = runs[0], [info.name for info in runs[0][0].info.backends]
        if len(names) != 2:
            raise UserError(
                f"name two backends of {origin}, the old one first, or a second run; it has {', '.join(there)}",
                exit_code=ExitCode.USAGE,
            )
        return [(find_side(run, origin, names[0]), find_side(run, origin, names[1]))]
    (old, old_origin), (new, new_origin) = runs
    if names:
        return [(find_side(old, old_origin, names[0]), find_side(new, new_origin, names[-1]))]
    common = [info.name for info in old.info.backends if any(info.name == n.name for n in new.info.backends)]
    if not common:
        raise UserError(
            f"{old_origin} and {new_origin} have no backend of the same name; name one of each, the old one first",
            exit_code=ExitCode.USAGE,
        )
    return [(find_side(old, old_origin, name), find_side(new, new_origin, name)) for name in common]
