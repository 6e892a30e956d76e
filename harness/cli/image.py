# SPDX-License-Identifier: BSD-2-Clause
"""`ringdiff image`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.options import cpu_option, filters_argument, warn, wrapping_option

if TYPE_CHECKING:
    from harness.case import Case


@click.command("image")
@filters_argument
@click.option("-o", "--out", "out", type=click.Path(path_type=Path), required=True, metavar="FILE")
@wrapping_option(
    "ROM at 4 GiB, multiboot ELF, raw disk (IDE, USB), or an El Torito CD-ROM that is a disk image too"
)
@click.option(
    "--records",
    is_flag=True,
    help="even of one CASE an image that writes its record, as of many; the harness judges it",
)
@click.option(
    "--channel",
    type=click.Choice(["ram", "e9", "uart", "bochs-ram"]),
    help="where records go; implies --records  [default: e9]",
)
@click.option(
    "--expected",
    metavar="SPEC",
    default="refcore",
    show_default=True,
    help="one CASE: the backend whose record it is judged by, as -b of `run` names it",
)
@cpu_option
def command(
    filters: tuple[str, ...],
    out: Path,
    wrapping: str,
    records: bool,
    channel: str | None,
    expected: str,
    profile: str,
) -> int:
    """Write a bootable image of the selected cases.

    Of many cases, or with --records: an image that writes the record stream, for an implementation that has no runner
    yet. Where the cases need several images (32-bit and 64-bit home), FILE gets a suffix before its extension.

    Of one CASE, named by its whole id: a stand-alone image that carries the expected record and prints PASS, or FAIL
    with each field that differs, on port E9h, COM1 (115200 8N1) and the VGA text screen. It needs no harness: attach it
    to a bug report. The case may also be a file of its own, such as `minimise` writes: `image bug/sysret-flags.asm`.
    """
    from harness import catalog
    from harness.assemble import Assembler
    from harness.image import build
    from harness.report.rundir import write_file

    if len(filters) == 1 and filters[0].endswith(".asm"):
        return _standalone(_only_case(Path(filters[0])), out, wrapping, expected, profile)
    cases = catalog.load()
    if len(filters) == 1 and not records and channel is None:
        case = cases.case(filters[0])
        if case is not None:
            return _standalone(case, out, wrapping, expected, profile)
    assembler = Assembler()
    images = build(cases.select(filters), assembler)
    for number, image in enumerate(images):
        path = out
        if len(images) > 1:
            path = out.with_name(
                f"{out.stem}-{image.home}{f'-{number}' if len(images) > 2 else ''}{out.suffix}"
            )
        write_file(path, [image.wrapped(wrapping, image.patched(channel=channel or "e9"), assembler)])
        print(f"{path}: home {image.home}, {len(image)} cases, build {image.build_id:08x}")
    return 0


def _only_case(path: Path) -> Case:
    """The case of a file that holds one. UserError for any other."""
    from harness import catalog
    from harness.errors import Location, UserError

    if not path.is_file():
        raise UserError("no such file", Location(str(path)))
    cases = list(catalog.of_file(path, f"file/{path.stem}").select())
    if len(cases) != 1:
        raise UserError(f"it has {len(cases)} cases, a stand-alone image has one", Location(str(path)))
    return cases[0]


def _standalone(case: Case, out: Path, wrapping: str, expected_spec: str, profile: str) -> int:
    from harness import standalone
    from harness.assemble import Assembler
    from harness.backend import discover
    from harness.bootlines import commands
    from harness.image import build
    from harness.report.rundir import write_file
    from harness.selection import Part, Selection

    assembler = Assembler()
    image = build(Selection([Part(case.body, [case.index])]), assembler)[0]
    expected = standalone.expected_record(case, expected_spec, profile, warn)
    payload = standalone.standalone(case, expected, image, assembler)
    data = image.wrapped(wrapping, payload, assembler)
    write_file(out, [data])
    print(f"{out}: stand-alone, {case.id}, home {image.home}, build {image.build_id:08x}")
    print(f"expects what {expected.source} leaves")
    print("boot it by")
    cpu = {name: manifest.cpu.get(profile, "") for name, manifest in discover().items()}
    for title, line in commands(wrapping, str(out), len(data), cpu).items():
        print(f"  {title}:\n    {line}")
    exits = ", ".join(f"{said} {code}" for said, code in standalone.EXITS.items())
    print(f"exit status of QEMU and the reference core: {exits}")
    return 0
