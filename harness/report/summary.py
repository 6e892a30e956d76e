# SPDX-License-Identifier: BSD-2-Clause
"""The terminal's view of a run: the matrix of topics and backends, then the divergences, one cluster each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.cluster import field_class
from harness.report.clusters import Cluster, group
from harness.report.rundir import VERDICTS, Run

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_COLOUR = {
    **{"PASS": "green", "FAIL": "bold red", "KNOWN": "yellow", "FIXED": "bold magenta", "SKIP": "dim"},
    **{"CRASH": "bold red", "HANG": "bold red", "MISSING": "bold red"},
}
_MOST_FIELDS = 6
_PLAIN_ROWS = 12


def print_summary(run: Run, most: int = 40, width: int | None = None) -> None:
    """Everything that needs attention, to stdout. `most`: how many clusters to show."""
    if len(run.rows) <= _PLAIN_ROWS:
        for line in short_lines(run):
            print(line)
        return
    from rich.console import Console

    console = Console(highlight=False, width=width)
    if not console.is_terminal and width is None:
        console.width = 160  # no terminal, no wrapping of what somebody will grep
    console.print(_matrix(run))
    clusters = group(run)
    for number, cluster in enumerate(clusters[:most], 1):
        _print_cluster(console, run, number, cluster)
    if len(clusters) > most:
        console.print(f"... and {len(clusters) - most} more; `./ringdiff report DIR --all` shows them")
    for line in closing_lines(run):
        console.print(line, markup=False)


def short_lines(run: Run) -> Iterator[str]:
    """A few results need no tables (nor the time to import what draws them)."""
    for row in run.rows:
        version = f" {row['version']}" if row["version"] else ""
        reason = f"  {row['reason']}" if row["reason"] else ""
        yield f"{row['verdict']:7} {row['case']}  [{row['backend']}{version}]{reason}"
    yield from closing_lines(run)


def closing_lines(run: Run) -> Iterator[str]:
    """What concerns the run as a whole: FIXED issues, losses, where backends began differently, the totals."""
    for issue, name in run.info.fixed_issues():
        title = run.info.known[issue].title
        yield f"FIXED   known issue {issue} on {name} no longer shows: {title}; remove it from harness/data/known"
    for backend in run.info.backends:
        if backend.problem:
            yield f"{backend.name}: {backend.problem}"
        if (
            backend.frames_lost or backend.malformed
        ):  # bytes between frames alone are an emulator's own messages
            yield (
                f"{backend.name}: stream damaged: {backend.bytes_skipped} bytes skipped, "
                f"{backend.frames_lost} frames lost, {backend.malformed} malformed"
            )
        if backend.damaged_kit:
            yield f"{backend.name}: damaged the kit's pages (repaired): {', '.join(backend.damaged_kit[:5])}"
        if backend.unstable:
            yield f"{backend.name}: differs from run to run: {', '.join(backend.unstable[:5])}"
    for name, counts in run.counts().items():
        shown = ", ".join(f"{counts[v]} {v}" for v in VERDICTS if v in counts)
        about = next((b for b in run.info.backends if b.name == name), None)
        what = f"{name} {about.version}, {about.vendor} profile, {about.cpu}" if about else name
        yield f"{what}: {shown or 'no case'}"


def _matrix(run: Run) -> Table:
    from rich.table import Table

    table = Table(title=f"{run.info.profile} profile", title_justify="left")
    table.add_column("topic")
    cells: dict[tuple[str, str], dict[str, int]] = {}
    topics: dict[str, None] = {}
    for row in run.rows:
        topics[row["topic"]] = None
        cell = cells.setdefault((row["topic"], row["backend"]), {})
        cell[row["verdict"]] = cell.get(row["verdict"], 0) + 1
    for backend in run.info.backends:
        table.add_column(f"{backend.name} {backend.version}")
    for topic in topics:
        table.add_row(topic, *(_cell(cells.get((topic, b.name), {})) for b in run.info.backends))
    if len(topics) > 1:
        table.add_section()
        totals = run.counts()
        table.add_row("all", *(_cell(totals[b.name]) for b in run.info.backends))
    return table


def _cell(counts: dict[str, int]) -> str:
    return " ".join(f"[{_COLOUR[v]}]{counts[v]} {v}[/]" for v in VERDICTS if v in counts) or "-"


def _print_cluster(console: Console, run: Run, number: int, cluster: Cluster) -> None:
    from rich.markup import escape

    row = cluster.example
    about = run.info.testcases.get(row["testcase"])
    title = about.title if about else row["testcase"]
    issue = run.info.known.get(cluster.issue) if cluster.issue else None
    where = ", ".join(cluster.backends)
    cases = f"{cluster.cases} case{'s' if cluster.cases != 1 else ''}"
    console.print()
    if issue is not None:
        console.print(
            f"[yellow]{number}. KNOWN[/] {escape(issue.title)} [dim]({cluster.issue})[/]: {where}, {cases}"
        )
    else:
        verdict = row["verdict"]
        if len(cluster.testcases) > 1:  # one rule of the machine, seen by many testcases
            title = (
                " and ".join(dict.fromkeys(field_class(entry["name"]) for entry in cluster.fields())) or title
            )
            spread = f"{len(cluster.testcases)} testcases, {row['testcase']} among them"
        else:
            spread = row["testcase"]
        console.print(
            f"[{_COLOUR[verdict]}]{number}. {verdict}[/] {escape(title)} [dim]({spread})[/]: {where}, {cases}"
        )
    shown = cluster.fields()
    for entry in shown[:_MOST_FIELDS]:
        console.print(
            f"   {escape(entry['name'])} is [bold]{escape(entry['actual'])}[/], expected "
            f"[bold]{escape(entry['expected'])}[/]  [dim]{escape(entry['source'])}[/]"
        )
    if len(shown) > _MOST_FIELDS:
        console.print(f"   ... and {len(shown) - _MOST_FIELDS} more fields")
    if not shown and row["reason"]:
        console.print(f"   {escape(row['reason'])}")
    if issue is not None:
        console.print(f"   {escape(issue.text)}")
        console.print(f"   right: {escape(issue.right)}; {escape(issue.cite)}")
    elif about is not None:
        console.print(f"   manual: {escape(about.cite)}")
    console.print(f"   [dim]./ringdiff show '{escape(row['case'])}'[/]", soft_wrap=True)
