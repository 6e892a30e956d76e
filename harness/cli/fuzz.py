# SPDX-License-Identifier: BSD-2-Clause
"""`ringdiff fuzz`"""

from __future__ import annotations

import sys
import tempfile
import time
from fnmatch import fnmatchcase
from pathlib import Path

import click

from harness.cli.meter import counted
from harness.cli.options import cpu_option, suspect_and_others, suspect_option, warn
from harness.errors import ExitCode, UserError


@click.command("fuzz")
@suspect_option
@cpu_option
@click.option("--seed", type=click.IntRange(0), help="[default: the time; it is printed]")
@click.option("--count", type=click.IntRange(1), default=1000, show_default=True, help="testcases")
@click.option("--first", type=click.IntRange(0), default=0, help="number of the first one, to go on")
@click.option("--mode", "globs", multiple=True, metavar="GLOB", help="only in these modes [default: all]")
@click.option("--most", type=click.IntRange(1), default=40, show_default=True, help="findings, then it stops")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), metavar="DIR", help="a folder to file for each finding"
)
@click.option("-q", "--quiet", is_flag=True, help="no progress line")
def command(
    specs: tuple[str, ...],
    profile: str,
    seed: int | None,
    count: int,
    first: int,
    globs: tuple[str, ...],
    most: int,
    out: Path | None,
    quiet: bool,
) -> int:
    """Random testcases: states and instructions that matter to privilege, compared and minimised.

    Each testcase is a few perturbations of the launch state (descriptors, gates, page tables, TSS, control and debug
    registers, frames on the stack) and a window of one to three instructions, run with several values each. What only
    the suspect shows is minimised, and printed if no smaller case showed it before. The same seed and number always
    give the same testcase. Whether the suspect or the others are wrong, the manual must say.
    """
    from harness.expect.names import MODES
    from harness.fuzz.session import Suspicion, mnemonics, rounds
    from harness.minimise.divergences import slug
    from harness.minimise.filing import write_report
    from harness.minimise.session import minimise_case
    from harness.probing import Probing

    modes = [mode for mode in MODES if not globs or any(fnmatchcase(mode, glob) for glob in globs)]
    if not modes:
        raise UserError(f"no mode fits; modes: {' '.join(MODES)}")
    seed = int(time.time()) if seed is None else seed
    probing = Probing(suspect_and_others(specs), profile)
    probing.available(warn)
    print(f"seed {seed}", flush=True)
    met: list[Suspicion] = []
    cases = lost = 0
    numbers = range(first, first + count)
    with tempfile.TemporaryDirectory(prefix="ringdiff-fuzz-") as name, counted(quiet) as tell:
        for done in rounds(probing, profile, Path(name), seed, numbers, 100, modes):
            cases += done.cases
            for one in done.suspicions:
                if len(met) >= most or any(one.same_as(other) for other in met):
                    continue
                try:
                    small = minimise_case(one.case, probing, profile, None, 300, tell, warn)
                except UserError as error:
                    lost += 1
                    print(f"{one.case.id}: {error.message}", file=sys.stderr)
                    continue
                text = small.source.text()
                window = text.partition("LAUNCH")[2].partition("\n")[2].splitlines()
                names = mnemonics([line for line in window if line.strip()])
                least = Suspicion(one.case, one.field, one.actual, one.expected, names)
                new = not any(least.same_as(other) for other in met)
                met.append(least)
                if not new:
                    continue
                body = one.case.body
                print(
                    f"\n{len(met)}. {one.case.id}: {one.field} is {one.actual}, {one.expected} on the others"
                )
                print(
                    "\n".join(
                        line for line in text.splitlines() if not line.startswith((";; title", ";; cite"))
                    )
                )
                sys.stdout.flush()
                if out is not None:
                    write_report(out / slug(f"{body.testcase.name}-{one.field}"), small, "rom")
            if len(met) >= most:
                break
    print(
        f"\n{cases} cases of seed {seed}, {len(met)} findings"
        + (f", {lost} not by themselves" if lost else "")
    )
    return ExitCode.DIVERGENCE if met else ExitCode.OK
