# SPDX-License-Identifier: BSD-2-Clause
"""`ringdiff vectors`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.options import backend_option, cpu_option, filters_argument, warn

if TYPE_CHECKING:
    from harness.backend import Backend
    from harness.vectors import Vectors


class _Number(click.ParamType):
    name = "number"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return int(str(value), 0)
        except ValueError:
            self.fail(f"{value!r} is not a number", param, ctx)


_NUMBER = _Number()


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
@click.option(
    "--import",
    "imported",
    is_flag=True,
    help="FILTER is FILE... or DIR...: single-step tests (JSON, plain or gzip) to write with -o, to run with -b",
)
@click.option(
    "--flags-mask",
    type=_NUMBER,
    metavar="BITS",
    help="with --import: bits of the flags that count, for files that do not say which are undefined",
)
@click.option(
    "--ends",
    type=click.Choice(["auto", "hlt", "next"]),
    default="auto",
    show_default=True,
    help="with --import: a test ends with its own HLT (80286, 80386), or at the next instruction (8086, 8088)",
)
@click.option(
    "--results",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="with -b: every verdict as a line of JSON",
)
@backend_option
@cpu_option
def command(
    filters: tuple[str, ...],
    out: Path | None,
    listed: Path | None,
    folder: Path | None,
    imported: bool,
    flags_mask: int | None,
    ends: str,
    results: Path | None,
    specs: tuple[str, ...],
    profile: str,
) -> int:
    """Take launch snapshots of the selected cases: each case's processor state and memory where its window opens.

    A snapshot also has the event that ends the window, the state on arrival in the handler, and the record
    (docs/vector-format.md). Where the cases need several images (32-bit and 64-bit home), FILE gets a suffix before its
    extension.

    --import goes the other way: `vectors --import 00.json.gz -b model:unicorn` runs tests on a model and judges
    what it leaves against their final states.
    """
    from harness.errors import ExitCode, UserError

    if listed is not None:
        if filters or out or folder or imported:
            raise UserError("--list stands alone", exit_code=ExitCode.USAGE)
        return _list(listed)
    if imported:
        if folder is not None:
            raise UserError(
                "--json writes cases of the suite; it does not go with --import", exit_code=ExitCode.USAGE
            )
        return _import([Path(name) for name in filters], out, specs, profile, results, flags_mask, ends)
    if specs or results is not None or flags_mask is not None or ends != "auto":
        raise UserError("-b, --results, --flags-mask and --ends need --import", exit_code=ExitCode.USAGE)
    if out is None and folder is None:
        raise UserError("say where to: -o FILE, --json DIR, or both", exit_code=ExitCode.USAGE)
    _take(filters, profile, out, folder)
    return int(ExitCode.OK)


def _models(specs: tuple[str, ...], profile: str) -> list[Backend]:
    from harness import backend
    from harness.errors import ExitCode, UserError

    manifests = backend.discover()
    found = []
    for spec in specs:
        model = backend.parse_spec(spec, manifests, profile)
        if model.manifest.name != "model":
            raise UserError(
                f"{spec}: single steps run on models only: -b model:NAME", exit_code=ExitCode.USAGE
            )
        found.append(backend.probe(model))
        if not found[-1].probe.available:
            raise UserError(f"{spec}: {found[-1].probe.reason}", exit_code=ExitCode.UNAVAILABLE)
    return found


def _import(
    files: list[Path],
    out: Path | None,
    specs: tuple[str, ...],
    profile: str,
    results: Path | None,
    flags_mask: int | None,
    ends: str,
) -> int:
    import tempfile

    from harness import backend, stepimport, vectors
    from harness.errors import ExitCode, UserError
    from harness.report.rundir import write_file

    if not files or (out is None and not specs):
        raise UserError(
            "say which FILEs, and what with them: -o FILE, -b model:NAME, or both", exit_code=ExitCode.USAGE
        )
    models = _models(specs, profile)
    halts = {"auto": None, "hlt": True, "next": False}[ends]
    cpu = backend.discover()["refcore"].cpu[profile]
    importer = stepimport.Importer(cpu, stepimport.Options(flags_mask, halts))
    groups = []
    for path in (test for file in files for test in _tests_of(file)):
        if _is_vector_file(path):
            groups.append(vectors.read(path))
            if not groups[-1].steps:
                raise UserError(f"{path} holds cases of the suite, not single steps; `run` runs those")
        else:
            importer.add(path)
    groups += importer.vectors()
    for line in importer.refused[:5]:
        warn(f"left out: {line}")
    if importer.refused:
        warn(f"{len(importer.refused)} tests left out; {sum(len(g.entries) for g in groups)} taken")
    if not groups:
        raise UserError("no test is left")
    with tempfile.TemporaryDirectory(prefix="ringdiff-") as scratch:
        paths = []
        for n, taken in enumerate(groups):
            path = Path(scratch) / f"{n}.vectors"
            if out is not None:
                path = out if len(groups) == 1 else out.with_name(f"{out.stem}-{n}{out.suffix}")
                print(path)
            write_file(path, [vectors.packed(taken)])
            paths.append(path)
        status = int(ExitCode.OK)
        if models:
            status = _run(list(zip(groups, paths)), models, Path(scratch), results)
    return status


def _run(
    files: list[tuple[Vectors, Path]], models: list[Backend], scratch: Path, results: Path | None
) -> int:
    import json

    from harness import backend, steprun
    from harness.errors import ExitCode
    from harness.report.rundir import write_file

    host = backend.RUNNERS.parent / "build" / "bin" / "model-host"
    status, lines = int(ExitCode.OK), []
    for model in models:
        totals = steprun.Totals()
        for taken, path in files:
            for result in steprun.run(taken, path, model, host, scratch):
                totals.counts[result.verdict] += 1
                lines.append(json.dumps({"backend": model.label, **result.as_json()}).encode() + b"\n")
                if result.verdict in ("FAIL", "CRASH", "HANG"):
                    status = int(ExitCode.DIVERGENCE)
                    print(f"{result.line()}  [{model.label}]")
        print(f"{model.label}: {totals}")
    if results is not None:
        write_file(results, lines)
    return status


def _tests_of(path: Path) -> list[Path]:
    """A file, or the tests of a folder."""
    if not path.is_dir():
        return [path]
    names = (name for form in ("*.json", "*.json.gz") for name in path.glob(form))
    return sorted(name for name in names if not name.name.startswith(("base.", "metadata.")))


def _is_vector_file(path: Path) -> bool:
    from harness import vectors

    try:
        with open(path, "rb") as file:
            return file.read(len(vectors.MAGIC)) == vectors.MAGIC
    except OSError:
        return False  # the reader says why


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
                _export(taken, folder, profile)


def _names() -> dict[int, str]:
    from harness import catalog

    return {body.key: body.id for body in catalog.load().bodies}


def _export(taken: Vectors, folder: Path, vendor: str) -> None:
    import json

    from harness import catalog, singlestep
    from harness.expect.names import MODES
    from harness.report.rundir import write_file

    bodies = {body.key: body for body in catalog.load().bodies}
    masks = {key: singlestep.undefined_masks(bodies[key], vendor) for key in taken.bodies if key in bodies}
    modes = {number: name for name, (number, _) in MODES.items()}
    tests: dict[int, list[dict[str, object]]] = {}
    left_out = 0
    for entry in taken.entries:
        if singlestep.can_express(entry):
            name = bodies[entry.key].case(entry.raw).id
            test = singlestep.single_step(taken, entry, name, masks[entry.key])
            tests.setdefault(entry.key, []).append(test)
        else:
            left_out += 1
    if left_out:
        warn(
            f"home {taken.home}: {left_out} entries left out: no single steps (fault scripts, devices, skips)"
        )
    folder.mkdir(parents=True, exist_ok=True)
    for key, list_of_one in tests.items():
        path = folder / f"{bodies[key].id.replace('/', '.')}.json"
        write_file(path, [json.dumps(list_of_one, separators=(",", ":")).encode(), b"\n"])
    for mode in taken.states:
        text = json.dumps(singlestep.base_file(taken, mode, modes), separators=(",", ":"))
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
