#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""`make bench`: windows a second of in-process models, through the model host.

User CPU time of host and model, with the system's for models that run in the kernel; of two calls, all cases and one,
the difference counts, so loading does not. Windows that came to a record are counted; the time that refused ones take
is in it. Best of several rounds.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from harness import backend, catalog, selection, vectors  # noqa: E402
from harness.assemble import Assembler  # noqa: E402
from harness.errors import UserError  # noqa: E402
from harness.image import build  # noqa: E402
from harness.record import Record, StreamReader  # noqa: E402

BIN = ROOT / "build" / "bin"
BARS = {"refcore": 100_000, "native": 50_000, "unicorn": 50_000, "kvm": 5_000}
IN_KERNEL = {"kvm"}  # what they do is system time
SAMPLE = ("string/*", "syscall/*", "segment/*", "iret/*")
SAMPLES = {"native": ("string/*/cpl3/*", "restart/*/cpl3/*")}  # it runs nothing else
HOME = 64
_BYE = 40


def used(model: str) -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + (usage.ru_stime if model in IN_KERNEL else 0)


def run_host(path: Path, model: str, stream: Path, count: int) -> tuple[float, int]:
    """Seconds, and records."""
    stream.unlink(missing_ok=True)
    command: list[str | Path] = [BIN / "model-host", "--vectors", path, "--model", BIN / f"model-{model}.so"]
    command += ["--stream", stream, "--count", str(count)]
    command += ["--settings", "vendor=any"] if model == "native" else []
    before = used(model)
    done = subprocess.run(command, capture_output=True, text=True)
    seconds = used(model) - before
    if done.returncode != _BYE:
        raise UserError(done.stderr.strip() or f"model-host ended with status {done.returncode}")
    frames = StreamReader().feed(stream.read_bytes())
    return seconds, sum(isinstance(frame, Record) for frame in frames)


def rate(path: Path, model: str, stream: Path, rounds: int) -> tuple[float, int]:
    """Windows a second, best of the rounds, and how many there are."""
    best, records = 0.0, 0
    for _ in range(rounds):
        alone, few = run_host(path, model, stream, 1)
        whole, records = run_host(path, model, stream, 0xFFFFFFFF)
        best = max(best, (records - few) / max(whole - alone, 1e-4))
    return best, records


def take(filters: Sequence[str], path: Path) -> None:
    """The vector file of the cases with a 64-bit home."""
    assembler, cpu = Assembler(), backend.discover()["refcore"].cpu["intel"]
    images = build(selection.select(catalog.load(), filters), assembler, witness=True)
    image = next(image for image in images if image.home == HOME)
    patched = image.patched(channel="e9", start=0, count=0xFFFFFFFF, skip=(), careful=False)
    vectors.take(image.wrapped("rom", patched, assembler), cpu, BIN / "refcore", path)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("-r", "--rounds", type=int, default=7)
    parser.add_argument("models", nargs="*", help=f"default: {' '.join(BARS)}")
    parser.add_argument("-f", "--filter", action="append", help=f"default: {' '.join(SAMPLE)}")
    options = parser.parse_args()
    try:
        print(f"{'in-process models, home 64':<44} {'best':>10} {'':<9} {'bar':>9} {'ratio':>7}")
        for model in options.models or BARS:
            if not (BIN / f"model-{model}.so").exists():
                print(f"model-{model}: not built here")
                continue
            with tempfile.TemporaryDirectory(prefix="ringdiff-bench-") as name:
                path = Path(name) / "vectors"
                take(options.filter or SAMPLES.get(model, SAMPLE), path)
                found, records = rate(path, model, Path(name) / "stream", options.rounds)
            bar = BARS.get(model)
            against = f"{bar:>9,} {found / bar:>7.2f}" if bar else ""
            print(
                f"{f'model-{model}, {records} windows':<44} {found:>10,.0f} windows/s {against}", flush=True
            )
    except UserError as error:
        print(f"bench: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
