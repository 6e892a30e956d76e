# SPDX-License-Identifier: BSD-2-Clause
"""`ringdiff revoke`"""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.options import traces_option


@click.command("revoke")
@click.argument("name", metavar="TRACE")
@click.argument("cases", metavar="CASE-GLOB")
@click.option(
    "--reason", required=True, metavar="TEXT", help="why these golden records are not to be believed"
)
@traces_option
def command(name: str, cases: str, reason: str, root: Path) -> int:
    """Revoke golden records: they are neither compared nor recorded again while they stand in revoked.toml."""
    from harness.trace import recorder

    for line in recorder.revoke(name, cases, reason, root):
        print(line)
    return 0
