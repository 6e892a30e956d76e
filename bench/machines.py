#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""`make bench`, third part: what the reference core costs besides instructions: start of a process, snapshots, many
machines at once, much memory and much code touched. bench/machines/machines.c measures."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

from harness.errors import UserError  # noqa: E402
from harness.nasm import Nasm  # noqa: E402

SOURCES = HERE / "machines"
CORE = ROOT / "build" / "refcore" / "release"
_MINIMAL_ROM = b"\xf4" * 0xFFF0 + b"\xb0\x00\xe6\xf4".ljust(16, b"\xf4")  # mov al, 0; out F4h, al


def measured(folder: Path) -> dict[str, float]:
    """The lines of `machines`, by name."""
    program, rom, guest = (folder / name for name in ("machines", "rom", "guest"))
    subprocess.run(
        ["clang", "-O2", "-std=gnu11", "-D_GNU_SOURCE", f"-I{ROOT}/refcore/include", "-o", str(program)]
        + [str(SOURCES / "machines.c"), str(CORE / "librefcore.a"), "-lm"],
        check=True,
    )
    rom.write_bytes(_MINIMAL_ROM)
    guest.write_bytes(Nasm.find().assemble((SOURCES / "guest.asm").read_text(), SOURCES).data)
    done = subprocess.run(
        [str(program), str(CORE / "refcore"), str(rom), str(guest)],
        capture_output=True,
        text=True,
        timeout=300,
    )
    if done.returncode != 0:
        raise UserError(done.stderr.strip())
    return {name: float(value) for name, value in map(str.split, done.stdout.splitlines())}


def rows(value: dict[str, float]) -> Iterator[tuple[str, float, str, float]]:
    """What, how much, its unit, the bar (at most)."""
    yield "process of a minimal image, start to exit", value["process"], "ms", 5
    yield "snapshot taken, 4 pages dirty, 128 MiB", value["take"], "us", 20
    yield "snapshot restored, 4 pages dirty, 128 MiB", value["restore"], "us", 20
    yield "a machine of 1,000, 64 KiB touched", value["machine_64k"], "MiB", 0.75
    yield "a machine of 1,000, 512 KiB touched", value["machine_512k"], "MiB", 1.75
    yield "1 MiB touched against 256 MiB: time", value["touched_256_mib"], "x", 1.2
    yield "10 code pages against 10,000: time", value["code_10000_pages"], "x", 1.2


def main() -> int:
    try:
        with tempfile.TemporaryDirectory(prefix="ringdiff-bench-") as name:
            print(f"{'':<44} {'':>10} {'':<8} {'bar':>10} {'ratio':>7}")
            for what, value, unit, bar in rows(measured(Path(name))):
                print(f"{what:<44} {value:>10.3f} {unit:<8} {bar:>10g} {bar / value:>7.2f}")
    except UserError as error:
        print(f"bench: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
