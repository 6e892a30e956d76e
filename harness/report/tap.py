# SPDX-License-Identifier: BSD-2-Clause
"""TAP: one test point a case and backend.

The body is TAP 14. The version line says 13, of which 14 is an extension that 13's readers can read: Perl's TAP::Parser
before 3.45 (Debian bookworm's `prove`) refuses any version line above 13.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.report.rundir import Run, Row

_MOST_FIELDS = 40


def lines(run: Run) -> Iterator[str]:
    """The lines of results.tap, without newlines."""
    yield "TAP version 13"
    fixed = run.info.fixed_issues()
    yield f"1..{len(run.rows) + len(fixed)}" + ("" if run.rows or fixed else " # SKIP no case was selected")
    number = 0
    for row in run.rows:
        number += 1
        yield from _point(number, row, run)
    for issue, backend in fixed:
        number += 1
        yield f"not ok {number} - known issue {_plain(issue)} still shows on {_plain(backend)}"


def _plain(text: str) -> str:
    """Text in which no character can be taken for TAP syntax, on one line."""
    return " ".join(text.replace("\\", "/").replace("#", "no. ").split())


def _point(number: int, row: Row, run: Run) -> Iterator[str]:
    verdict = row["verdict"]
    what = f"{number} - {_plain(row['case'])} [{_plain(row['backend'])}]"
    if verdict == "PASS":
        yield f"ok {what}"
        return
    if verdict == "SKIP":
        yield f"ok {what} # SKIP {_plain(row['reason'])}"
        return
    yield f"not ok {what}" + (f" # TODO {_plain(row['reason'])}" if verdict == "KNOWN" else "")
    yield "  ---"
    yield f"  verdict: {verdict}"
    yield f"  reason: {_quoted(row['reason'])}"
    about = run.info.testcases.get(row["testcase"])
    if about is not None:
        yield f"  title: {_quoted(about.title)}"
        yield f"  cite: {_quoted(about.cite)}"
    if row["fields"]:
        yield "  fields:"
        for entry in row["fields"][:_MOST_FIELDS]:
            yield f"    - name: {_quoted(entry['name'])}"
            for key in ("actual", "expected", "source"):
                yield f"      {key}: {_quoted(entry[key])}"  # type: ignore[literal-required]
    yield "  ..."


def _quoted(text: str) -> str:
    """A YAML single-quoted scalar: a quote is doubled, everything else stands for itself."""
    return "'" + " ".join(text.split()).replace("'", "''") + "'"
