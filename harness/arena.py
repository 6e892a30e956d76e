# SPDX-License-Identifier: BSD-2-Clause
"""The arena's map, read from testcases/kit/arena.inc: regions, selectors and constants by name."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from harness import paths
from harness.errors import Location, UserError
from harness.expect import Value, parse

ARENA_INC = paths.KIT / "arena.inc"


@dataclass(frozen=True, slots=True)
class Region:
    """A named part of the arena; offset and size in bytes."""

    name: str
    offset: int
    size: int

    @property
    def end(self) -> int:
        return self.offset + self.size


@dataclass(frozen=True)
class Arena:
    """arena.inc as a table. Constants hold every name: regions (as linear addresses), selectors, equs."""

    regions: tuple[Region, ...]  # by offset; parts without a name lie between them
    selectors: dict[str, int]
    constants: dict[str, int]

    @property
    def base(self) -> int:
        """Linear and physical address of the arena."""
        return self.constants["ARENA"]

    @property
    def size(self) -> int:
        return self.constants["ARENA_SIZE"]

    @cached_property
    def _offsets(self) -> list[int]:
        return [region.offset for region in self.regions]

    @cached_property
    def _by_name(self) -> dict[str, Region]:
        return {region.name: region for region in self.regions}

    @cached_property
    def _selector_names(self) -> dict[int, str]:
        named: dict[int, str] = {}
        for name, value in self.selectors.items():
            named.setdefault(value & ~3, name)
        return named

    @cached_property
    def region_names(self) -> frozenset[str]:
        return frozenset(self._by_name)

    def region(self, name: str) -> Region:
        """The region of that name; KeyError if there is none."""
        return self._by_name[name]

    def region_at(self, offset: int) -> Region | None:
        """The region that holds the byte at this arena offset, or None between regions."""
        at = bisect_right(self._offsets, offset) - 1
        return self.regions[at] if at >= 0 and offset < self.regions[at].end else None

    def describe(self, offset: int) -> str:
        """An arena offset for reports: `DATA0+0x10`."""
        region = self.region_at(offset)
        if region is None:
            return f"ARENA+{offset:#x}"
        distance = offset - region.offset
        return f"{region.name}+{distance:#x}" if distance else region.name

    def selector_name(self, selector: int) -> str | None:
        """Name of the descriptor a selector refers to, its RPL ignored; None where arena.inc names none."""
        return self._selector_names.get(selector & ~3)


_REGION = re.compile(r"REGION\s+(\w+)\s*,\s*(\w+)\s*,\s*(\w+)$")
_SELECTOR = re.compile(r"SELECTOR\s+(\w+)\s*,\s*(\w+)$")
_EQU = re.compile(r"(\w+)\s+equ\s+(.+)$")


def load(path: Path = ARENA_INC) -> Arena:
    """Read arena.inc; UserError with file and line where a line is not understood."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"cannot read the arena's map: {error.strerror}", Location(paths.shown(path))
        ) from None
    return parse_text(text, paths.shown(path))


def parse_text(text: str, file: str) -> Arena:
    """Arena from the text of arena.inc; file names it in errors."""
    reader = _Reader(file)
    for number, line in enumerate(text.splitlines(), 1):
        reader.line(line.split(";", 1)[0].strip(), Location(file, number))
    for name in ("ARENA", "ARENA_SIZE", "CODE"):
        if name not in reader.constants:
            raise UserError(f"'{name}' is not defined", Location(file))
    regions = tuple(sorted(reader.regions, key=lambda region: region.offset))
    return Arena(regions, reader.selectors, reader.constants)


class _Reader:
    def __init__(self, file: str) -> None:
        self.regions: list[Region] = []
        self.selectors: dict[str, int] = {}
        self.constants: dict[str, int] = {}
        self._in_macro = False

    def line(self, line: str, where: Location) -> None:
        if not line or line.startswith("%") or self._in_macro:
            self._in_macro = (self._in_macro or line.startswith("%macro")) and not line.startswith(
                "%endmacro"
            )
            return
        if match := _REGION.match(line):
            offset, size = self._number(match[2], where), self._number(match[3], where)
            self._region(Region(match[1], offset, size), where)
        elif match := _SELECTOR.match(line):
            self._define(match[1], self._number(match[2], where), where)
            if not match[1].endswith("_LIMIT"):
                self.selectors[match[1]] = self.constants[match[1]]
        elif match := _EQU.match(line):
            self._define(match[1], self._number(match[2], where), where)
        else:
            raise UserError("not understood: expected REGION, SELECTOR or `name equ value`", where)

    def _region(self, region: Region, where: Location) -> None:
        for other in self.regions:
            if region.offset < other.end and other.offset < region.end:
                raise UserError(f"region {region.name} overlaps region {other.name}", where)
        if region.end > self.constants.get("ARENA_SIZE", 0):
            raise UserError(f"region {region.name} ends beyond ARENA_SIZE", where)
        self._define(region.name, self.constants["ARENA"] + region.offset, where)
        self._define(f"{region.name}_SIZE", region.size, where)
        self.regions.append(region)

    def _define(self, name: str, value: int, where: Location) -> None:
        if name in self.constants:
            raise UserError(f"'{name}' is defined twice", where)
        self.constants[name] = value

    def _number(self, text: str, where: Location) -> int:
        try:
            return int(text, 0)
        except ValueError:
            return constant(text, self.constants, where)


class _Constants:
    """Constants alone as the environment of an expression."""

    def __init__(self, constants: dict[str, int]) -> None:
        self._constants = constants

    def name(self, dotted: str) -> Value:
        return self._constants[dotted]

    def index(self, name: str, i: int) -> Value:
        raise KeyError(name)

    def call(self, fn: str, args: Sequence[Value]) -> Value:
        raise KeyError(fn)


def constant(text: str, constants: dict[str, int], where: Location) -> int:
    """Value of a constant expression such as `UDATA|3`; UserError for an unknown name or a non-number."""
    expr = parse(text, where)
    try:
        value = expr.eval(_Constants(constants))
    except KeyError as error:
        raise UserError(f"unknown constant '{error.args[0]}' in '{text}'", where) from None
    if not isinstance(value, int):
        raise UserError(f"'{text}' is not a number", where)
    return int(value)
