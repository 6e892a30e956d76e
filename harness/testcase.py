# SPDX-License-Identifier: BSD-2-Clause
"""A testcase's text to a Testcase: the rules of docs/authoring.md, checked strictly."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from harness import hidden
from harness.arena import Arena, constant
from harness.case import Dimension, Expect, Requirement, Testcase, Undefined, Variant
from harness.errors import Location, UserError
from harness.expect import Expr, check_names, check_places, nodes, parse
from harness.expect.names import CASE, MODES, STATE, SYMBOLS, is_place
from harness.features import Features
from harness.frontmatter import Entry, Source, read

VENDORS = ("intel", "amd")
MAX_DIMENSIONS = 12  # docs/image-format.md
MAX_POINTS = 1 << 22
_SINGLE = frozenset({"title", "why", "cite", "modes", "cpl", "error_code", "ends"})
_QUALIFIED = frozenset({"requires", "expect", "undefined"})
_ID_PART = re.compile(r"[a-z0-9][a-z0-9_-]*$")
_PARAMETER = re.compile(r"[a-z][a-z0-9_]*$")
_UNFIT_FOR_IDS = re.compile(r"[/,=*?\[\]!%;'\"]")
_RESERVED = frozenset({"home", "bits", "cpl", "none", "and", "or", "not", "in", "if", "else"})
# Words that NASM takes for its own where a sweep's name stands as a label.
_NASM_WORDS = frozenset(
    {
        "abs",
        "at",
        "byte",
        "default",
        "dword",
        "far",
        "near",
        "nosplit",
        "qword",
        "rel",
        "section",
        "seg",
        "short",
        "strict",
        "times",
        "to",
        "word",
        "wrt",
    }
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a testcase may refer to besides its own names."""

    arena: Arena
    features: Features


def read_testcase(text: str, file: str, testcase_id: str, vocabulary: Vocabulary) -> Testcase:
    """The Testcase of one file; UserError with file and line at the first thing that is wrong."""
    for part in testcase_id.split("/"):
        if not _ID_PART.match(part):
            raise UserError(f"'{part}' does not fit into ids: use a-z, 0-9, '-' and '_'", Location(file))
    return _Reader(read(text, file), file, testcase_id, vocabulary).testcase()


class _Reader:
    def __init__(self, source: Source, file: str, testcase_id: str, vocabulary: Vocabulary) -> None:
        self._source = source
        self._file = file
        self._id = testcase_id
        self._arena = vocabulary.arena
        self._features = vocabulary.features
        self._parameters: dict[str, Location] = {}
        self._check_entries()

    def testcase(self) -> Testcase:
        modes = self._modes(self._required("modes"))
        sweep = tuple(self._dimension(entry) for entry in self._all("sweep"))
        variants = tuple(self._variant(entry) for entry in self._all("variant"))
        self._check_size(sweep)
        words = {word for variant in variants for word in variant.words}
        judged = {
            *STATE,
            *CASE,
            *SYMBOLS,
            *self._arena.constants,
            *self._source.labels,
            *self._parameters,
            *words,
        }
        bodies = {*SYMBOLS, *(variant.name for variant in variants), *words, "mode", "cpl", "launch_cpl"}
        points = {*bodies, *self._arena.constants, *self._parameters}
        return Testcase(
            id=self._id,
            path=self._file,
            title=self._required("title").value,
            why=self._optional("why", ""),
            cite=self._cite(self._required("cite")),
            modes=modes,
            cpls=self._cpls(),
            requires=tuple(
                [r for entry in self._all("requires") for r in self._requires(entry, modes)]
                + self._implied(modes)
            ),
            sweep=sweep,
            variants=variants,
            where=tuple(self._expression(entry, points.__contains__) for entry in self._all("where")),
            touches=tuple(extent for entry in self._all("touches") for extent in self._touches(entry)),
            error_code=self._choice("error_code", {"yes": True, "no": False}, True),
            ends_shutdown=self._choice("ends", {"shutdown": True}, False),
            undefined=tuple(
                u for entry in self._all("undefined") for u in self._undefined(entry, bodies.__contains__)
            ),
            expects=tuple(self._expect(entry, judged.__contains__) for entry in self._all("expect")),
        )

    # Entries

    def _check_entries(self) -> None:
        first: dict[str, Location] = {}
        for entry in self._source.entries:
            if not entry.value:
                raise UserError(f"'{entry.key}' has no value", entry.where)
            if entry.qualifier and entry.key not in _QUALIFIED:
                raise UserError(
                    f"'{entry.key}' takes nothing before the colon, not '{entry.qualifier}'",
                    entry.qualifier_where,
                )
            if entry.key in _SINGLE and entry.key in first:
                raise UserError(
                    f"'{entry.key}' is given twice; first in line {first[entry.key].line}", entry.where
                )
            first.setdefault(entry.key, entry.where)

    def _all(self, key: str) -> list[Entry]:
        return [entry for entry in self._source.entries if entry.key == key]

    def _required(self, key: str) -> Entry:
        found = self._all(key)
        if not found:
            raise UserError(f"'{key}' is missing: add a line `;; {key}: ...`", Location(self._file))
        return found[0]

    def _optional(self, key: str, default: str) -> str:
        found = self._all(key)
        return found[0].value if found else default

    def _choice(self, key: str, choices: dict[str, bool], default: bool) -> bool:
        for entry in self._all(key):
            if entry.value not in choices:
                raise UserError(f"'{key}' is {' or '.join(choices)}, not '{entry.value}'", entry.where)
            return choices[entry.value]
        return default

    def _vendor(self, entry: Entry) -> tuple[str | None, str]:
        """The vendor that begins the qualifier, and the rest of it."""
        first, _, rest = entry.qualifier.partition(" ")
        return (first, rest.strip()) if first in VENDORS else (None, entry.qualifier)

    # Plain keys

    def _cite(self, entry: Entry) -> tuple[str, ...]:
        return tuple(part.strip() for part in entry.value.split(";") if part.strip())

    def _modes(self, entry: Entry) -> tuple[str, ...]:
        chosen: set[str] = set()
        for glob in entry.value.split():
            chosen.update(self._matching_modes(glob, entry.where))
        return tuple(mode for mode in MODES if mode in chosen)

    def _matching_modes(self, glob: str, where: Location) -> tuple[str, ...]:
        found = tuple(mode for mode in MODES if fnmatchcase(mode, glob))
        if not found:
            raise UserError(f"unknown mode '{glob}'; modes: {' '.join(MODES)}", where)
        return found

    def _cpls(self) -> tuple[int, ...]:
        for entry in self._all("cpl"):
            words = entry.value.split()
            for word in words:
                if word not in ("0", "1", "2", "3"):
                    raise UserError(f"'cpl' lists some of 0 1 2 3, not '{word}'", entry.where)
            if len(set(words)) < len(words):
                raise UserError("'cpl' names a level twice", entry.where)
            return tuple(sorted(int(word) for word in words))
        return (0,)

    def _requires(self, entry: Entry, modes: tuple[str, ...]) -> list[Requirement]:
        applies = modes
        if entry.qualifier:
            matching = self._matching_modes(entry.qualifier, entry.qualifier_where)
            applies = tuple(mode for mode in modes if mode in matching)
            if not applies:
                raise UserError(f"'modes' has none that matches '{entry.qualifier}'", entry.qualifier_where)
        return [self._requirement(word, applies, entry.where) for word in entry.value.split()]

    def _implied(self, modes: tuple[str, ...]) -> list[Requirement]:
        """What a mode itself asks of the processor; long mode is the 64-bit home's own condition."""
        where = self._required("modes").where
        return [self._requirement("pae", ("pm32-pae",), where)] if "pm32-pae" in modes else []

    def _requirement(self, word: str, modes: tuple[str, ...], where: Location) -> Requirement:
        negated = word.startswith("!")
        name = word.removeprefix("!")
        if name not in self._features:
            near = self._features.near(name)
            hint = f"did you mean {' or '.join(near)}?" if near else "see harness/data/features.toml"
            raise UserError(f"unknown feature '{name}'; {hint}", where)
        f = self._features[name]
        return Requirement(
            name, negated, modes, f.leaf, f.subleaf, f.register, f.mask, f.value, f.negate != negated
        )

    def _touches(self, entry: Entry) -> list[tuple[int, int]]:
        words = entry.value.split()
        if len(words) % 2:
            raise UserError("'touches' lists pairs: an address such as DATA0+0x10, and a size", entry.where)
        return [self._extent(words[i], words[i + 1], entry.where) for i in range(0, len(words), 2)]

    def _extent(self, place: str, size: str, where: Location) -> tuple[int, int]:
        start = constant(place, self._arena.constants, where) - self._arena.base
        end = start + constant(size, self._arena.constants, where)
        if not 0 <= start < end <= self._arena.size:
            raise UserError(f"'{place} {size}' does not lie within the arena", where)
        start, end = start & ~63, (end + 63) & ~63
        return start, end - start

    # Sweeps and variants

    def _named(self, entry: Entry) -> tuple[str, list[str]]:
        name, equals, rest = entry.value.partition("=")
        name, words = name.strip(), rest.split()
        if not equals or not words:
            raise UserError(f"'{entry.key}' reads `name = value value ...`", entry.where)
        self._declare(name, entry)
        return name, words

    def _declare(self, name: str, entry: Entry) -> None:
        if not _PARAMETER.match(name):
            raise UserError(f"'{name}' is no good name: use a-z, 0-9 and '_'", entry.where)
        if name in self._parameters:
            raise UserError(
                f"'{name}' is defined twice; first in line {self._parameters[name].line}", entry.where
            )
        if name in STATE or name in CASE or name in SYMBOLS or name in _RESERVED:
            raise UserError(
                f"'{name}' already names something in expectations; choose another name", entry.where
            )
        if name in self._source.labels:
            raise UserError(f"'{name}' is also a label of the code; choose another name", entry.where)
        self._parameters[name] = entry.where

    def _dimension(self, entry: Entry) -> Dimension:
        name, words = self._named(entry)
        if name in _NASM_WORDS:  # it is to be a label
            raise UserError(f"'{name}' is a word of NASM's; choose another name", entry.where)
        points: dict[str, int] = {}
        values: dict[int, str] = {}
        for text, value in (point for word in words for point in self._points(word, entry.where)):
            if value in values:
                raise UserError(f"'{name}' has the same value twice: {values[value]} and {text}", entry.where)
            points[text] = value
            values[value] = text
        return Dimension(name, tuple(points), tuple(points.values()))

    def _points(self, word: str, where: Location) -> list[tuple[str, int]]:
        low, dots, high = word.partition("..")
        first = self._value(low, where)
        if not dots:
            self._check_word(word, where)
            return [(word, first & (1 << 64) - 1)]
        last = self._value(high, where)
        if not first <= last < first + 0x10000:
            raise UserError(f"'{word}': a range counts upward, over at most 65536 values", where)
        form = "#x" if low.lower().startswith("0x") else "d"
        return [(format(value, form), value & (1 << 64) - 1) for value in range(first, last + 1)]

    def _value(self, text: str, where: Location) -> int:
        value = constant(text, self._arena.constants, where) if text else None
        if value is None or not -(1 << 63) <= value < 1 << 64:
            raise UserError(f"'{text}' is no 64-bit number", where)
        return value

    def _check_word(self, word: str, where: Location) -> None:
        if match := _UNFIT_FOR_IDS.search(word):
            raise UserError(f"'{word}': '{match[0]}' cannot stand in a case id", where)

    def _variant(self, entry: Entry) -> Variant:
        name, words = self._named(entry)
        if len(set(words)) < len(words):
            raise UserError(f"variant '{name}' has the same word twice", entry.where)
        for word in words:
            self._check_word(word, entry.where)
            if word in SYMBOLS or word == "none":
                raise UserError(
                    f"the word '{word}' means something else in expectations; choose another", entry.where
                )
        return Variant(name, tuple(words), tuple(self._word_value(word) for word in words))

    def _word_value(self, word: str) -> int | str:
        try:
            return int(word, 0)
        except ValueError:
            return self._arena.constants.get(word, word)

    def _check_size(self, sweep: Sequence[Dimension]) -> None:
        raw = 1
        for dimension in sweep:
            raw *= len(dimension.values)
        if len(sweep) > MAX_DIMENSIONS or raw > MAX_POINTS:
            raise UserError(
                f"the sweep is too large: {len(sweep)} dimensions and {raw} points;"
                f" at most {MAX_DIMENSIONS} and {MAX_POINTS}",
                self._all("sweep")[-1].where,
            )

    # Expressions

    def _expression(self, entry: Entry, known: Callable[[str], bool]) -> Expr:
        return entry.relocated(lambda: self._checked(entry.value, entry.where, known))

    def _checked(self, text: str, where: Location, known: Callable[[str], bool]) -> Expr:
        expr = parse(text, where)
        check_names(expr, known)
        check_places(expr, self._known_place)
        return expr

    def _known_place(self, name: str) -> bool:
        return is_place(name, self._arena.region_names, frozenset(self._arena.selectors))

    def _expect(self, entry: Entry, known: Callable[[str], bool]) -> Expect:
        vendor, when = self._condition(entry, known)
        return Expect(vendor, when, self._expression(entry, known), entry.where.line, entry.value)

    def _condition(self, entry: Entry, known: Callable[[str], bool]) -> tuple[str | None, Expr | None]:
        """`[intel|amd] [when EXPR]` before the colon."""
        vendor, rest = self._vendor(entry)
        if not rest:
            return vendor, None
        if not rest.startswith("when "):
            raise UserError(
                f"expected `{entry.key} [intel|amd] [when EXPR]:`, not '{rest}'", entry.qualifier_where
            )
        text = rest.removeprefix("when ").lstrip()
        column = entry.qualifier_where.column + len(entry.qualifier) - len(text)
        return vendor, self._checked(text, Location(self._file, entry.where.line, column), known)

    def _undefined(self, entry: Entry, known: Callable[[str], bool]) -> list[Undefined]:
        vendor, when = self._condition(entry, known)
        names = re.findall(r"(?:[^\s(]|\([^)]*\))+", entry.value)
        for name in names:
            entry.relocated(lambda: self._check_undefined(name, entry.where))
        return [Undefined(vendor, re.sub(r"\s+", "", name), entry.where.line, when) for name in names]

    def _check_undefined(self, name: str, where: Location) -> None:
        expr = parse(name, where)
        known = {*STATE, *self._arena.constants, "fx", "fault", *hidden.REGISTERS, *hidden.PARTS}
        check_names(expr, known.__contains__)
        tree = expr.tree
        stateful = isinstance(tree, nodes.Call) and tree.function == "mem"
        if not stateful and not isinstance(tree, (nodes.Name, nodes.Index)):
            raise UserError(
                f"'{name}' names no part of the state, such as flags.af, rax or mem(DATA0,8)", where
            )
        if isinstance(tree, nodes.Name) and tree.dotted in self._arena.constants:
            raise UserError(f"'{name}' is a constant; write mem({name},SIZE) for what lies there", where)
