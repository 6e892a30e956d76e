# SPDX-License-Identifier: BSD-2-Clause
"""Runs do not disturb each other: at once, in a row, niced under load; the records are the same, nothing stays
behind."""
from __future__ import annotations

import hashlib
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHM = Path("/dev/shm")
SOME = (
    "interrupt/external-after-sti/*",
    "restart/movs-six-pages/long64/*",
    "segment/pe-reload/*",
    "vm86/return/*",
)


def start(out: Path, filters: tuple[str, ...], *prefix: str) -> subprocess.Popen[bytes]:
    call = [ROOT / "ringdiff", "run", "-q", "-b", "refcore", "-b", "qemu", "-b", "bochs", "--out", out]
    return subprocess.Popen(
        [*prefix, *map(str, call), *filters], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


def finish(run: subprocess.Popen[bytes]) -> None:
    _, said = run.communicate(timeout=1500)
    assert run.returncode == 0, said.decode()


def digest(out: Path) -> dict[str, str]:
    """A hash of what each backend recorded, by file."""
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (out / "records").iterdir()}
    assert found
    return found


@contextmanager
def load() -> Iterator[None]:
    """Two processes that keep the processors busy."""
    busy = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(2)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def ours() -> set[str]:
    """What runs of this tree leave in shared memory while they live."""
    return {path.name for path in SHM.glob("ringdiff-*")}


def children() -> list[str]:
    """Command lines of emulators whose scratch folder no longer exists."""
    left = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        folders = [Path(*Path(word).parts[:4]) for word in words if word.startswith(f"{SHM}/ringdiff-")]
        if any(not folder.exists() for folder in folders):
            left.append(" ".join(words))
    return left


def check(tmp_path: Path, filters: tuple[str, ...], repeats: int) -> None:
    pair = [start(tmp_path / f"pair{n}", filters) for n in range(2)]
    for run in pair:
        finish(run)
    digests = [digest(tmp_path / f"pair{n}") for n in range(2)]
    for n in range(repeats):
        finish(start(tmp_path / f"row{n}", filters))
        digests.append(digest(tmp_path / f"row{n}"))
    with load():
        finish(start(tmp_path / "nice", filters, "nice", "-n", "19"))
    digests.append(digest(tmp_path / "nice"))
    assert all(one == digests[0] for one in digests)


def test_some_cases_are_the_same_however_they_run(tmp_path: Path) -> None:
    before = ours()
    check(tmp_path, SOME, 1)
    for _ in range(50):  # another test's runs may come and go meanwhile
        left = ours() - before
        if not children() and len(left) <= 8:
            break
        time.sleep(0.1)
    assert children() == []


@pytest.mark.slow
def test_ten_runs_of_the_whole_suite_are_the_same(tmp_path: Path) -> None:
    check(tmp_path, (), 10)
