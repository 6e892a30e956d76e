# SPDX-License-Identifier: BSD-2-Clause
"""`ringdiff record`"""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.meter import metered
from harness.cli.options import cpu_option, filters_argument, traces_option, warn


@click.command("record")
@filters_argument
@click.option(
    "-b", "--backend", "spec", metavar="SPEC", required=True, help="the one backend, as -b of `run`"
)
@cpu_option
@click.option("--as", "name", metavar="NAME", help="name of the trace [default: LABEL-PROFILE]")
@traces_option
def command(filters: tuple[str, ...], spec: str, profile: str, name: str | None, root: Path) -> int:
    """Record golden records: what a backend leaves behind, as text, in ref-traces/NAME.

    All cases of each testcase that a FILTER names are run twice, the second time case by case with the whole arena
    compared, then replayed against what was written. Only where all three agree the trace is accepted. Of a trace
    that exists only the testcases named are replaced.
    """
    from harness.probing import Probing
    from harness.trace import recorder

    probing = Probing([spec], profile)
    with metered() as tell:
        done = recorder.record(probing, spec, profile, filters, name, root, warn, tell)
    for line in done.lines:
        print(line)
    return done.exit_code
