# SPDX-License-Identifier: BSD-2-Clause
"""`ringdiff image`"""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.options import filters_argument


@click.command("image")
@filters_argument
@click.option("-o", "--out", "out", type=click.Path(path_type=Path), required=True, metavar="FILE")
@click.option(
    "--format", "wrapping", type=click.Choice(["rom", "multiboot", "disk"]), default="rom", show_default=True
)
@click.option(
    "--channel", type=click.Choice(["ram", "e9", "uart", "bochs-ram"]), default="e9", show_default=True
)
def command(filters: tuple[str, ...], out: Path, wrapping: str, channel: str) -> int:
    """Write a bootable image of the selected cases, for an implementation that has no runner yet.

    Where the cases need several images (32-bit and 64-bit home), FILE gets a suffix before its extension.
    """
    from harness import catalog
    from harness.assemble import Assembler
    from harness.image import build
    from harness.report.rundir import write_file

    assembler = Assembler()
    images = build(catalog.load().select(filters), assembler)
    for number, image in enumerate(images):
        path = out
        if len(images) > 1:
            path = out.with_name(
                f"{out.stem}-{image.home}{f'-{number}' if len(images) > 2 else ''}{out.suffix}"
            )
        write_file(path, [image.wrapped(wrapping, image.patched(channel=channel), assembler)])
        print(f"{path}: home {image.home}, {len(image)} cases, build {image.build_id:08x}")
    return 0
