# SPDX-License-Identifier: BSD-2-Clause
"""`ringdiff divergences`"""

from __future__ import annotations

from pathlib import Path

import click

from harness import paths
from harness.cli.meter import counted
from harness.cli.options import suspect_and_others, suspect_option, warn
from harness.errors import ExitCode, UserError


@click.command("divergences")
@click.argument("folder", type=click.Path(path_type=Path), metavar="RUN")
@suspect_option
@click.option("--finding", "only", multiple=True, metavar="NAME", help="only these, as `minimise` names them")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    default=paths.ROOT / "reports" / "divergences",
    help="[default: reports/divergences of this tree]",
)
@click.option("--again", is_flag=True, help="those that DIR has already, too")
@click.option("-q", "--quiet", is_flag=True, help="no progress line")
def command(
    folder: Path, specs: tuple[str, ...], only: tuple[str, ...], out: Path, again: bool, quiet: bool
) -> int:
    """Each finding of a finished run on one backend, named as there, as a folder to file: minimised, with its report.

    DIR/IMPLEMENTATION-VERSION/FINDING holds testcase and report (`image` makes the image of the testcase);
    DIR/README.md lists all. What DIR has already is left as it is, so a search that was broken off goes on.
    """
    from harness.minimise import divergences
    from harness.minimise.filing import write_index, write_report
    from harness.minimise.session import minimise_case
    from harness.probing import Probing
    from harness.report.rundir import read_run

    run = read_run(folder)
    probing = Probing(suspect_and_others(specs), run.info.profile)
    found = divergences.findings(run, probing.asked[0].label, only)
    missed = 0
    for number, one in enumerate(found, 1):
        place = out / divergences.place(probing.available(warn)[0], one)
        head = f"{number}/{len(found)} {one.name}"
        if place.exists() and not again:
            print(f"{head}: there already")
            continue
        try:
            with counted(quiet) as tell:
                done = minimise_case(one.case, probing, run.info.profile, one.name, 400, tell, warn)
        except UserError as error:
            missed += 1
            print(f"{head}: {error.message}", flush=True)
            continue
        write_report(place, done, "rom", keep_image=False, cases=one.cases)
        print(f"{head}: {done.before} lines to {done.source.size}, {place}", flush=True)
    print(write_index(out))
    return ExitCode.DIVERGENCE if missed else ExitCode.OK
