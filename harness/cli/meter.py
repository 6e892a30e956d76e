# SPDX-License-Identifier: BSD-2-Clause
"""What a terminal shows while cases run."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def metered(quiet: bool = False) -> Iterator[Callable[[object, int, int], None] | None]:
    """What to tell the progress to, on a terminal; the line is gone in the end."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    meter = _Meter()
    try:
        yield meter.tell
    finally:
        meter.close()


@contextmanager
def counted(quiet: bool = False) -> Iterator[Callable[[int, int], None]]:
    """What to tell a search's steps to: candidates tried, and the lines of the smallest so far."""
    if quiet or not sys.stderr.isatty():
        yield lambda tried, lines: None
        return
    try:
        yield lambda tried, lines: print(f"\r\x1b[K{tried} tried, {lines} lines", end="", file=sys.stderr)
    finally:
        print("\r\x1b[K", end="", file=sys.stderr)


class _Meter:
    """A progress line on a terminal. Worker threads call `tell`; it draws at most ten times a second."""

    def __init__(self) -> None:
        self._done: dict[int, tuple[str, int, int]] = {}
        self._last = 0.0
        self._begun = time.monotonic()

    def tell(self, unit: object, done: int, total: int) -> None:
        backend = getattr(unit, "backend")
        self._done[id(unit)] = backend.label, done, total
        now = time.monotonic()
        if now - self._last < 0.1 or now - self._begun < 0.3:
            return
        self._last = now
        sums: dict[str, tuple[int, int]] = {}
        for label, part, whole in list(self._done.values()):
            before = sums.get(label, (0, 0))
            sums[label] = before[0] + part, before[1] + whole
        text = "  ".join(f"{label} {part}/{whole}" for label, (part, whole) in sums.items())
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()

    def close(self) -> None:
        if self._last:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
