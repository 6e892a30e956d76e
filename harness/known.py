# SPDX-License-Identifier: BSD-2-Clause
"""Known issues: named fields that an implementation is known to get wrong under a condition, and who is right.

One file a backend family, `harness/data/known/FAMILY[.TOPIC].toml`, described in docs/verdicts.md. Everything in it is
checked when it is read: a misspelt key or an `always` on a condition that cannot be read is an error, not a shrug.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import translate
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from harness.errors import Location, UserError
from harness.expect import Env, Expr, check_names, parse
from harness.state import StateUnavailable

_CONSTRAINT = re.compile(r"(<=|>=|<|>|==)\s*([0-9A-Za-z.+~:-]+)$")
_SPECIAL = re.compile(r"[*?\[]")
_ID = re.compile(r"[a-z0-9][a-z0-9-]*$")


class Globs:
    """Several globs at once. Most are literal or end in their only star, which needs no regular expression; one is
    made of the others when a text first begins as one of them does.
    """

    def __init__(self, globs: Iterable[str]) -> None:
        self._literals: set[str] = set()
        prefixes: list[str] = []
        others: list[str] = []
        for glob in globs:
            if not _SPECIAL.search(glob):
                self._literals.add(glob)
            elif not _SPECIAL.search(glob[:-1]) and glob.endswith("*"):
                prefixes.append(glob[:-1])
            else:
                others.append(glob)
        self._prefixes = tuple(prefixes)
        self._others = others
        self._heads = tuple(_SPECIAL.split(glob, maxsplit=1)[0] for glob in others)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(translate(glob) for glob in self._others))

    def match(self, text: str) -> bool:
        if text in self._literals or text.startswith(self._prefixes):
            return True
        return text.startswith(self._heads) and self._pattern.match(text) is not None


@dataclass(frozen=True)
class KnownIssue:
    """One known issue of one family of implementations."""

    id: str
    family: str
    title: str
    cases: tuple[str, ...]  # globs over case ids
    fields: tuple[str, ...]  # globs over field names
    right: str  # who is right, and why that is certain
    cite: str
    text: str
    where: Location
    versions: tuple[tuple[str, str], ...] = ()  # (operator, version), ANDed
    vendor: str | None = None
    when: Expr | None = None
    always: bool = False  # in every case in scope the fields are wrong: the first right one is FIXED

    @cached_property
    def _case_globs(self) -> Globs:
        return Globs(self.cases)

    @cached_property
    def _field_globs(self) -> Globs:
        # Field names contain brackets (`fault[0].err`), so in field globs only * and ? are special.
        return Globs([glob.replace("[", "[[]") for glob in self.fields])

    def covers_version(self, version: str) -> bool:
        return all(_HOLDS[op](compare_versions(version, limit)) for op, limit in self.versions)

    def covers_field(self, name: str) -> bool:
        return self._field_globs.match(name)

    def covers_case(self, case_id: str) -> bool:
        return self._case_globs.match(case_id)

    def holds(self, env: Env) -> bool:
        """Whether `when` is true; a dead guest's state makes a condition on it false."""
        if self.when is None:
            return True
        try:
            return bool(self.when.eval(env))
        except (StateUnavailable, UserError):
            return False


_HOLDS: dict[str, Callable[[int], bool]] = {
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
    "==": lambda order: order == 0,
}


def compare_versions(a: str, b: str) -> int:
    """Order of two upstream versions by Debian's rule (deb-version(7)): <0, 0 or >0; `~` sorts before the end."""
    while a or b:
        text_a, a = _split(a, r"\D*")
        text_b, b = _split(b, r"\D*")
        for x, y in zip(text_a + "\0" * len(text_b), text_b + "\0" * len(text_a)):
            if _weight(x) != _weight(y):
                return -1 if _weight(x) < _weight(y) else 1
        digits_a, a = _split(a, r"\d*")
        digits_b, b = _split(b, r"\d*")
        difference = int(digits_a or "0") - int(digits_b or "0")
        if difference:
            return difference
    return 0


def _split(text: str, pattern: str) -> tuple[str, str]:
    match = re.match(pattern, text, re.ASCII)
    end = match.end() if match else 0
    return text[:end], text[end:]


def _weight(char: str) -> int:
    if char == "~":
        return -1
    if char == "\0":
        return 0
    return ord(char) if char.isalpha() else ord(char) + 0x110000


@dataclass
class KnownIssues:
    """All issues, by id and by family."""

    issues: tuple[KnownIssue, ...] = ()
    _by_family: dict[str, list[KnownIssue]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for issue in self.issues:
            self._by_family.setdefault(issue.family, []).append(issue)

    def for_backend(self, family: str, version: str, vendor: str) -> tuple[KnownIssue, ...]:
        """The issues that this version of this family has under this CPU vendor."""
        return tuple(
            issue
            for issue in self._by_family.get(family, ())
            if issue.vendor in (None, vendor) and issue.covers_version(version)
        )


Known = Callable[[str], bool]


def load(folder: Path, name_known: Known | None = None, families: Iterable[str] | None = None) -> KnownIssues:
    """Read FAMILY.toml of the families, or of all; UserError with file and line for anything that is not right.

    `name_known` says whether a `when` expression may use a name; without it names are not checked.
    """
    wanted = None if families is None else set(families)
    issues: list[KnownIssue] = []
    seen: dict[str, Location] = {}
    for path in sorted(folder.glob("*.toml")):
        if wanted is not None and path.stem.split(".")[0] not in wanted:
            continue
        for issue in read_file(path, name_known):
            if issue.id in seen:
                raise UserError(
                    f"known issue '{issue.id}' is already defined at {seen[issue.id]}", issue.where
                )
            seen[issue.id] = issue.where
            issues.append(issue)
    return KnownIssues(tuple(issues))


def read_file(path: Path, name_known: Known | None = None) -> list[KnownIssue]:
    """The issues of one file, with those it inherits."""
    data, text = _parsed(path)
    issues = _own_issues(path, data, text, name_known)
    for table, line in _tables(path, data, text, "inherit"):
        issues += _inherited(path, table, Location(str(path), line), name_known)
    return issues


def _own_issues(path: Path, data: Mapping[str, Any], text: str, name_known: Known | None) -> list[KnownIssue]:
    return [
        _Reader(path, table, line, name_known).issue() for table, line in _tables(path, data, text, "issue")
    ]


def _parsed(path: Path) -> tuple[dict[str, Any], str]:
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise UserError(f"cannot read known issues: {reason}", Location(str(path))) from None
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"not valid TOML: {error}", Location(str(path))) from None
    extra = sorted(set(data) - {"issue", "inherit"})
    if extra:
        raise UserError(
            f"unknown key '{extra[0]}'; a file holds [[issue]] and [[inherit]] tables only",
            Location(str(path)),
        )
    return data, text


def _tables(
    path: Path, data: Mapping[str, Any], text: str, name: str
) -> Iterator[tuple[Mapping[str, Any], int]]:
    """Tables of a name with the line numbers of their headers: tomllib tells none."""
    tables = data.get(name, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise UserError(f"'{name}' must be tables: [[{name}]]", Location(str(path)))
    header = f"[[{name}]]"
    lines = [n for n, line in enumerate(text.splitlines(), 1) if line.strip().startswith(header)]
    for n, table in enumerate(tables):
        yield table, lines[n] if n < len(lines) else 0


def _inherited(
    path: Path, table: Mapping[str, Any], where: Location, name_known: Known | None
) -> list[KnownIssue]:
    """Issues of another family that this one has too, for they share code: in all versions, or in those named.

    The id's family is replaced, and so where `right` and `text` name such ids.
    """
    family, origin, ids = path.stem.partition(".")[0], table.get("from"), table.get("issues")
    extra = sorted(set(table) - {"from", "issues", "versions"})
    if extra:
        raise UserError(f"[[inherit]]: unknown key '{extra[0]}'; known are from, issues, versions", where)
    if not isinstance(origin, str) or not origin or origin == family:
        raise UserError("[[inherit]]: 'from' must be another family", where)
    if not isinstance(ids, list) or not ids or not all(isinstance(one, str) for one in ids):
        raise UserError("[[inherit]]: 'issues' must be a list of ids that is not empty", where)
    versions = parse_versions(table.get("versions", ""), lambda message: UserError(message, where))
    there: dict[str, KnownIssue] = {}
    for source in sorted(path.parent.glob(f"{origin}*.toml")):
        if source.stem.partition(".")[0] == origin:
            there |= {issue.id: issue for issue in _own_issues(source, *_parsed(source), name_known)}

    shared = frozenset(ids)

    def renamed(name: str) -> str:
        return name.replace(f"{origin}-", f"{family}-", 1)

    def mine(text: str) -> str:
        return re.sub(
            rf"\b{origin}-[a-z0-9-]*[a-z0-9]", lambda m: renamed(m[0]) if m[0] in shared else m[0], text
        )

    found = []
    for one in ids:
        if one not in there:
            raise UserError(f"[[inherit]]: '{origin}' has no known issue '{one}'", where)
        issue = there[one]
        name = renamed(issue.id)
        if name == issue.id:
            raise UserError(f"[[inherit]]: '{one}' does not begin with '{origin}-'", where)
        right, text = mine(issue.right), mine(issue.text)
        found.append(
            replace(issue, id=name, family=family, right=right, text=text, where=where, versions=versions)
        )
    return found


def parse_versions(value: object, error: Callable[[str], UserError]) -> tuple[tuple[str, str], ...]:
    """Constraints on a version, ANDed: `>= 7.0, < 10.1`."""
    if not isinstance(value, str):
        raise error("'versions' must be a text such as \">= 7.0, < 10.1\"")
    found = []
    for part in filter(None, (part.strip() for part in value.split(","))):
        match = _CONSTRAINT.match(part)
        if match is None:
            raise error(f"'versions': '{part}' is not an operator (< <= > >= ==) and a version")
        found.append((match[1], match[2]))
    return tuple(found)


class _Reader:
    _REQUIRED = ("id", "title", "cases", "fields", "right", "cite", "text")
    _OPTIONAL = ("versions", "vendor", "when", "always")

    def __init__(self, path: Path, table: Mapping[str, Any], line: int, name_known: Known | None) -> None:
        self._table = table
        self._where = Location(str(path), line)
        self._family = path.stem.partition(".")[0]
        self._name_known = name_known

    def _error(self, message: str) -> UserError:
        name = self._table.get("id")
        return UserError(f"known issue '{name}': {message}" if name else message, self._where)

    def issue(self) -> KnownIssue:
        for key in self._table:
            if key not in self._REQUIRED + self._OPTIONAL:
                raise self._error(
                    f"unknown key '{key}'; known are {', '.join(self._REQUIRED + self._OPTIONAL)}"
                )
        for key in self._REQUIRED:
            if key not in self._table:
                raise self._error(f"'{key}' is missing")
        issue_id = self._text("id")
        if not _ID.match(issue_id):
            raise self._error("'id' must be lower case letters, digits and hyphens")
        vendor = self._table.get("vendor")
        if vendor not in (None, "intel", "amd"):
            raise self._error('\'vendor\' must be "intel" or "amd"')
        always = self._table.get("always", False)
        if not isinstance(always, bool):
            raise self._error("'always' must be true or false")
        return KnownIssue(
            id=issue_id,
            family=self._family,
            title=self._text("title"),
            cases=self._texts("cases"),
            fields=self._texts("fields"),
            right=self._text("right"),
            cite=self._text("cite"),
            text=self._text("text"),
            where=self._where,
            versions=self._versions(),
            vendor=vendor,
            when=self._when(),
            always=always,
        )

    def _text(self, key: str) -> str:
        value = self._table[key]
        if not isinstance(value, str) or not value.strip():
            raise self._error(f"'{key}' must be a text that is not empty")
        return " ".join(value.split())

    def _texts(self, key: str) -> tuple[str, ...]:
        value = self._table[key]
        if not isinstance(value, list) or not value or not all(isinstance(v, str) and v for v in value):
            raise self._error(f"'{key}' must be a list of texts that is not empty")
        return tuple(value)

    def _versions(self) -> tuple[tuple[str, str], ...]:
        return parse_versions(self._table.get("versions", ""), self._error)

    def _when(self) -> Expr | None:
        value = self._table.get("when")
        if value is None:
            return None
        if not isinstance(value, str):
            raise self._error("'when' must be an expression in a text")
        expr = parse(value, self._where)
        if self._name_known is not None:
            check_names(expr, self._name_known)
        return expr


def unmatched(patterns: Iterable[str], names: Sequence[str]) -> list[str]:
    """The globs that match none of the names (sorted): a misspelt case glob would never explain anything."""
    return [glob for glob in patterns if not _matches_any(glob, names)]


def _matches_any(glob: str, names: Sequence[str]) -> bool:
    special = _SPECIAL.search(glob)
    prefix = glob[: special.start()] if special else glob
    pattern = re.compile(translate(glob))
    for name in islice(names, bisect_left(names, prefix), None):
        if not name.startswith(prefix):
            return False
        if pattern.match(name):
            return True
    return False
