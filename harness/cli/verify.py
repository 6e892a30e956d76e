# SPDX-License-Identifier: BSD-2-Clause
"""`ringdiff verify`"""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.meter import metered
from harness.cli.options import traces_option, warn


@click.command("verify")
@click.argument("words", nargs=-1, metavar="[TRACE] [FILTER]...")
@click.option("-b", "--backend", "spec", metavar="SPEC", help="[default: what the trace was recorded on]")
@traces_option
@click.option("--all", "show_all", is_flag=True, help="show every case that differs, not only the first 40")
def command(words: tuple[str, ...], spec: str | None, root: Path, show_all: bool) -> int:
    """Run cases and compare what they leave behind with the golden records of TRACE.

    TRACE is a folder of ref-traces/ or a path; without it every trace there is replayed on the backend that it was
    recorded on. The CPU profile is the trace's. Exit code 0: all the same; 10: something differs.
    """
    from harness.trace import recorder

    with metered() as tell:
        done = recorder.verify(words, spec, root, 1 << 30 if show_all else 40, warn, tell)
    for line in done.lines:
        print(line)
    return done.exit_code
