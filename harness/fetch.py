# SPDX-License-Identifier: BSD-2-Clause
"""`./ringdiff get`: what is common to all that is fetched. A folder is filled under a hidden name, tried, then renamed.

So a fetch that fails or is killed leaves no version behind, and two at once do not disturb each other: the second waits
for the first and finds its work.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from harness import versions
from harness.errors import ExitCode, UserError
from harness.fetchtable import Fetchable, fetchable
from harness.versions import Fetched

Tell = Callable[[str], None]  # progress: what is being done, a few words
_WORK = ".fetch-"
_LOCK = "lock"


def get(spec: str, tell: Tell, *, again: bool = False) -> tuple[Fetched, bool]:
    """Fetches NAME@SUITE, or NAME from npm, unless it is there; and whether it had to.

    `again` fetches what is there once more, for a newer version. UserError for what cannot be fetched.
    """
    entry, suite = _entry(spec)
    spec = f"{entry.name}@{suite}"
    base = versions.folder()
    base.mkdir(parents=True, exist_ok=True)
    target = base / spec
    with _lock(base / f".lock-{spec}", lambda: tell("waiting for another fetch of the same")):
        if target.is_dir() and not again:
            return versions.read_about(target), False
        with workspace(base) as work:
            made = work / "version"
            made.mkdir()
            if entry.npm:
                from harness import fetch_npm

                about = fetch_npm.fetch(entry, made, work, tell)
            else:
                from harness import fetch_debian

                about = fetch_debian.fetch(entry, suite, made, work, fetch_debian.host_archive(), tell)
            versions.write_about(made, about)
            if target.is_dir():
                os.rename(target, work / "replaced")
            os.rename(made, target)
    return about, True


def _entry(spec: str) -> tuple[Fetchable, str]:
    name, at, _ = spec.partition("@")
    entry = fetchable().get(name)
    if entry is None:
        raise UserError(
            f"{name!r} cannot be fetched; what can: {', '.join(sorted(fetchable()))}",
            exit_code=ExitCode.USAGE,
        )
    if entry.npm:
        if at and spec != f"{name}@{versions.NPM}":
            raise UserError(f"{name} has no suites: ./ringdiff get {name}", exit_code=ExitCode.USAGE)
        return entry, versions.NPM
    examples = ", ".join(f"{name}@{suite}" for suite in versions.SUITES)
    if not at:
        raise UserError(f"of which Debian suite? Such as {examples}", exit_code=ExitCode.USAGE)
    suite = versions.split(spec)[1]
    if not suite[0].isalpha():
        raise UserError(
            f"{suite!r} is no Debian suite; name one, such as {examples}", exit_code=ExitCode.USAGE
        )
    return entry, suite


def now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


@contextmanager
def _lock(path: Path, waiting: Callable[[], None]) -> Iterator[None]:
    with open(path, "w", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def workspace(base: Path) -> Iterator[Path]:
    """A folder of one fetch, gone at its end. What a killed fetch has left goes too: nobody holds its lock."""
    for left in base.glob(f"{_WORK}*"):
        _remove_if_left(left)
    work = Path(tempfile.mkdtemp(prefix=_WORK, dir=base))
    try:
        with open(work / _LOCK, "w", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _remove_if_left(work: Path) -> None:
    try:
        with open(work / _LOCK, "r+", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(work, ignore_errors=True)
    except BlockingIOError:
        return  # at work
    except OSError:
        # No lock yet: either it has just begun, or it was killed in between.
        if time.time() - os.stat(work).st_mtime > 60:
            shutil.rmtree(work, ignore_errors=True)
