# SPDX-License-Identifier: BSD-2-Clause
"""Rows grouped by cluster, for display: keys with exactly the same rows on the same side are one finding."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.cluster import field_class
from harness.report.rundir import ATTENTION, FieldRow, Row, Run


@dataclass
class Cluster:
    """One finding: its keys, its rows, and one example of each."""

    keys: list[str]
    rows: list[Row] = field(default_factory=list)

    @property
    def is_known(self) -> bool:
        return all(key.startswith("known ") for key in self.keys)

    @property
    def issue(self) -> str | None:
        return self.keys[0].removeprefix("known ") if self.is_known else None

    @property
    def cases(self) -> int:
        return len({row["case"] for row in self.rows})

    @property
    def backends(self) -> list[str]:
        return sorted({row["backend"] for row in self.rows})

    @property
    def testcases(self) -> list[str]:
        return sorted({row["testcase"] for row in self.rows})

    @property
    def example(self) -> Row:
        """The row that shows this finding with the least besides it."""
        return min(self.rows, key=lambda row: (len(row["clusters"]), len(row["fields"]), row["case"]))

    def fields(self) -> list[FieldRow]:
        """The fields of the example that this finding is about."""
        row = self.example
        if self.is_known:
            return [entry for entry in row["fields"] if entry.get("known") == self.issue]
        classes = {key.split(" ")[2] for key in self.keys if len(key.split(" ")) > 3}
        own = [entry for entry in row["fields"] if "known" not in entry and "follows" not in entry]
        return [entry for entry in own if field_class(entry["name"]) in classes] or own


def group(run: Run) -> list[Cluster]:
    """Findings first, the largest first; then what known issues explain."""
    members: dict[str, list[int]] = {}
    for n, row in enumerate(run.rows):
        for key in row["clusters"]:
            members.setdefault(key, []).append(n)
        if not row["clusters"] and row["verdict"] in ATTENTION:
            members.setdefault(f"{row['backend']} {row['testcase']} {row['verdict'].lower()}", []).append(n)
    merged: dict[tuple[str, ...], Cluster] = {}
    for key, numbers in members.items():
        # Known issues stay apart; everything else with the very same rows is one finding.
        identity = (key,) if key.startswith("known ") else ("", *map(str, numbers))
        cluster = merged.get(identity)
        if cluster is None:
            merged[identity] = Cluster([key], [run.rows[n] for n in numbers])
        else:
            cluster.keys.append(key)
    for cluster in merged.values():
        cluster.keys.sort()
    return sorted(merged.values(), key=lambda c: (c.is_known, -c.cases, c.keys))
