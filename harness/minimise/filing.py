# SPDX-License-Identifier: BSD-2-Clause
"""A folder to file: the smallest testcase, its stand-alone image, and a report that says all one must know."""

from __future__ import annotations

from pathlib import Path

from harness import catalog
from harness.assemble import Assembler
from harness.backend import discover
from harness.bootlines import commands
from harness.case import Case
from harness.image import build
from harness.minimise.session import Minimised
from harness.report.rundir import BackendInfo, make_folder, write_file
from harness.selection import Part, Selection
from harness.standalone import EXITS, expected_record, standalone

_SUFFIX = {"rom": "rom", "multiboot": "elf", "disk": "img", "iso": "iso"}


def write_report(folder: Path, done: Minimised, wrapping: str) -> list[Path]:
    """Write NAME.asm, NAME.rom (or as the wrapping has it) and report.md into the folder; the paths."""
    make_folder(folder)
    name = done.origin.body.testcase.name
    text, image, report = folder / f"{name}.asm", folder / f"{name}.{_SUFFIX[wrapping]}", folder / "report.md"
    write_file(text, [done.source.text().encode()])
    (case,) = catalog.of_file(text, done.origin.body.testcase.id).select()
    data = _image(case, done, wrapping)
    write_file(image, [data])
    write_file(report, [_report(done, case, image.name, len(data), wrapping).encode()])
    return [text, image, report]


def _image(case: Case, done: Minimised, wrapping: str) -> bytes:
    assembler = Assembler()
    image = build(Selection([Part(case.body, [case.index])]), assembler)[0]
    expected = expected_record(case, "refcore", done.profile)
    return image.wrapped(wrapping, standalone(case, expected, image, assembler), assembler)


def _report(done: Minimised, case: Case, file: str, size: int, wrapping: str) -> str:
    testcase = done.origin.body.testcase
    title = done.issue.title.removeprefix("... ") if done.issue else testcase.title
    lines = [f"# {title}", ""]
    lines += [f"- wrong: {_named(done.suspect)}", *(f"- compared with: {_named(b)}" for b in done.compared)]
    lines += [f"- CPU profile: {done.profile}", f"- found by: `{done.origin.id}`", ""]
    lines += ["## What differs", "", f"| field | {done.suspect.name} | should be |", "|---|---|---|"]
    lines += [f"| `{f['name']}` | `{f['actual']}` | `{f['expected']}` |" for f in done.fields]
    lines += ["", "## Why it is wrong", ""]
    if done.issue:
        lines += [f"{done.issue.text}", "", f"Right is {done.issue.right} ({done.issue.cite})."]
    else:
        lines += [f"{testcase.title} ({'; '.join(testcase.cite)})."]
    others = [f for f in done.row["fields"] if "follows" not in f and f not in done.fields]
    if others:
        names = ", ".join(dict.fromkeys(f"{f['name']} ({f.get('known', 'not explained')})" for f in others))
        lines += ["", f"The same case shows on {done.suspect.name} besides: {names}."]
    lines += ["", "## The case", "", "```nasm", done.source.text().rstrip(), "```", ""]
    lines += ["Set-up is what stands before `LAUNCH`; `STOP` is a UD2 that ends the window.", ""]
    lines += ["## To see it", ""]
    lines += [
        f"`{file}` boots by itself and prints PASS, or FAIL with each field that differs from what the reference core"
        " leaves, on port E9h, COM1 and the screen. To boot it:",
        "",
    ]
    cpu = {name: manifest.cpu.get(done.profile, "") for name, manifest in discover().items()}
    for name, line in commands(wrapping, file, size, cpu).items():
        lines += [f"    # {name}", f"    {line}"]
    exits = ", ".join(f"{said} {code}" for said, code in EXITS.items())
    lines += ["", f"Exit status of QEMU and the reference core: {exits}.", ""]
    return "\n".join(lines)


def _named(backend: BackendInfo) -> str:
    return f"{backend.title} {backend.version}, CPU {backend.cpu}"
