# SPDX-License-Identifier: BSD-2-Clause
"""The `;;` lines of a testcase as entries: key, qualifier, value, and where each character stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from harness.errors import Location, UserError

KEYS = (
    *("title", "why", "cite", "modes", "cpl", "requires", "sweep", "variant", "where", "touches"),
    *("error_code", "ends", "undefined", "expect"),
)
_LINE = re.compile(r";;\s*(\w+)([^:]*):(.*)$")
_LABEL = re.compile(r"^\s*([A-Za-z_.?][\w.?$@~]*)(?:\s*:|\s+(?:equ|db|dw|dd|dq|times|resb)\b)", re.IGNORECASE)
_LAUNCH = re.compile(r"^\s*(?:[\w.]+:\s*)?LAUNCH(?:_AT)?\b")

_T = TypeVar("_T")


@dataclass
class Entry:
    """One key with its value; continuation lines are joined by one space."""

    key: str
    qualifier: str  # what stands between key and colon
    qualifier_where: Location
    value: str
    where: Location  # of the value's first character
    _continued: list[tuple[int, Location]] = field(default_factory=list)

    def extend(self, text: str, where: Location) -> None:
        """Append a continuation line's text, which stands at where."""
        self.value += " "
        self._continued.append((len(self.value), where))
        self.value += text

    def relocated(self, parse: Callable[[], _T]) -> _T:
        """The result of parse(), which reports errors as columns of the joined value, with the true line and column."""
        try:
            return parse()
        except UserError as error:
            where = error.where
            if not where or (where.file, where.line) != (self.where.file, self.where.line):
                raise
            offset = where.column - self.where.column
            for start, place in reversed(self._continued):
                if offset >= start:
                    error.where = Location(place.file, place.line, place.column + offset - start)
                    break
            raise


@dataclass(frozen=True)
class Source:
    """A testcase's text, taken apart."""

    entries: tuple[Entry, ...]
    labels: frozenset[str]  # names the NASM text defines; of local ones `parent.local`


@lru_cache(maxsize=16)  # a testcase's bodies are assembled one after the other
def read(text: str, file: str) -> Source:
    """Entries and labels of a testcase's text; UserError with file and line."""
    entries: list[Entry] = []
    labels: set[str] = set()
    parent = ""
    in_code = False
    for where, line in _numbered(text, file):
        if not line.startswith(";;"):
            in_code = in_code or bool(line.strip()) and not line.lstrip().startswith(";")
            if match := _LABEL.match(line):
                local = match[1].startswith(".")
                labels.add(parent + match[1] if local else match[1])
                parent = parent if local else match[1]
            if _LAUNCH.match(line):
                parent = "__launch"  # the label that LAUNCH defines; local labels after it are its own
        elif in_code:
            _refuse_late(line, where)
        elif line.startswith(";;+"):
            _continue(entries, line, where)
        elif line[2:].strip():
            entries.append(_entry(line, where))
    return Source(tuple(entries), frozenset(labels))


def _numbered(text: str, file: str) -> Iterator[tuple[Location, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        yield Location(file, number), line.rstrip()


def _entry(line: str, where: Location) -> Entry:
    match = _LINE.match(line)
    if match is None:
        raise UserError("a front matter line reads `;; key: value`; write comments with one ';'", where)
    key, qualifier = match[1], match[2]
    if key not in KEYS:
        raise UserError(f"unknown key '{key}'; known: {', '.join(KEYS)}", where)
    value = match[3].strip()
    column = match.start(3) + 1 + len(match[3]) - len(match[3].lstrip())
    at_qualifier = Location(
        where.file, where.line, match.start(2) + 1 + len(qualifier) - len(qualifier.lstrip())
    )
    return Entry(key, qualifier.strip(), at_qualifier, value, Location(where.file, where.line, column))


def _continue(entries: list[Entry], line: str, where: Location) -> None:
    if not entries:
        raise UserError("';;+' continues a value, and there is none before it", where)
    text = line[3:].strip()
    entries[-1].extend(text, Location(where.file, where.line, line.find(text) + 1))


def _refuse_late(line: str, where: Location) -> None:
    match = _LINE.match(line)
    if match and match[1] in KEYS or line.startswith(";;+"):
        raise UserError("front matter stands before the code, in the first lines of the file", where)
