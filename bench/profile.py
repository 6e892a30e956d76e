#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""`make profile`: where the reference core spends its time, by function, on the suite's sample and on the workloads."""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT), str(HERE)]

import workloads  # noqa: E402
from run import SAMPLE, WIDE  # noqa: E402

from harness import catalog, selection  # noqa: E402
from harness.assemble import Assembler  # noqa: E402
from harness.errors import UserError  # noqa: E402
from harness.execution import Bootable  # noqa: E402
from harness.image import build  # noqa: E402
from harness.wrapping import wrap  # noqa: E402

REFCORE = ROOT / "build" / "bin" / "refcore"
_HERTZ = 4000
_ITERATIONS = {"string": 2000, "syscall": 2000, "compiled": 300, "simd": 30, "integer": 100, "memory": 100}
_ROW = re.compile(r"\s*([0-9.]+)%\s+\S+\s+(\S+)\s+\[.\]\s+(\S+)")


def images(folder: Path, names: list[str]) -> Iterator[tuple[str, Path]]:
    """A title and a ROM image for each thing to be profiled: the suite's homes, then the workloads."""
    assembler = Assembler()
    if not names or "suite" in names:
        chosen = selection.select(catalog.load(), SAMPLE)
        wide = selection.Selection([part for part in chosen.parts if len(part.indexes) >= WIDE])
        for image in build(wide, assembler):
            path = folder / f"suite{image.home}"
            Bootable(image, assembler).write(
                path, format="rom", channel="ram", start=0, count=0xFFFFFFFF, careful=False, skip=()
            )
            yield f"suite, home {image.home}", path
    for workload in workloads.WORKLOADS:
        if names and not {workload.letter, workload.name} & set(names):
            continue
        data = workloads.patched(
            workloads.payload(workload, folder), "ram", _ITERATIONS.get(workload.name, 400)
        )
        path = folder / workload.name
        path.write_bytes(wrap(data, "rom", assembler))
        yield f"{workload.letter} {workload.what}", path


def profile(image: Path, rows: int) -> list[str]:
    """The functions with the largest shares, as lines."""
    data = image.with_suffix(".perf")
    command = ["perf", "record", "-q", "-F", str(_HERTZ), "-o", str(data), str(REFCORE), "--rom", str(image)]
    done = subprocess.run(
        [*command, "--memory", "32", "--debugcon", "/dev/null"], capture_output=True, text=True
    )
    if not data.exists():
        raise UserError(f"perf recorded nothing: {done.stderr.strip()}")
    report = subprocess.run(
        ["perf", "report", "--stdio", "-i", str(data)], capture_output=True, text=True, check=True
    )
    found = (match for match in map(_ROW.match, report.stdout.splitlines()) if match)
    return [f"  {float(m[1]):5.1f} %  {m[3]}" for _, m in zip(range(rows), found)]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("-n", "--rows", type=int, default=12, help="functions to show (default: 12)")
    parser.add_argument("names", nargs="*", help="`suite`, or workloads by letter or name (default: all)")
    options = parser.parse_args()
    try:
        if shutil.which("perf") is None:
            raise UserError("perf is not installed; Debian has it in linux-perf")
        with tempfile.TemporaryDirectory(prefix="ringdiff-profile-") as name:
            for title, image in images(Path(name), options.names):
                print(title, *profile(image, options.rows), sep="\n", flush=True)
    except UserError as error:
        print(f"profile: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
