#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""`make bench`: full-capture cases a second on one core, warm, and the latency of one case from the command line.

Warm means without the start of the emulator: of two boots of one image, all cases and one case, the difference counts.
The runner and its emulator are pinned to one core together. Medians of several rounds, the spread beside them.

The sample is bodies with wide sweeps: what is measured is cases, not the translation of new code. `-w` takes whatever
the filters name instead. Modes of which a backend can run nothing (its probe tells) are left out, as a run leaves them
out. A case that ends its guest and is charged with it (frame ENDED) is a case done; how many did is shown.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from harness import catalog, selection  # noqa: E402
from harness.assemble import Assembler  # noqa: E402
from harness.backend import Backend, probe, select  # noqa: E402
from harness.errors import UserError  # noqa: E402
from harness.execution import Bootable  # noqa: E402
from harness.image import build  # noqa: E402
from harness.ledger import read_stream  # noqa: E402

# Cases a second by backend, seconds for one case.
BARS = {"refcore": 40_000.0, "qemu": 30_000.0, "bochs": 6_000.0, "kvm": 300.0}
AT_MOST = {"kvm": 3_000}  # cases a boot: a KVM without VMX emulates instruction by instruction
LATENCY_BAR_S = 0.4
SAMPLE = ("syscall", "iret", "io")  # topics whose wide sweeps kill no emulator
WIDE = 60  # cases a body


@dataclass(frozen=True)
class Boot:
    """One boot: CPU time of runner and emulator, records, cases that ended the guest, whether it came to its BYE."""

    seconds: float
    records: int
    ended: int
    complete: bool


def boot_once(backend: Backend, image: Bootable, count: int, core: int) -> Boot:
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="ringdiff-bench-", dir=place) as name:
        folder = Path(name)
        (folder / "scratch").mkdir()
        (folder / "stream").touch()
        image.write(
            folder / "image",
            format=backend.format,
            channel=backend.channel,
            start=0,
            count=count,
            careful=False,
            skip=(),
        )
        paths = ["--image", folder / "image", "--stream", folder / "stream", "--scratch", folder / "scratch"]
        command = [
            "timeout",
            "-s",
            "KILL",
            "60",
            "taskset",
            "-c",
            str(core),
            *backend.command("boot", *map(str, paths)),
        ]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, stderr=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        # not wall time: what other guests of the host take is not the emulator's
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        ledger = read_stream((folder / "stream").read_bytes())
        return Boot(seconds, len(ledger.finals), len(ledger.ended), ledger.complete)


def throughput(backend: Backend, image: Bootable, rounds: int, core: int) -> tuple[list[float], str, int]:
    """Cases a CPU second of each round, or why there are none; and how many cases of a boot end the guest."""
    rates: list[float] = []
    ended = 0
    for _ in range(rounds + 1):  # the first one warms the caches of the host
        few = boot_once(backend, image, 1, core)
        if not few.complete:
            return [], "the boot of one case did not come to its BYE", 0
        many = boot_once(backend, image, AT_MOST.get(backend.manifest.name, 0xFFFFFFFF), core)
        if not many.complete:
            return [], f"ended after {many.records} cases without a complete BYE", 0
        ended = many.ended
        cases = many.records + many.ended - few.records - few.ended
        rates.append(cases / max(many.seconds - few.seconds, 1e-9))
    return rates[1:], "", ended


def latency(case: str, rounds: int) -> list[float]:
    """Seconds for `./ringdiff run CASE -b qemu`, start of the interpreter included."""
    times = []
    for _ in range(rounds + 1):
        with tempfile.TemporaryDirectory(prefix="ringdiff-bench-") as out:
            command = [str(ROOT / "ringdiff"), "run", case, "-b", "qemu", "--out", f"{out}/run"]
            begin = time.perf_counter()
            done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            times.append(time.perf_counter() - begin)
            if done.returncode not in (0, 1):
                raise UserError(
                    f"./ringdiff run {case} ended with status {done.returncode}: {done.stderr.strip()}"
                )
    return times[1:]


def row(
    name: str, values: list[float], bar: float | None, better: Callable[[float, float], float], unit: str
) -> str:
    middle = statistics.median(values)
    spread = (
        f"{min(values):,.3g} .. {max(values):,.3g}"
        if unit == "s"
        else f"{min(values):,.0f} .. {max(values):,.0f}"
    )
    shown = f"{middle:.3f}" if unit == "s" else f"{middle:,.0f}"
    against = f"{bar:>10,g} {better(middle, bar):>7.2f}" if bar else f"{'':>10} {'':>7}"
    return f"{name:<44} {shown:>10} {unit:<8} {against}   {spread}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "-b", "--backend", action="append", help="backend spec (default: refcore, qemu, bochs, kvm)"
    )
    parser.add_argument("-r", "--rounds", type=int, default=5)
    parser.add_argument("--core", type=int, default=min(os.sched_getaffinity(0)))
    parser.add_argument(
        "-w", "--whole", action="store_true", help="all that the filters name, not wide sweeps only"
    )
    parser.add_argument("filters", nargs="*", help=f"globs over case ids (default: {' '.join(SAMPLE)})")
    options = parser.parse_args()
    try:
        chosen = selection.select(catalog.load(), options.filters or SAMPLE)
        if not options.whole:
            chosen = selection.Selection([part for part in chosen.parts if len(part.indexes) >= WIDE])
        assembler = Assembler()
        images = [Bootable(i, assembler) for i in build(chosen, assembler)]
        print(f"{'':<44} {'median':>10} {'':<8} {'bar':>10} {'ratio':>7}   spread of {options.rounds}")
        for backend in map(probe, select(options.backend or list(BARS), "intel")):
            if not backend.probe.available:
                print(f"{backend.label}: {backend.probe.reason}")
                continue
            able = selection.Selection([part for part in chosen.parts if not backend.lacks(part.body.mode)])
            mine = images
            if len(able.parts) < len(chosen.parts):
                mine = [Bootable(image, assembler) for image in build(able, assembler)]
            for image in mine:
                name = f"{backend.label} {backend.version}, home {image.image.home}, {len(image.cases)} cases"
                rates, problem, ended = throughput(backend, image, options.rounds, options.core)
                if ended:
                    name += f", {ended} end the guest"
                if problem:
                    print(f"{name:<44} {problem}")
                else:
                    print(
                        row(name, rates, BARS.get(backend.name), lambda v, bar: v / bar, "cases/s"),
                        flush=True,
                    )
        if (ROOT / "ringdiff").exists():
            long = [image for image in images if image.image.home == 64] or images
            case = long[0].image.case(0).id
            print(
                row(
                    "one case on qemu, command line",
                    latency(case, options.rounds),
                    LATENCY_BAR_S,
                    lambda v, b: b / v,
                    "s",
                )
            )
    except UserError as error:
        print(f"bench: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
