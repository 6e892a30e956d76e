# SPDX-License-Identifier: BSD-2-Clause
"""`ringdiff compare`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.errors import ExitCode, UserError

if TYPE_CHECKING:
    from harness.report.changes import Comparison

BROKE = 1  # as diff(1) has it
_COLOUR = {"broken": "bold red", "changed": "yellow", "fixed": "green", "new SKIP": "magenta"}


@click.command("compare")
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN")
@click.argument("rest", nargs=-1, metavar="[RUN2] [OLD [NEW]]")
@click.option("--json", "as_json", is_flag=True, help="one JSON object a pair of versions, in a list")
@click.option("--all", "show_all", is_flag=True, help="show every cluster, not only the first 40")
def command(run: Path, rest: tuple[str, ...], as_json: bool, show_all: bool) -> int:
    """What was fixed and what broke between two versions, of one run or of two.

    \b
      ./ringdiff compare RUN qemu@7.2 qemu@10.0    two backends of one run, the old one first
      ./ringdiff compare RUN1 RUN2                 the backends that both runs have
      ./ringdiff compare RUN1 RUN2 qemu@10.0       one of them; or OLD of RUN1 and NEW of RUN2

    Exit code 0 if nothing broke, 1 if something did.
    """
    from harness.report import changes, rundir

    folders, names = [run], list(rest)
    if names and Path(names[0]).is_dir():
        folders.append(Path(names.pop(0)))
    if len(names) > 2:
        raise UserError(f"too many names: {' '.join(names)}", exit_code=ExitCode.USAGE)
    if len(folders) == 1 and len(names) == 1:
        raise UserError(
            f"'{names[0]}' is no run's folder, and one backend of {run} is nothing to compare it with",
            exit_code=ExitCode.USAGE,
        )
    runs = [(rundir.read_run(folder), str(folder)) for folder in folders]
    found = [changes.compare(old, new) for old, new in changes.pairs(runs, names)]
    if as_json:
        import json

        print(json.dumps([changes.as_json(one) for one in found], indent=1))
    else:
        for one in found:
            _print(one, 1 << 30 if show_all else 40)
    return BROKE if any(one.broke for one in found) else int(ExitCode.OK)


def _print(found: Comparison, most: int) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from harness.report.changes import Change, title_of

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 160
    title = f"{found.old.title} -> {found.new.title}, {found.new.run.info.profile} profile"
    table = Table()
    counts = found.counts()
    columns = [change for change in Change if counts[str(change)]]
    for name in ("topic", *map(str, columns)):
        table.add_column(name, justify="left" if name == "topic" else "right")
    topics = found.by_topic()
    for topic, of in topics.items():
        table.add_row(topic, *(_number(change.value, of.get(change, 0)) for change in columns))
    if len(topics) > 1:
        table.add_section()
        table.add_row("all", *(_number(change.value, counts[str(change)]) for change in columns))
    console.print(title, markup=False)
    console.print(table)
    for one in found.clusters[:most]:
        cases = f"{len(one.cases)} case{'s' if len(one.cases) != 1 else ''}"
        console.print(
            f"[{_COLOUR[str(one.change)]}]{one.change}[/] {cases}: {escape(title_of(found, one.key))} "
            f"[dim]({escape(one.key)})[/]\n   {escape(one.example)}: {escape(one.cases[0])}"
        )
    if len(found.clusters) > most:
        console.print(f"... and {len(found.clusters) - most} more; --all shows them")
    for reason, skipped in sorted(found.skips.items()):
        console.print(
            f"[magenta]new SKIP[/] {len(skipped)} cases: {escape(reason)}, such as {escape(skipped[0])}"
        )
    for words, some in (("are not in the new run", found.gone), ("are new", found.added)):
        if some:
            console.print(f"{len(some)} cases {words}, such as {escape(some[0])}")
    shown = ", ".join(f"{counts[str(change)]} {change}" for change in columns)
    console.print(f"{title}: {shown}", markup=False)


def _number(name: str, count: int) -> str:
    if not count:
        return "-"
    return f"[{_COLOUR[name]}]{count}[/]" if name in _COLOUR else str(count)
