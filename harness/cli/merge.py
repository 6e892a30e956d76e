# SPDX-License-Identifier: BSD-2-Clause
"""`ringdiff merge`"""

from __future__ import annotations

from pathlib import Path

import click


@click.command("merge")
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="DIR...")
@click.option("--out", "out", required=True, type=click.Path(path_type=Path), metavar="DIR")
def command(folders: tuple[Path, ...], out: Path) -> int:
    """Put the runs of several shards together: the same results as the whole run's."""
    from harness.report import rundir
    from harness.report.merge import merge
    from harness.report.outputs import write_derived
    from harness.report.records import merge_records
    from harness.report.summary import print_summary

    merged = merge([rundir.read_run(folder) for folder in folders], folders)
    rundir.make_folder(out)
    rundir.write_run(out, merged)
    write_derived(out, merged)
    merge_records(out, folders)
    print_summary(merged)
    print(f"results: {out}")
    return int(merged.exit_code())
