# SPDX-License-Identifier: BSD-2-Clause
"""`ringdiff vectors`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.options import cpu_option, filters_argument, warn

if TYPE_CHECKING:
    from harness.vectors import Vectors


@click.command("vectors")
@filters_argument
@click.option(
    "-o", "--out", "out", type=click.Path(path_type=Path), metavar="FILE", help="vector file to write"
)
@click.option(
    "--list", "listed", type=click.Path(path_type=Path), metavar="FILE", help="show what is in a vector file"
)
@click.option(
    "--json",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="write the cases as JSON, one file a body, in the layout of single-step test suites",
)
@cpu_option
def command(
    filters: tuple[str, ...], out: Path | None, listed: Path | None, folder: Path | None, profile: str
) -> int:
    """Take launch snapshots of the selected cases: each case's processor state and memory where its window opens.

    A snapshot also has the event that ends the window, the state on arrival in the handler, and the record
    (docs/vector-format.md). Where the cases need several images (32-bit and 64-bit home), FILE gets a suffix before its
    extension.
    """
    from harness.errors import ExitCode, UserError

    if listed is not None:
        if filters or out or folder:
            raise UserError("--list stands alone", exit_code=ExitCode.USAGE)
        return _list(listed)
    if out is None and folder is None:
        raise UserError("say where to: -o FILE, --json DIR, or both", exit_code=ExitCode.USAGE)
    _take(filters, profile, out, folder)
    return int(ExitCode.OK)


def _take(filters: tuple[str, ...], profile: str, out: Path | None, folder: Path | None) -> None:
    import tempfile

    from harness import backend, catalog, vectors
    from harness.assemble import Assembler
    from harness.image import build
    from harness.selection import select

    core = backend.RUNNERS.parent / "build" / "bin" / "refcore"
    cpu = backend.discover()["refcore"].cpu[profile]
    assembler = Assembler()
    images = build(select(catalog.load(), filters), assembler, witness=True)
    with tempfile.TemporaryDirectory(prefix="ringdiff-") as scratch:
        for n, image in enumerate(images):
            path = Path(scratch) / f"{n}.vectors"
            if out is not None:
                many = len(images) > 1
                path = (
                    out.with_name(f"{out.stem}-{image.home}{'' if n < 2 else f'-{n}'}{out.suffix}")
                    if many
                    else out
                )
            patched = image.patched(channel="e9", start=0, count=0xFFFFFFFF, skip=(), careful=False)
            vectors.take(image.wrapped("rom", patched, assembler), cpu, core, path)
            taken = vectors.read(path)
            warn(f"home {image.home}: {len(taken.entries)} entries")
            if out is not None:
                print(path)
            if folder is not None:
                _export(taken, folder)


def _names() -> dict[int, str]:
    from harness import catalog

    return {body.key: body.id for body in catalog.load().bodies}


def _export(taken: Vectors, folder: Path) -> None:
    import json

    from harness import catalog, vectors
    from harness.expect.names import MODES
    from harness.report.rundir import write_file

    bodies = {body.key: body for body in catalog.load().bodies}
    modes = {number: name for name, (number, _) in MODES.items()}
    tests: dict[int, list[dict[str, object]]] = {}
    for entry in taken.entries:
        if entry.outcome in ("record", "shutdown", "halted"):
            name = bodies[entry.key].case(entry.raw).id
            tests.setdefault(entry.key, []).append(vectors.single_step(taken, entry, name))
    folder.mkdir(parents=True, exist_ok=True)
    for key, list_of_one in tests.items():
        path = folder / f"{bodies[key].id.replace('/', '.')}.json"
        write_file(path, [json.dumps(list_of_one, separators=(",", ":")).encode(), b"\n"])
    for mode in taken.states:
        text = json.dumps(vectors.base_file(taken, mode, modes), separators=(",", ":"))
        write_file(folder / f"base.{modes.get(mode, mode)}.json", [text.encode(), b"\n"])


def _list(path: Path) -> int:
    from harness import vectors
    from harness.errors import ExitCode
    from harness.expect.names import MODES

    taken = vectors.read(path)
    names = _names()
    modes = {number: name for name, (number, _) in MODES.items()}
    print(f"{path}: build {taken.build_id:08x}, home {taken.home}, {taken.core}, CPU {taken.profile}")
    there = ", ".join(modes.get(mode, str(mode)) for mode in taken.states)
    print(f"{len(taken.entries)} entries, {len(taken.bodies)} bodies, modes {there}")
    for entry in taken.entries:
        what = entry.outcome
        if entry.outcome == "skip":
            what = f"skip {entry.skipped} cases"
        elif entry.events:
            kind = vectors.KINDS[entry.event.kind] if entry.event.kind < len(vectors.KINDS) else "?"
            error = f" error {entry.event.error:#x}" if entry.event.has_error else ""
            what = f"{what}, {kind} vector {entry.event.vector}{error}"
        launch = vectors.registers(entry.launch)
        place = f"{launch['cs']:04x}:{launch['rip']:x}" if entry.outcome != "skip" else "-"
        print(f"{entry.ordinal:6} {names.get(entry.key, f'{entry.key:08x}')} #{entry.raw} {place} {what}")
    return int(ExitCode.OK)
