# SPDX-License-Identifier: BSD-2-Clause
"""The findings of a finished run, one case each: what there is to file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness import catalog
from harness.backend import Backend
from harness.case import Case
from harness.errors import UserError
from harness.report.rundir import Row, Run


@dataclass(frozen=True)
class Divergence:
    """A finding on one backend, and the case that shows it with the least besides."""

    name: str  # a known issue's id, or a cluster's key
    case: Case
    cases: int  # that show it


def findings(run: Run, backend: str, only: Sequence[str] = ()) -> list[Divergence]:
    """What nothing explains first, then by the number of cases. UserError if the run lacks what was asked for."""
    if backend not in (info.name for info in run.info.backends):
        names = ", ".join(info.name for info in run.info.backends)
        raise UserError(f"that run has no backend '{backend}'; it has {names}")
    rows: dict[str, list[Row]] = {}
    elsewhere = {row["case"] for row in run.rows if row["backend"] != backend and row["verdict"] == "PASS"}
    for row in run.rows:
        for key in row["clusters"] if row["backend"] == backend else ():
            rows.setdefault(key.removeprefix("known "), []).append(row)
    for name in only:
        if name not in rows:
            raise UserError(f"{backend} shows no finding '{name}' in that run")
    cases = catalog.load()
    found = []
    for name, own in rows.items():
        if only and name not in only:
            continue
        best = min(own, key=lambda row: (row["case"] not in elsewhere, *_size(row)))
        case = cases.case(best["case"])
        if case is None:
            raise UserError(f"that run is of another suite: there is no case {best['case']}")
        found.append(Divergence(name, case, len(own)))
    return sorted(found, key=lambda one: (" " not in one.name, -one.cases, one.name))


def _size(row: Row) -> tuple[int, int, str]:
    """How much a row shows at once."""
    return len(row["clusters"]), len(row["fields"]), row["case"]


def place(suspect: Backend, divergence: Divergence) -> Path:
    """IMPLEMENTATION-VERSION/FINDING."""
    return Path(slug(f"{suspect.manifest.name}-{suspect.version.split()[0]}"), slug(divergence.name))


def slug(text: str) -> str:
    """The text as a file's name: letters, digits and . @ _ -."""
    return re.sub(r"[^A-Za-z0-9.@_-]+", "-", text).strip("-.")
