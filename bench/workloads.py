#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""`make bench`, second part: ten workloads on the reference core, Bochs and QEMU TCG, side by side on one CPU core.

What is measured is CPU time of the runner and its emulator, less that of a run of one iteration. The backends take
turns; ratios are those of one round, their median is shown. All must leave the same result.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

from harness import paths  # noqa: E402
from harness.assemble import Assembler  # noqa: E402
from harness.backend import Backend, probe, select  # noqa: E402
from harness.errors import UserError  # noqa: E402
from harness.nasm import Nasm  # noqa: E402
from harness.wrapping import wrap  # noqa: E402

SOURCES = HERE / "workloads"
_SIZE_AT, _CHANNEL_AT, _COUNT_AT = 0x0C, 0x14, 0x1C
_CHANNELS = {"ram": 0, "bochs-ram": 0, "e9": 1}
_TRIAL_S = 0.05  # a trial shorter than this says nothing of the rate
_STRING_MIB = 2  # what one iteration of `string` moves


@dataclass(frozen=True)
class Workload:
    """A row of refcore's bars: at least so many times as fast as Bochs and as QEMU TCG; 0: no bar."""

    letter: str
    name: str
    what: str
    bochs: float
    qemu: float


WORKLOADS = (
    Workload("a", "integer", "integer, branches", 4, 0),
    Workload("b", "memory", "loads, stores, call/ret over 1 MiB", 4, 0),
    Workload("c", "string", "REP MOVSB, REP STOSQ (MiB/s)", 0, 0),
    Workload("d", "syscall", "SYSCALL/SYSRET", 8, 1.5),
    Workload("e", "pagefault", "#PF, IRETQ", 8, 1.5),
    Workload("f", "interrupt", "INT n, IRETQ", 8, 1.5),
    Workload("g", "translation", "CR3, INVLPG, 64 pages", 8, 1.5),
    Workload("h", "simd", "SSE2", 2, 0),
    Workload("i", "real", "real mode, far call, INT n", 3, 0),
    Workload("j", "compiled", "compiled C", 4, 0),
)


def compiled(folder: Path) -> Path:
    """compiled.c as a flat binary that can stand anywhere."""
    elf, flat = folder / "compiled.elf", folder / "compiled.bin"
    subprocess.run(
        ["cc", "-O2", "-ffreestanding", "-fno-builtin", "-nostdlib", "-static", "-fPIE", "-mno-red-zone"]
        + ["-fno-stack-protector", "-fcf-protection=none", "-fno-asynchronous-unwind-tables", "-mno-sse"]
        + ["-Wl,-Ttext=0x10000,--build-id=none,-e,work", "-o", str(elf), str(SOURCES / "compiled.c")],
        check=True,
    )
    subprocess.run(["objcopy", "-O", "binary", "-j", ".text*", str(elf), str(flat)], check=True)
    return flat


def payload(workload: Workload, folder: Path) -> bytes:
    options = ("-I", f"{SOURCES}/")
    if workload.name == "compiled":
        options += (f"-DCOMPILED='{compiled(folder)}'",)
    text = (SOURCES / f"{workload.name}.asm").read_text()
    data = Nasm.find().assemble(text, paths.KIT, options=options).data
    data = data.ljust(-(-len(data) // 16) * 16, b"\0")
    return data[:_SIZE_AT] + struct.pack("<I", len(data)) + data[_SIZE_AT + 4 :]


def patched(data: bytes, channel: str, count: int) -> bytes:
    image = bytearray(data)
    struct.pack_into("<I", image, _CHANNEL_AT, _CHANNELS[channel])
    struct.pack_into("<I", image, _COUNT_AT, count)
    return bytes(image)


class Bench:
    """Boots workloads and takes their CPU time."""

    def __init__(self, folder: Path, core: int) -> None:
        self.folder = folder
        self.core = core
        self.assembler = Assembler()
        self.results: dict[str, bytes] = {}

    def seconds(self, backend: Backend, workload: Workload, data: bytes, count: int) -> float:
        """CPU seconds of one boot; UserError if it left no result or another one than the boots before."""
        image, stream, scratch = (self.folder / name for name in ("image", "stream", "scratch"))
        image.write_bytes(wrap(patched(data, backend.channel, count), backend.format, self.assembler))
        stream.write_bytes(b"")
        with tempfile.TemporaryDirectory(dir=self.folder, prefix="scratch-") as scratch_name:
            scratch = Path(scratch_name)
            paths_given = ["--image", str(image), "--stream", str(stream), "--scratch", str(scratch)]
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            done = subprocess.run(
                ["timeout", "-s", "KILL", "100", "taskset", "-c", str(self.core)]
                + list(backend.command("boot", *paths_given)),
                stderr=subprocess.PIPE,
                text=True,
            )
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
        result = stream.read_bytes()
        if len(result) != 8:
            raise UserError(
                f"{workload.name} on {backend.label}: status {done.returncode}: {done.stderr.strip()}"
            )
        key = f"{workload.name} {count}"
        if self.results.setdefault(key, result) != result:
            raise UserError(
                f"{workload.name}: {backend.label} comes to {result.hex()}, not {self.results[key].hex()}"
            )
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def iterations_for(self, backend: Backend, workload: Workload, data: bytes, wanted: float) -> int:
        """How many iterations take about so many CPU seconds."""
        alone = self.seconds(backend, workload, data, 1)
        count = 4
        while True:
            spent = self.seconds(backend, workload, data, count) - alone
            if spent >= _TRIAL_S:
                return max(2, round(count * wanted / spent))
            count *= 4

    def rate(self, backend: Backend, workload: Workload, data: bytes, count: int) -> float:
        """Iterations a CPU second."""
        alone = self.seconds(backend, workload, data, 1)
        return (count - 1) / max(self.seconds(backend, workload, data, count) - alone, 1e-9)

    def instructions(self, workload: Workload, data: bytes) -> int:
        """Instructions of one iteration, as the reference core counts them."""
        counts = []
        for iterations in (1, 3):
            image = self.folder / "image"
            image.write_bytes(wrap(patched(data, "ram", iterations), "rom", self.assembler))
            binary = ROOT / "build" / "bin" / "refcore"
            done = subprocess.run(
                [
                    str(binary),
                    "--rom",
                    str(image),
                    "--memory",
                    "32",
                    "--debugcon",
                    "/dev/null",
                    "--count",
                    "-",
                ],
                capture_output=True,
                text=True,
            )
            counts.append(int(done.stdout))
        return (counts[1] - counts[0]) // 2


def measure(
    bench: Bench, workload: Workload, backends: Sequence[Backend], rounds: int, wanted: float
) -> dict[str, list[float]]:
    """Million instructions (or MiB) a second of each round, by backend."""
    data = payload(workload, bench.folder)
    unit = _STRING_MIB if workload.name == "string" else bench.instructions(workload, data) / 1e6
    counts = {b.label: bench.iterations_for(b, workload, data, wanted) for b in backends}
    rates: dict[str, list[float]] = {b.label: [] for b in backends}
    for _ in range(rounds):
        for backend in backends:
            rates[backend.label].append(bench.rate(backend, workload, data, counts[backend.label]) * unit)
    return rates


def memory_speed(rounds: int) -> float:
    """The host's memcpy and memset as `string` uses them, MiB a second of both together."""
    source = (
        "import ctypes, time\n"
        "a = ctypes.create_string_buffer(1 << 20); b = ctypes.create_string_buffer(1 << 20)\n"
        "best = 0.0\n"
        f"for _ in range({rounds} * 20):\n"
        "    t = time.process_time()\n"
        "    for _ in range(100):\n"
        "        ctypes.memmove(a, b, 1 << 20); ctypes.memset(b, 7, 1 << 20)\n"
        "    best = max(best, 200 / (time.process_time() - t))\n"
        "print(best)\n"
    )
    return float(
        subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True).stdout
    )


def compared(workload: Workload, rates: dict[str, list[float]]) -> Iterator[tuple[str, float, float]]:
    """Against whom, the median of the rounds' ratios, the bar (0: none)."""
    core = rates["refcore"]
    for other, bar in (("bochs", workload.bochs), ("qemu", workload.qemu)):
        if other in rates:
            yield other, statistics.median(a / b for a, b in zip(core, rates[other])), bar


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("-r", "--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.4, help="CPU time of one run (default: 0.4)")
    parser.add_argument("--core", type=int, default=min(os.sched_getaffinity(0)))
    parser.add_argument("-b", "--backend", action="append", help="default: refcore, bochs, qemu")
    parser.add_argument("names", nargs="*", help="workloads by letter or name (default: all)")
    options = parser.parse_args()
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    try:
        backends = [b for b in map(probe, select(options.backend or ["refcore", "bochs", "qemu"], "intel"))]
        for backend in backends:
            if not backend.probe.available:
                raise UserError(f"{backend.label}: {backend.probe.reason}")
        print(f"{'':<40}" + "".join(f"{b.label + ' ' + b.version:>16}" for b in backends) + "   ratio (bar)")
        with tempfile.TemporaryDirectory(prefix="ringdiff-bench-", dir=place) as name:
            bench = Bench(Path(name), options.core)
            for workload in WORKLOADS:
                if options.names and not {workload.letter, workload.name} & set(options.names):
                    continue
                rates = measure(bench, workload, backends, options.rounds, options.seconds)
                line = f"{workload.letter} {workload.what:<38}"
                line += "".join(f"{statistics.median(rates[b.label]):>16,.0f}" for b in backends)
                if "refcore" in rates:
                    for other, ratio, bar in compared(workload, rates):
                        line += f"   {other} {ratio:.2f}" + (f" ({bar:g})" if bar else "")
                    if workload.name == "string":
                        part = statistics.median(rates["refcore"]) / memory_speed(options.rounds)
                        line += f"   host {part:.2f} (0.25)"
                print(line, flush=True)
    except UserError as error:
        print(f"bench: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
