# SPDX-License-Identifier: BSD-2-Clause
"""`ringdiff report`"""

from __future__ import annotations

from pathlib import Path

import click


@click.command("report")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--against", type=click.Path(path_type=Path), metavar="DIR", help="tell what changed since that run"
)
@click.option("--all", "show_all", is_flag=True, help="show every cluster, not only the first 40")
def command(folder: Path, against: Path | None, show_all: bool) -> int:
    """Show a finished run again, from its results.jsonl; rewrites its results.tap and junit.xml."""
    from harness.report import rundir
    from harness.report.outputs import write_derived
    from harness.report.summary import print_summary

    run = rundir.read_run(folder)
    earlier = rundir.read_run(against) if against is not None else None
    write_derived(folder, run)
    print_summary(run, most=1 << 30 if show_all else 40)
    if earlier is not None:
        from harness.report.against import lines

        for line in lines(run, earlier):
            print(f"since {against}: {line}")
    return int(run.exit_code())
