# SPDX-License-Identifier: BSD-2-Clause
"""Sets of cases as short text: products of values, such as `kind=int_n sel=0x0,KDATA rpl=0..2`.

A point is one case of a mode and CPL: a digit for each variant and sweep dimension of its testcase. A box is a set of
digits for each; the cases of one outcome are a few boxes that do not overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from harness.case import Body, Testcase
from harness.errors import UserError

Point = tuple[int, ...]
Box = tuple[tuple[int, ...], ...]  # ascending digits by dimension


@dataclass(frozen=True)
class Space:
    """The dimensions of a testcase: variants, then sweeps."""

    names: tuple[str, ...]
    texts: tuple[tuple[str, ...], ...]

    @staticmethod
    def of(testcase: Testcase) -> Space:
        names = [variant.name for variant in testcase.variants] + [d.name for d in testcase.sweep]
        texts = [variant.words for variant in testcase.variants] + [d.texts for d in testcase.sweep]
        return Space(tuple(names), tuple(texts))


def point(body: Body, index: int) -> Point:
    """The point of a body's case."""
    words = (variant.words.index(word) for variant, word in zip(body.testcase.variants, body.words))
    return (*words, *body.case(index).digits)


def boxes(points: Iterable[Point]) -> list[Box]:
    """As few boxes as merging one dimension after the other gives, sorted; the same for the same points."""
    single: list[Box] = [tuple((digit,) for digit in one) for one in sorted(set(points))]
    count = len(single[0]) if single else 0
    ways = [_merged(single, order) for order in (range(count - 1, -1, -1), range(count))]
    return min(ways, key=len)


def _merged(found: list[Box], order: Iterable[int]) -> list[Box]:
    for dimension in order:
        rows: dict[Box, list[int]] = {}
        for box in found:
            rest = box[:dimension] + box[dimension + 1 :]
            rows.setdefault(rest, []).extend(box[dimension])
        found = [
            (*rest[:dimension], tuple(sorted(digits)), *rest[dimension:]) for rest, digits in rows.items()
        ]
    return sorted(found)


def points(box: Box) -> Iterator[Point]:
    return product(*box)


def write(box: Box, space: Space) -> str:
    """A box as text; a dimension of which it has all values is left out, `*` is all cases."""
    words = []
    for name, texts, digits in zip(space.names, space.texts, box):
        if len(digits) < len(texts):
            words.append(f"{name}={','.join(_runs(digits, texts))}")
    return " ".join(words) or "*"


def _runs(digits: Sequence[int], texts: Sequence[str]) -> Iterator[str]:
    """Values in the sweep's order; three and more that follow each other there as `first..last`."""
    at = 0
    while at < len(digits):
        end = at
        while end + 1 < len(digits) and digits[end + 1] == digits[end] + 1:
            end += 1
        if end - at >= 2:
            yield f"{texts[digits[at]]}..{texts[digits[end]]}"
        else:
            yield from (texts[digit] for digit in digits[at : end + 1])
        at = end + 1


def read(text: str, space: Space) -> Box:
    """The box of a text; UserError if it names a dimension or value that the testcase does not have."""
    box = [tuple(range(len(texts))) for texts in space.texts]
    for word in text.split() if text != "*" else ():
        name, _, values = word.partition("=")
        if name not in space.names:
            raise UserError(f"the testcase has no parameter '{name}'")
        dimension = space.names.index(name)
        digits: list[int] = []
        for value in values.split(","):
            first, dots, last = value.partition("..")
            a = _digit(first, space.texts[dimension], name)
            digits += range(a, _digit(last, space.texts[dimension], name) + 1) if dots else [a]
        box[dimension] = tuple(digits)
    return tuple(box)


def _digit(text: str, texts: Sequence[str], name: str) -> int:
    if text not in texts:
        raise UserError(f"parameter '{name}' has no value '{text}'")
    return texts.index(text)
