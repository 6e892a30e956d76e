# SPDX-License-Identifier: BSD-2-Clause
"""A folder to file: the smallest testcase, its stand-alone image, and a report that says all one must know."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

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


def write_report(
    folder: Path, done: Minimised, wrapping: str, keep_image: bool = True, cases: int = 0
) -> list[Path]:
    """Write NAME.asm, report.md, finding.json and, of that wrapping, the image NAME.rom (.elf, .img, .iso); the paths.

    cases: of the suite, that show the finding; 0 if unknown.
    """
    make_folder(folder)
    name = done.origin.body.testcase.name
    text, report, finding = folder / f"{name}.asm", folder / "report.md", folder / "finding.json"
    write_file(text, [done.source.text().encode()])
    (case,) = catalog.of_file(text, done.origin.body.testcase.id).select()
    image = folder / f"{name}.{_SUFFIX[wrapping]}"
    data = _image(case, done, wrapping)
    if keep_image:
        write_file(image, [data])
    write_file(report, [_report(done, image.name, len(data), wrapping, keep_image).encode()])
    facts = {
        "title": _title(done),
        "finding": done.wanted.issue or done.wanted.cluster,
        "suspect": done.suspect.title,
        "version": done.suspect.version,
        "cpu": done.suspect.cpu,
        "profile": done.profile,
        "case": done.origin.id,
        "cases": cases,
        "lines": done.source.size,
        "fields": done.fields,
    }
    write_file(finding, [json.dumps(facts, indent=1).encode() + b"\n"])
    return [text, *([image] if keep_image else []), report, finding]


def write_index(folder: Path) -> Path:
    """Write README.md over all findings below the folder, by implementation; its path."""
    lines = ["# Divergences found", ""]
    lines += ["Each with its minimised case and a report to file; `./ringdiff divergences` writes them.", ""]
    groups: dict[str, list[tuple[Path, dict[str, Any]]]] = {}
    for path in sorted(folder.glob("*/*/finding.json")):
        facts = json.loads(path.read_text(encoding="utf-8"))
        groups.setdefault(f"{facts['suspect']} {facts['version']}", []).append((path, facts))
    for name, members in groups.items():
        lines += [f"## {name}", "", "| finding | cases | lines left | an example |", "|---|---|---|---|"]
        for path, facts in sorted(members, key=lambda member: -int(member[1]["cases"])):
            link = (path.parent.relative_to(folder) / "report.md").as_posix()
            first = facts["fields"][0] if facts["fields"] else {"name": "", "actual": "", "expected": ""}
            example = f"`{first['name']}` is `{first['actual']}`, should be `{first['expected']}`"
            lines.append(
                f"| [{facts['title']}]({link}) | {facts['cases']:,} | {facts['lines']} | {example} |"
            )
        lines.append("")
    path = folder / "README.md"
    make_folder(folder)
    write_file(path, ["\n".join(lines).encode()])
    return path


def _title(done: Minimised) -> str:
    title = done.issue.title if done.issue else done.origin.body.testcase.title
    return title.removeprefix("... ")


def _image(case: Case, done: Minimised, wrapping: str) -> bytes:
    assembler = Assembler()
    image = build(Selection([Part(case.body, [case.index])]), assembler)[0]
    expected = expected_record(case, "refcore", done.profile)
    return image.wrapped(wrapping, standalone(case, expected, image, assembler), assembler)


def _report(done: Minimised, file: str, size: int, wrapping: str, made: bool) -> str:
    testcase = done.origin.body.testcase
    lines = [f"# {_title(done)}", ""]
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
    if not made:
        make = f"./ringdiff image {testcase.name}.asm --cpu {done.profile} --format {wrapping} -o {file}"
        lines += [f"`{make}` makes an image of the case.", ""]
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
