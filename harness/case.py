# SPDX-License-Identifier: BSD-2-Clause
"""Testcases, their bodies and their cases.

A testcase is one file; a body is what is assembled of it for one mode, CPL and variant; a case is one
point of the body's sweep, known by its raw index: mixed radix, the first dimension varies slowest.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from harness.expect import Expr, Value
from harness.expect.names import MODES, SYMBOLS


@dataclass(frozen=True, slots=True)
class Dimension:
    """One line of `sweep`: values as written, for ids, and as numbers."""

    name: str
    texts: tuple[str, ...]
    values: tuple[int, ...]  # as unsigned 64-bit numbers


@dataclass(frozen=True, slots=True)
class Variant:
    """One line of `variant`: its words, and what expressions see for each."""

    name: str
    words: tuple[str, ...]
    values: tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Requirement:
    """One word of `requires`, with its condition on CPUID: ((register & mask) == value) != negate."""

    feature: str
    negated: bool  # written `!feature`
    modes: tuple[str, ...]
    leaf: int
    subleaf: int
    register: int
    mask: int
    value: int
    negate: bool  # includes `negated`

    def __str__(self) -> str:
        return f"!{self.feature}" if self.negated else self.feature


@dataclass(frozen=True, slots=True)
class Undefined:
    """A name the manual leaves open, for one vendor or for both; `when` speaks of mode, CPL and variants."""

    vendor: str | None
    name: str
    line: int
    when: Expr | None = None


@dataclass(frozen=True, slots=True)
class Expect:
    """One `expect` line."""

    vendor: str | None
    when: Expr | None
    expr: Expr
    line: int
    text: str


@dataclass(frozen=True)
class Testcase:
    """The front matter of one file."""

    __test__ = False  # pytest: no test class

    id: str  # topic/name
    path: str
    title: str
    why: str
    cite: tuple[str, ...]
    modes: tuple[str, ...]
    cpls: tuple[int, ...]
    requires: tuple[Requirement, ...]
    sweep: tuple[Dimension, ...]
    variants: tuple[Variant, ...]
    where: tuple[Expr, ...]
    touches: tuple[tuple[int, int], ...]  # arena offset and length in bytes, multiples of 64
    error_code: bool
    ends_shutdown: bool
    undefined: tuple[Undefined, ...]
    expects: tuple[Expect, ...]

    @property
    def topic(self) -> str:
        return self.id.split("/", 1)[0]

    @property
    def name(self) -> str:
        return self.id.split("/", 1)[1]

    @cached_property
    def raw(self) -> int:
        """Points of the sweep, before `where`."""
        count = 1
        for dimension in self.sweep:
            count *= len(dimension.values)
        return count

    @cached_property
    def labels(self) -> tuple[tuple[str, ...], ...]:
        """`name=value` of every sweep value, by dimension, as ids show them."""
        return tuple(tuple(f"{d.name}={text}" for text in d.texts) for d in self.sweep)


class Body:
    """What is assembled: a testcase in one mode, at one CPL, with one word of each variant."""

    __slots__ = ("testcase", "mode", "cpl", "words", "id", "key", "selected")

    def __init__(
        self, testcase: Testcase, mode: str, cpl: int, words: tuple[str, ...], selected: str | None
    ) -> None:
        """selected is the set of points that `where` keeps, as a hexadecimal bitmap; None is all of them."""
        self.testcase = testcase
        self.mode = mode
        self.cpl = cpl
        self.words = words
        body_id = f"{testcase.id}/{mode}/cpl{cpl}"
        if words:
            body_id += "/" + ",".join(f"{v.name}={word}" for v, word in zip(testcase.variants, words))
        self.id = body_id
        self.key = zlib.crc32(body_id.encode())
        self.selected = selected

    @property
    def variants(self) -> dict[str, str]:
        """The word of each variant."""
        return {variant.name: word for variant, word in zip(self.testcase.variants, self.words)}

    @property
    def home(self) -> int:
        """The image home that has this mode: 32 or 64."""
        return MODES[self.mode][1]

    @property
    def raw(self) -> int:
        return self.testcase.raw

    @property
    def indexes(self) -> Sequence[int]:
        """Raw indexes of this body's cases, ascending."""
        if self.selected is None:
            return range(self.raw)
        bits = bin(int(self.selected, 16))[:1:-1]
        return [index for index, bit in enumerate(bits) if bit == "1"]

    @property
    def requires(self) -> tuple[Requirement, ...]:
        """Requirements in this mode; a SKIP frame names one by its index here."""
        return tuple(r for r in self.testcase.requires if self.mode in r.modes)

    def names(self) -> dict[str, Value]:
        """What expressions may name besides state, parameters and constants: variants, their words, mode, CPL."""
        names: dict[str, Value] = {symbol: symbol for symbol in SYMBOLS}
        for variant, word in zip(self.testcase.variants, self.words):
            names.update({value: value for value in variant.values if isinstance(value, str)})
            names[variant.name] = variant.values[variant.words.index(word)]
        names.update(mode=self.mode, launch_cpl=self.cpl, cpl0=self.cpl)
        return names

    def case(self, index: int) -> Case:
        """The case of a raw index; IndexError beyond the sweep."""
        if not 0 <= index < self.raw:
            raise IndexError(f"{self.id} has {self.raw} points, no index {index}")
        return Case(self, index)

    def cases(self) -> Iterator[Case]:
        return (Case(self, index) for index in self.indexes)

    def __repr__(self) -> str:
        return f"Body({self.id!r})"


class Case:
    """One point of a body's sweep."""

    __slots__ = ("body", "index")

    def __init__(self, body: Body, index: int) -> None:
        self.body = body
        self.index = index

    @property
    def id(self) -> str:
        """`topic/testcase/mode/cplN/variant=word,...,sweep=value,...`: stable for good."""
        body = self.body
        if not body.testcase.sweep:
            return body.id
        labels = body.testcase.labels
        parts = [column[digit] for column, digit in zip(labels, self.digits)]
        return f"{body.id}{',' if body.words else '/'}{','.join(parts)}"

    @property
    def digits(self) -> list[int]:
        """Index of this case's value in each dimension."""
        digits: list[int] = []
        rest = self.index
        for dimension in reversed(self.body.testcase.sweep):
            rest, digit = divmod(rest, len(dimension.values))
            digits.append(digit)
        digits.reverse()
        return digits

    @property
    def params(self) -> dict[str, int]:
        """Sweep values, as the home's word holds them: unsigned, 32 or 64 bits."""
        mask = word_mask(self.body.mode)
        sweep = self.body.testcase.sweep
        return {d.name: d.values[digit] & mask for d, digit in zip(sweep, self.digits)}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Case) and self.index == other.index and self.body.id == other.body.id

    def __hash__(self) -> int:
        return hash((self.body.key, self.index))

    def __repr__(self) -> str:
        return f"Case({self.id!r})"


def word_mask(mode: str) -> int:
    """All ones in the word of the home that has this mode."""
    return (1 << MODES[mode][1]) - 1
