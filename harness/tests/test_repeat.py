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
from tempfile import gettempdir

import pytest

from harness.guardian import MEMORY_FOLDER, TOKEN_NAME

ROOT = Path(__file__).resolve().parents[2]
MARK = "RINGDIFF_TEST_RUN"
SOME = (
    "interrupt/external-after-sti/*",
    "restart/movs-six-pages/long64/*",
    "segment/pe-reload/*",
    "vm86/return/*",
)


class Run:
    """A run and what it started, found by a mark in the environment that only this run's processes carry."""

    def __init__(self, out: Path, filters: tuple[str, ...], *prefix: str) -> None:
        call = [ROOT / "ringdiff", "run", "-q", "-b", "refcore", "-b", "qemu", "-b", "bochs", "--out", out]
        self._mark = f"{MARK}={out}"
        self._errors = out.with_suffix(".err")
        self._sessions: set[str] = set()
        with open(self._errors, "wb") as errors:
            self._process = subprocess.Popen(
                [*prefix, *map(str, call), *filters],
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env={**os.environ, MARK: str(out)},
            )

    def running(self) -> bool:
        """Whether it has not ended yet; notes the sessions (harness.guardian) that it has opened."""
        self._sessions |= {words[TOKEN_NAME] for words in self._processes() if TOKEN_NAME in words}
        return self._process.poll() is None

    def check(self) -> None:
        """It ended well and left neither a process nor a scratch folder."""
        assert self._process.returncode == 0, self._errors.read_text()
        assert self._processes() == []
        assert self._sessions, "no process of the run was seen"
        places = (MEMORY_FOLDER, Path(gettempdir()))
        assert not [name for name in self._sessions if any((place / name).exists() for place in places)]

    def _processes(self) -> list[dict[str, str]]:
        """The environment of each process that this run has started."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                words = (entry / "environ").read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue  # it ended meanwhile
            if self._mark in words:
                found.append(dict(word.split("=", 1) for word in words if "=" in word))
        return found


def finish(*runs: Run) -> None:
    end = time.monotonic() + 1500
    while any([run.running() for run in runs]):
        assert time.monotonic() < end, "a run does not end"
        time.sleep(0.1)
    for run in runs:
        run.check()


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


def check(tmp_path: Path, filters: tuple[str, ...], repeats: int, niceness: int) -> None:
    pair = [Run(tmp_path / f"pair{n}", filters) for n in range(2)]
    finish(*pair)
    digests = [digest(tmp_path / f"pair{n}") for n in range(2)]
    for n in range(repeats):
        finish(Run(tmp_path / f"row{n}", filters))
        digests.append(digest(tmp_path / f"row{n}"))
    with load():
        finish(Run(tmp_path / "nice", filters, "nice", "-n", str(niceness)))
    digests.append(digest(tmp_path / "nice"))
    assert all(one == digests[0] for one in digests)


def test_some_cases_are_the_same_however_they_run(tmp_path: Path) -> None:
    check(tmp_path, SOME, 1, 10)


@pytest.mark.slow
def test_ten_runs_of_the_whole_suite_are_the_same(tmp_path: Path) -> None:
    check(tmp_path, (), 10, 4)  # at 19 a busy processor leaves it a hundredth: hours
