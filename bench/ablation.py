#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""`make ablation`: what each of the things that make the reference core fast is worth.

The core is built without each of them (refcore/src/cpu/ablation.h), and run beside the whole one on the ten
workloads and the sample of the suite of `make bench`, in turns, on one CPU core. A figure is the speed without, the
whole core's being 1: the median of several rounds' ratios. All must come to the same results, and replay the golden
records of TOPICS.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT), str(HERE)]

import run as suite  # noqa: E402
from workloads import WORKLOADS, Bench, payload  # noqa: E402
from harness import catalog, selection  # noqa: E402
from harness.assemble import Assembler  # noqa: E402
from harness.backend import Backend, probe, select  # noqa: E402
from harness.errors import UserError  # noqa: E402
from harness.execution import Bootable  # noqa: E402
from harness.image import build  # noqa: E402

BUILDS = ROOT / "build" / "refcore"
TOPICS = ("code", "syscall", "restart", "interrupt/external-*")


@dataclass(frozen=True)
class Variant:
    """A core without something: a sum of refcore/src/cpu/ablation.h's values, or a build of its own."""

    what: str
    ablate: int = 0
    build: str = "release"


VARIANTS = (
    Variant("calls in a loop for tail calls, clang", build="plain"),
    Variant("calls in a loop for tail calls, gcc", build="loop"),
    Variant("no links between blocks", 4),
    Variant("no links, no table by linear address", 4 | 8),
    Variant("blocks of one instruction", 2),
    Variant("no block cache", 1),
    Variant("events through the run loop", 16),
    Variant("no address space kept", 64),
    Variant("no check kept", 128),
    Variant("flat segments checked", 256),
    Variant("no TLB lookup in handlers", 32),
)


def make(*arguments: str) -> None:
    done = subprocess.run(
        ["make", "-s", "-C", str(ROOT / "refcore"), *arguments], capture_output=True, text=True
    )
    if done.returncode != 0:
        raise UserError(f"make {' '.join(arguments)}: {done.stderr.strip()}")


def core(variant: Variant, folder: Path) -> Path:
    """The variant's program."""
    make("-j2", f"VARIANT={variant.build}")
    if not variant.ablate:
        return BUILDS / variant.build / "refcore"
    program = folder / f"refcore-{variant.ablate}"
    make("ablated", f"ABLATE={variant.ablate}", f"ABLATED={program}")
    return program


def backend(program: Path) -> Backend:
    """A variant's program as a backend."""
    found = probe(select([f"refcore:{program}"], "intel")[0])
    if not found.probe.available:
        raise UserError(f"{program}: {found.probe.reason}")
    return found


def same_records(program: Path) -> bool:
    """Whether it leaves the golden records."""
    command = [str(ROOT / "ringdiff"), "verify", "refcore-intel", "-b", f"refcore:{program}", *TOPICS]
    return subprocess.run(command, capture_output=True).returncode == 0


def ratios(bench: Bench, whole: Backend, without: Backend, rounds: int, seconds: float) -> list[float]:
    """By workload, the median ratio of the rates of the rounds, in which the two take turns."""
    result = []
    for workload in WORKLOADS:
        data = payload(workload, bench.folder)
        counts = [bench.iterations_for(b, workload, data, seconds) for b in (whole, without)]
        found = []
        for _ in range(rounds):
            fast, slow = (bench.rate(b, workload, data, n) for b, n in zip((whole, without), counts))
            found.append(slow / fast)
        result.append(statistics.median(found))
    return result


def sample() -> list[Bootable]:
    """The images of `make bench`, one a home."""
    chosen = selection.select(catalog.load(), suite.SAMPLE)
    wide = selection.Selection([part for part in chosen.parts if len(part.indexes) >= suite.WIDE])
    assembler = Assembler()
    return [Bootable(image, assembler) for image in build(wide, assembler)]


def case_ratios(
    images: list[Bootable], whole: Backend, without: Backend, rounds: int, core: int
) -> list[float]:
    """By image, the median ratio of the cases a CPU second."""
    result = []
    for image in images:
        found = []
        for _ in range(rounds):
            fast, slow = (suite.throughput(b, image, 1, core)[0][0] for b in (whole, without))
            found.append(slow / fast)
        result.append(statistics.median(found))
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("-r", "--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.2, help="CPU time of one run (default: 0.2)")
    parser.add_argument("--core", type=int, default=min(os.sched_getaffinity(0)))
    options = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="ringdiff-ablation-") as name:
            folder = Path(name)
            bench = Bench(folder, options.core)
            whole = backend(core(Variant("the whole core"), folder))
            images = sample()
            names = [w.letter for w in WORKLOADS] + [f"home {i.image.home}" for i in images]
            print(f"{'':<40}" + "".join(f"{n:>8}" for n in names) + "   records", flush=True)
            for variant in VARIANTS:
                program = core(variant, folder)
                same = same_records(program)
                other = backend(program)
                values = ratios(bench, whole, other, options.rounds, options.seconds)
                values += case_ratios(images, whole, other, options.rounds, options.core)
                figures = "".join(f"{value:>8.2f}" for value in values)
                print(f"{variant.what:<40}{figures}   {'the same' if same else 'DIFFERENT'}", flush=True)
    except UserError as error:
        print(f"ablation: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
