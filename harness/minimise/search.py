# SPDX-License-Identifier: BSD-2-Clause
"""Delta debugging over a testcase's pieces: halves first, then single pieces, outer groups before inner ones.

The first account of the method is Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (2002).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from harness.minimise.source import (
    Group,
    Line,
    Piece,
    Pieces,
    Source,
    expanded,
    halves,
    inlined,
    simpler,
    unwrapped,
)


Holds = Callable[[Source], bool]
"""Whether a candidate still shows what is wanted; may raise Exhausted."""


class Exhausted(Exception):
    """No more tries are allowed: what was reached so far counts."""


def minimise(source: Source, holds: Holds, reached: Callable[[Source], None] = lambda source: None) -> Source:
    """The smallest that the search comes to; `source` itself must hold. `reached` is told of each step down."""
    best = source

    def accept(candidate: Source) -> bool:
        nonlocal best
        if candidate == best or not holds(candidate):
            return False
        best = candidate
        reached(best)
        return True

    try:
        while True:
            before = best
            _shrink(best.code, lambda pieces: accept(best.with_code(pieces)))
            _parameters(lambda: best, accept)
            for line in best.head:
                if line.startswith(";; expect"):
                    accept(replace(best, head=tuple(other for other in best.head if other is not line)))
            while any(accept(candidate) for candidate in expanded(best)):
                pass
            if best == before:
                return best
    except Exhausted:
        return best


def _shrink(pieces: Pieces, accept: Callable[[Pieces], bool]) -> Pieces:
    """The pieces that accept() leaves, each of them shrunk."""
    pieces = _without(pieces, accept)
    n = 0
    while n < len(pieces):
        pieces, step = _inside(pieces, n, accept)
        n += step
    return pieces


def _without(pieces: Pieces, accept: Callable[[Pieces], bool]) -> Pieces:
    size = max(1, len(pieces) // 2)
    while pieces:
        n = 0
        while n < len(pieces):
            candidate = pieces[:n] + pieces[n + size :]
            if accept(candidate):
                pieces = candidate
            else:
                n += size
        if size == 1:
            break
        size //= 2
    return pieces


def _inside(pieces: Pieces, n: int, accept: Callable[[Pieces], bool]) -> tuple[Pieces, int]:
    """Piece n replaced by less, if that can be; and how far to go on."""
    piece = pieces[n]

    def put(new: Sequence[Piece]) -> Pieces:
        return (*pieces[:n], *new, *pieces[n + 1 :])

    if isinstance(piece, Line):
        for half in halves(piece):
            if accept(put([half])):
                return put([half]), 1
        return pieces, 1
    for inside in unwrapped(piece):
        if accept(put(inside)):
            return put(inside), 0
    branches, close = list(piece.branches), piece.close
    for number, (directive, inside) in enumerate(branches):

        def with_branch(new: Pieces, number: int = number, directive: str = directive) -> Pieces:
            changed = [*branches]
            changed[number] = directive, new
            return put([Group(tuple(changed), close)])

        branches[number] = directive, _shrink(inside, lambda new: accept(with_branch(new)))
    return put([Group(tuple(branches), close)]), 1


def _parameters(best: Callable[[], Source], accept: Callable[[Source], bool]) -> None:
    for parameter in best().parameters:
        if not any(accept(candidate) for candidate in simpler(best(), parameter)):
            accept(inlined(best(), parameter))
