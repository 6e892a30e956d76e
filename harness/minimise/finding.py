# SPDX-License-Identifier: BSD-2-Clause
"""What must stay while a case shrinks: one finding of a row of results."""

from __future__ import annotations

from dataclasses import dataclass

from harness.cluster import field_class
from harness.errors import UserError
from harness.report.rundir import FieldRow, Row

_DEATHS = ("CRASH", "HANG", "MISSING")


@dataclass(frozen=True)
class Wanted:
    """A known issue, or a field class with what it was and should have been, or a way to die."""

    cluster: str  # as reports name it
    issue: str = ""
    field: str = ""  # harness.cluster.field_class
    exit: tuple[str, str] = ("", "")  # of the field `exit`, where the finding is about it: actual, expected
    death: str = ""  # CRASH, HANG, MISSING

    @property
    def hangs(self) -> bool:
        """Whether it may be that the suspect hangs."""
        return self.death == "HANG" or self.exit[0] == "hang"

    def shown_by(self, row: Row) -> bool:
        if self.issue:
            shown = any(entry.get("known") == self.issue for entry in row["fields"])
            return shown and self.exit == _exit(row, self.issue)
        if self.death:
            return row["verdict"] == self.death
        return any(self._is(entry) for entry in row["fields"])

    def fields(self, row: Row) -> list[FieldRow]:
        """Those of the row's fields that the finding is about."""
        if self.issue:
            return [entry for entry in row["fields"] if entry.get("known") == self.issue]
        return [entry for entry in row["fields"] if self._is(entry)]

    def _is(self, entry: FieldRow) -> bool:
        if "known" in entry or "follows" in entry or field_class(entry["name"]) != self.field:
            return False
        return self.field != "exit" or self.exit == (entry["actual"], entry["expected"])


def wanted(row: Row, cluster: str | None = None) -> Wanted:
    """The finding named, or the row's first, one that nothing explains before others.

    `cluster`: a key as reports show it, the id of a known issue, or the class of a field. UserError if there is none.
    """
    found = [_of_key(row, key) for key in row["clusters"]]
    found.sort(key=lambda one: bool(one.issue))
    if cluster is None and found:
        return found[0]
    for one in found:
        if cluster in (one.cluster, one.issue or None, one.field or None):
            return one
    who = f"{row['case']} on {row['backend']} {row['version']}"
    if not found:
        raise UserError(f"{who} is {row['verdict']}: there is nothing to keep")
    raise UserError(f"{who} shows no finding '{cluster}'; it shows {', '.join(one.cluster for one in found)}")


def _of_key(row: Row, key: str) -> Wanted:
    words = key.split(" ")
    if words[0] == "known":
        return Wanted(key, issue=words[1], exit=_exit(row, words[1]))
    if len(words) == 3:
        return Wanted(key, death=next((v for v in _DEATHS if v.lower() == words[2]), row["verdict"]))
    return Wanted(key, field=words[2], exit=_exit(row, None) if words[2] == "exit" else ("", ""))


def _exit(row: Row, issue: str | None) -> tuple[str, str]:
    """What the field `exit` is and should be, where it is wrong for this reason."""
    found = (f for f in row["fields"] if f["name"] == "exit" and f.get("known") == issue)
    return next(((f["actual"], f["expected"]) for f in found), ("", ""))
