# SPDX-License-Identifier: BSD-2-Clause
"""`ringdiff minimise`"""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.meter import counted
from harness.cli.options import cpu_option, suspect_and_others, suspect_option, warn, wrapping_option
from harness.errors import UserError


@click.command("minimise")
@click.argument("case_id", metavar="CASE")
@suspect_option
@cpu_option
@click.option(
    "--finding",
    metavar="NAME",
    help="what must stay: a known issue's id, a field, a cluster's key [default: the case's first]",
)
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), metavar="DIR", help="write testcase, image and report"
)
@wrapping_option("of the image")
@click.option(
    "--boots", type=click.IntRange(1), default=400, show_default=True, help="at most so many candidates"
)
@click.option("-q", "--quiet", is_flag=True, help="no progress line")
def command(
    case_id: str,
    specs: tuple[str, ...],
    profile: str,
    finding: str | None,
    out: Path | None,
    wrapping: str,
    boots: int,
    quiet: bool,
) -> int:
    """Cut a case down to the fewest lines that still show a finding on the suspect.

    Lines, branches and parameters are left out one after the other; a candidate counts if the suspect still shows the
    finding and the others do not. The smallest is printed; with --out, DIR then holds it, a stand-alone image of it
    that prints PASS or FAIL by itself (see `image`), and a report to file.
    """
    from harness.probing import Probing

    probing = Probing(suspect_and_others(specs), profile)

    from harness import catalog
    from harness.minimise.session import minimise_case
    from harness.minimise.filing import write_report

    case = catalog.load(reach=[case_id]).case(case_id)
    if case is None:
        raise UserError(f"'{case_id}' is no case; `./ringdiff list cases` shows their ids")
    with counted(quiet) as tell:
        done = minimise_case(case, probing, profile, finding, boots, tell, warn)
    if out is None:
        print(done.source.text(), end="")
    else:
        for path in write_report(out, done, wrapping):
            print(path)
    lines = f"{done.before} lines to {done.source.size}, {done.boots} boots"
    print(f"; {done.wanted.cluster}: {lines}{', the most allowed' if done.boots >= boots else ''}")
    return 0
