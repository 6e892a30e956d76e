# SPDX-License-Identifier: BSD-2-Clause
"""Which cases a run means: filters over ids, and shards."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import translate
from typing import TYPE_CHECKING

from harness.case import Body, Case
from harness.errors import ExitCode, UserError

if TYPE_CHECKING:
    from harness.catalog import Catalog

_GLOB = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Part:
    """The selected cases of one body: raw indexes, ascending, at least one."""

    body: Body
    indexes: Sequence[int]


class Selection:
    """Cases, in the catalog's order; they are made as one walks over them."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = tuple(part for part in parts if part.indexes)

    def __len__(self) -> int:
        return sum(len(part.indexes) for part in self.parts)

    def __iter__(self) -> Iterator[Case]:
        for part in self.parts:
            for index in part.indexes:
                yield Case(part.body, index)

    def shard(self, number: int, count: int) -> Selection:
        """Shard `number` (from 1) of `count`: each case is in exactly one, decided by its id alone."""
        if not 1 <= number <= count:
            raise UserError(
                f"shard {number}/{count}: write N/COUNT with 1 <= N <= COUNT", exit_code=ExitCode.USAGE
            )
        parts = []
        for part in self.parts:
            mine = [
                i for i in part.indexes if zlib.crc32(Case(part.body, i).id.encode()) % count == number - 1
            ]
            parts.append(Part(part.body, mine))
        return Selection(parts)

    def first(self, count: int) -> Selection:
        """The first `count` cases."""
        parts = []
        for part in self.parts:
            if count <= 0:
                break
            parts.append(Part(part.body, part.indexes[:count]))
            count -= len(part.indexes)
        return Selection(parts)


def parse_shard(text: str) -> tuple[int, int]:
    """`1/2` as numbers; UserError if it is not of that form."""
    match = re.fullmatch(r"([1-9]\d{0,5})/([1-9]\d{0,5})", text)
    if match is None or int(match[1]) > int(match[2]):
        raise UserError(f"shard '{text}': write N/COUNT with 1 <= N <= COUNT", exit_code=ExitCode.USAGE)
    return int(match[1]), int(match[2])


def select(catalog: Catalog, patterns: Sequence[str]) -> Selection:
    """Cases whose id matches any pattern; UserError for a pattern that matches none."""
    if not patterns:
        return Selection([Part(body, body.indexes) for body in catalog.bodies])
    chosen: dict[str, set[int] | None] = {}  # by body id; None is all of its cases
    for pattern in patterns:
        _add(catalog, pattern, chosen)
    parts = []
    for body in catalog.bodies:
        if body.id in chosen:
            indexes = chosen[body.id]
            parts.append(Part(body, body.indexes if indexes is None else sorted(indexes)))
    return Selection(parts)


def _add(catalog: Catalog, pattern: str, chosen: dict[str, set[int] | None]) -> None:
    found = _globbed(catalog, pattern) if _GLOB.search(pattern) else _named(catalog, pattern.rstrip("/"))
    empty = True
    for body, indexes in found:
        empty = False
        old = chosen.get(body.id, set())
        chosen[body.id] = None if indexes is None or old is None else old | indexes
    if empty:
        raise UserError(f"filter '{pattern}' matches no case{_hint(catalog, pattern)}")


def _named(catalog: Catalog, pattern: str) -> Iterator[tuple[Body, set[int] | None]]:
    """Matches of a filter without glob characters: an id, or a leading part of ids up to a slash."""
    case = catalog.case(pattern)
    if case is not None:
        yield case.body, {case.index}
        return
    for body in catalog.bodies:
        if f"{body.id}/".startswith(f"{pattern}/"):
            yield body, None


def _globbed(catalog: Catalog, pattern: str) -> Iterator[tuple[Body, set[int] | None]]:
    matches = re.compile(translate(pattern)).match
    literal = _literal_prefix(pattern)
    for body in catalog.bodies:
        if not body.id.startswith(literal[: len(body.id)]):
            continue
        # With a trailing star, a body whose id matches takes all of its cases along.
        if pattern.endswith("*") and matches(body.id):
            yield body, None
            continue
        indexes = {index for index in body.indexes if matches(Case(body, index).id)}
        if indexes:
            yield body, indexes


def _literal_prefix(pattern: str) -> str:
    match = _GLOB.search(pattern)
    return pattern[: match.start()] if match else pattern


def may_match(testcase_id: str, pattern: str) -> bool:
    """False only if no case of this testcase can match the filter."""
    literal = _literal_prefix(pattern)
    return f"{testcase_id}/".startswith(literal) or literal.startswith(f"{testcase_id}/")


def _hint(catalog: Catalog, pattern: str) -> str:
    import difflib

    ids = {*catalog.testcases, *(testcase.topic for testcase in catalog.testcases.values())}
    stem = "/".join(pattern.split("/")[:2])
    near = difflib.get_close_matches(stem, sorted(ids), 1, 0.5)
    return f"; did you mean '{near[0]}'?" if near else "; `./ringdiff list` shows what there is"
