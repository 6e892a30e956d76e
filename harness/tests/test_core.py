# SPDX-License-Identifier: BSD-2-Clause
"""The whole suite on every build of the reference core: the same bytes are left behind (test_suite judges them)."""
from __future__ import annotations

import random
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from harness.record import Bye, CaseBegin, Hello, Note, StreamReader

ROOT = Path(__file__).resolve().parents[2]
BUILDS = ROOT / "build" / "refcore"
# The guest's BYE, and the end of an image whose last case expects a shutdown.
ENDS = (33, 70)
PROFILES = {"intel": "intel-max", "amd": "zen"}


def binary(variant: str) -> Path:
    path = BUILDS / variant / "refcore"
    assert path.exists(), f"run make -C refcore VARIANT={variant} first"
    return path


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("images")
    subprocess.run(
        [str(ROOT / "ringdiff"), "image", "-o", str(folder / "all.rom"), "--channel", "e9"],
        check=True,
        capture_output=True,
        timeout=300,
    )
    found = sorted(folder.glob("all-*.rom"))
    assert {path.stem.split("-")[1] for path in found} == {"32", "64"}
    return found


def stream(variant: str, image: Path, cpu: str, folder: Path, *options: str) -> tuple[int, bytes]:
    """How the run ended, and all that the guest wrote to port E9h."""
    out = folder / f"{variant}.e9"
    done = subprocess.run(
        [
            str(binary(variant)),
            "--rom",
            str(image),
            "--debugcon",
            str(out),
            "--cpu",
            cpu,
            "--max-insns",
            "20000000000",
            *options,
        ],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode in ENDS, done.stderr[-2000:]
    return done.returncode, out.read_bytes()


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("variant", ["asan", "defects", pytest.param("loop", marks=pytest.mark.slow)])
def test_builds_leave_the_same_records(
    variant: str, profile: str, images: list[Path], tmp_path: Path
) -> None:
    """release dispatches by tail calls; the others by the loop: asan under sanitizers, two by gcc."""
    sizes: Counter[str] = Counter()
    for image in images:
        expected = stream("release", image, PROFILES[profile], tmp_path)
        assert stream(variant, image, PROFILES[profile], tmp_path) == expected
        sizes[image.stem.split("-")[1]] += len(expected[1])  # by home, which may have several images
    assert all(size > 1_000_000 for size in sizes.values())


def test_what_memory_held_before_changes_nothing(images: list[Path], tmp_path: Path) -> None:
    """A machine's RAM is anything when it is switched on, and what a boot loader has left when it is not."""
    memory = tmp_path / "ram"
    for image in images:
        expected = stream("release", image, PROFILES["intel"], tmp_path, "--memory", "32")
        memory.write_bytes(random.Random(image.name).randbytes(32 << 20))
        assert (
            stream("release", image, PROFILES["intel"], tmp_path, "--ram", str(memory), "--memory", "32")
            == expected
        )
    memory.unlink()


@pytest.mark.parametrize("cpu", ["80386", "80486", "pentium"])
def test_the_suite_ends_well_on_early_processors(cpu: str, images: list[Path], tmp_path: Path) -> None:
    """The 32-bit home needs nothing that an 80386 lacks; what a testcase needs beyond is skipped by its `requires`."""
    for legacy in (image for image in images if "-32" in image.stem):
        _, records = stream("release", legacy, cpu, tmp_path)
        frames = StreamReader().feed(records)
        assert not any(isinstance(frame, Note) for frame in frames)
        begun = [frame for frame in frames if isinstance(frame, CaseBegin)]
        hello = next(frame for frame in frames if isinstance(frame, Hello))
        # those that end in shutdown come last
        assert isinstance(frames[-1], Bye) or begun[-1].ordinal > hello.cases - 20
