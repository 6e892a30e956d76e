# SPDX-License-Identifier: BSD-2-Clause
"""`ringdiff show`"""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.options import backend_option, cpu_option, warn


@click.command("show")
@click.argument("case_id", metavar="CASE")
@backend_option
@cpu_option
@click.option(
    "--from",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="show what that run recorded, do not run",
)
@click.option("--full", is_flag=True, help="all registers, not only those that differ or moved")
def command(case_id: str, specs: tuple[str, ...], profile: str, folder: Path | None, full: bool) -> int:
    """One case: disassembly of its window with labels, launch and final state of every backend side by side.

    Fields that differ between backends are marked with `!`, those that began differently with `~`, fields that violate
    an expectation with `*`.
    """
    from harness.probing import Probing

    probing = None if folder is not None else Probing(specs, profile)

    from harness import catalog, execution
    from harness.errors import UserError
    from harness.report import rundir
    from harness.report.case_view import live_view, print_case, stored_view
    from harness.selection import Part, Selection

    cases = catalog.load()
    case = cases.case(case_id)
    if case is None:
        matching = cases.select([case_id])  # says what is wrong with it, if nothing matches
        if len(matching) != 1:
            raise UserError(
                f"'{case_id}' is {len(matching)} cases; show one, such as {next(iter(matching)).id}"
            )
        case = next(iter(matching))
    selection = Selection([Part(case.body, [case.index])])
    if folder is not None or probing is None:
        assert folder is not None
        view = stored_view(case, folder)
    else:
        plan = execution.make_plan(selection, probing, execution.default_jobs(), warn)
        view = live_view(case, execution.execute(plan, rundir.RunInfo(profile, [], [case.id])))
    print_case(view, full)
    return int(rundir.rows_exit_code(view.rows))
