# SPDX-License-Identifier: BSD-2-Clause
"""`ringdiff run`"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import click

from harness.errors import UserError
from harness.cli.meter import metered
from harness.cli.options import backend_option, cpu_option, filters_argument, warn


@click.command("run")
@filters_argument
@backend_option
@cpu_option
@click.option(
    "--out", "out", type=click.Path(path_type=Path), metavar="DIR", help="[default: reports/PROFILE-TIME]"
)
@click.option("--shard", metavar="I/N", help="run only part I of N; `merge` puts the parts together")
@click.option(
    "-j", "--jobs", type=click.IntRange(1, 256), metavar="N", help="emulators at a time [default: CPUs]"
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="run at most the first N cases")
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="tell what changed since that run, a rise in SKIPs above all",
)
@click.option(
    "--resume", is_flag=True, help="go on with the killed run in --out DIR; same filters and backends"
)
@click.option("--all", "show_all", is_flag=True, help="show every cluster, not only the first 40")
@click.option("-q", "--quiet", is_flag=True, help="no progress bar")
def command(
    filters: tuple[str, ...],
    specs: tuple[str, ...],
    profile: str,
    out: Path | None,
    shard: str | None,
    jobs: int | None,
    limit: int | None,
    against: Path | None,
    resume: bool,
    show_all: bool,
    quiet: bool,
) -> int:
    """Run the cases that match any FILTER (all without one) on every backend, compare, judge and report.

    The folder DIR then holds results.jsonl (one object a case and backend: the truth), run.json (what was run),
    results.tap, junit.xml and records/ (what the guests recorded). A run that was killed leaves journal/ there;
    --resume goes on with it.
    """
    from harness.probing import Probing

    probing = Probing(specs, profile)

    from harness import catalog, execution
    from harness.report import rundir
    from harness.report.outputs import write_derived
    from harness.report.records import write_records
    from harness.report.summary import print_summary
    from harness.selection import parse_shard

    if resume and out is None:
        raise UserError("--resume goes on with the run in --out DIR; name that folder")
    earlier = rundir.read_run(against) if against is not None else None
    part = parse_shard(shard) if shard is not None else None
    selection = catalog.select_stored(filters)
    if part is not None:
        selection = selection.shard(*part)
    if limit is not None:
        selection = selection.first(limit)
    folder = out if out is not None else Path("reports") / f"{profile}-{time.strftime('%Y%m%d-%H%M%S')}"
    rundir.make_folder(folder)
    journal = folder / "journal"
    if not resume:
        shutil.rmtree(journal, ignore_errors=True)
    plan = execution.make_plan(selection, probing, jobs or execution.default_jobs(), warn)
    plan.journal = journal
    info = rundir.RunInfo(profile, [], sorted(filters), [shard] if shard else [], limit is not None)
    with metered(quiet) as tell:
        done = execution.execute(plan, info, tell)
    rundir.write_run(folder, done.run)
    write_derived(folder, done.run)
    write_records(folder, done)
    shutil.rmtree(journal, ignore_errors=True)
    print_summary(done.run, most=1 << 30 if show_all else 40)
    if earlier is not None:
        from harness.report.against import lines

        for line in lines(done.run, earlier):
            print(f"since {against}: {line}")
    print(f"results: {folder}")
    return int(done.run.exit_code())
