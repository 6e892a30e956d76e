# SPDX-License-Identifier: BSD-2-Clause
"""One case as a testcase of its own, and its text as pieces that can be left out one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Union

from harness.case import Case
from harness.points import holds

_OPENERS = (
    (re.compile(r"\s*%if", re.IGNORECASE), re.compile(r"\s*%endif", re.IGNORECASE)),
    (re.compile(r"\s*%rep\b", re.IGNORECASE), re.compile(r"\s*%endrep", re.IGNORECASE)),
    (re.compile(r"\s*%i?macro\b", re.IGNORECASE), re.compile(r"\s*%endm", re.IGNORECASE)),
    (re.compile(r"\s*SCRIPT\b"), re.compile(r"\s*ENDSCRIPT\b")),
    (re.compile(r"\s*ON\b"), re.compile(r"\s*RETURN\b")),
)
_BRANCH = re.compile(r"\s*%el(if|se)", re.IGNORECASE)
_LABELLED = re.compile(r"(\s*[A-Za-z_.?][\w.?$@~]*:)\s*(\S.*)", re.DOTALL)
_DEFINE = re.compile(r"\s*%x?define\s+(\w+)\s+(\S.*)")
_KEPT = frozenset({"error_code", "ends", "touches"})
_JUDGED = frozenset({"undefined", "expect", "sweep", "variant", "where"})
_KEY = re.compile(r";;\s*(\w+)")


@dataclass(frozen=True)
class Line:
    """One line of code."""

    text: str


@dataclass(frozen=True)
class Group:
    """What stands between an opening and a closing line; of %if each branch, with the directive that begins it."""

    branches: tuple[tuple[str, Pieces], ...]
    close: str

    @property
    def conditional(self) -> bool:
        return _OPENERS[0][0].match(self.branches[0][0]) is not None


Piece = Union[Line, Group]
Pieces = tuple[Piece, ...]


@dataclass(frozen=True)
class Parameter:
    """A sweep's value or a variant's word in this case."""

    kind: str  # sweep or variant
    name: str
    value: str


@dataclass(frozen=True)
class Source:
    """A testcase of one case."""

    head: tuple[str, ...]  # front matter but for the parameters
    parameters: tuple[Parameter, ...]
    code: Pieces

    def text(self) -> str:
        """The file."""
        lines = [*self.head, *(f";; {p.kind + ':':<9} {p.name} = {p.value}" for p in self.parameters)]
        return "\n".join([*lines, *_lines(self.code)]) + "\n"

    @property
    def judges(self) -> bool:
        """Whether it has expectations."""
        return any(line.startswith(";; expect") for line in self.head)

    @property
    def size(self) -> int:
        """Lines of code."""
        return sum(1 for _ in _lines(self.code))

    def with_code(self, code: Sequence[Piece]) -> Source:
        return replace(self, code=tuple(code))


def of_case(case: Case, text: str) -> Source:
    """The testcase's text for this case alone, without expectations. Comments and blank lines are left out."""
    body = case.body
    vendors = ((u, f" {u.vendor}" if u.vendor else "") for u in body.testcase.undefined)
    open_ = [f";; undefined{v}: {u.name}" for u, v in vendors if u.when is None or holds(u.when, body)]
    parameters = [Parameter("variant", name, word) for name, word in body.variants.items()]
    parameters += [
        Parameter("sweep", dimension.name, dimension.texts[digit])
        for dimension, digit in zip(body.testcase.sweep, case.digits)
    ]
    return _source(case, text, _KEPT, open_, parameters)


def judged(case: Case, text: str) -> Source:
    """The same with its expectations; for their sake all parameters stay, and `where` names the case."""
    chosen = [f"{name} == {word}" for name, word in case.body.variants.items()]
    chosen += [f"{name} == {value:#x}" for name, value in case.params.items()]
    return _source(case, text, _KEPT | _JUDGED, [f";; where:    {one}" for one in chosen], [])


def _source(
    case: Case, text: str, kept: frozenset[str], more: Sequence[str], parameters: Sequence[Parameter]
) -> Source:
    body = case.body
    head = [f";; title:    {body.testcase.title}", f";; cite:     {'; '.join(body.testcase.cite)}"]
    head += [f";; modes:    {body.mode}", f";; cpl:      {body.cpl}"]
    if body.requires:
        head.append(f";; requires: {' '.join(dict.fromkeys(map(str, body.requires)))}")
    front, code = _apart(text)
    head += [line for line in front if (match := _KEY.match(line)) and match[1] in kept]
    pieces, rest = _parse(code, None)
    assert not rest
    return Source((*head, *more), tuple(parameters), pieces)


def _apart(text: str) -> tuple[list[str], list[str]]:
    """Front matter, continuation lines joined; code, without comments and blank lines."""
    front: list[str] = []
    code: list[str] = []
    for line in text.splitlines():
        if line.startswith(";;+"):
            front[-1] += " " + line[3:].strip()
        elif line.startswith(";;"):
            front.append(line)
        elif line.strip() and not line.lstrip().startswith(";"):
            bare = line.rstrip() if "'" in line or '"' in line else line.split(";", 1)[0].rstrip()
            if code and code[-1].endswith("\\"):
                code[-1] += "\n" + bare
            else:
                code.append(bare)
    return front, code


def _parse(lines: list[str], close: re.Pattern[str] | None) -> tuple[Pieces, list[str]]:
    """Pieces up to a line that ends the group or begins its next branch, and the lines from there on."""
    pieces: list[Piece] = []
    while lines:
        line = lines[0]
        if close is not None and (close.match(line) or close is _OPENERS[0][1] and _BRANCH.match(line)):
            break
        lines = lines[1:]
        end = next((e for begin, e in _OPENERS if begin.match(line)), None)
        if end is None:
            pieces.append(Line(line))
            continue
        branches = []
        while True:
            inside, lines = _parse(lines, end)
            branches.append((line, inside))
            if not lines:
                pieces.extend(Line(text) for text in _lines((Group(tuple(branches), ""),)) if text)
                return tuple(pieces), []
            line, lines = lines[0], lines[1:]
            if end.match(line):
                break
        pieces.append(Group(tuple(branches), line))
    return tuple(pieces), lines


def _lines(pieces: Pieces) -> Iterator[str]:
    for piece in pieces:
        if isinstance(piece, Line):
            yield piece.text
            continue
        for directive, inside in piece.branches:
            yield directive
            yield from _lines(inside)
        yield piece.close


def unwrapped(piece: Group) -> Iterator[Pieces]:
    """What could stand for a conditional: each of its branches without the directives."""
    if piece.conditional:
        for _, inside in piece.branches:
            yield inside


def halves(piece: Line) -> Iterator[Line]:
    """Of a line with a label and an instruction: either alone."""
    match = _LABELLED.match(piece.text)
    if match:
        yield Line(match[1])
        yield Line(" " * 8 + match[2])


def titled(source: Source, title: str, cite: str) -> Source:
    """The same under another title and citation, in one line each."""
    flat = [" ".join(text.split()) for text in (title, cite)]
    return replace(source, head=(f";; title:    {flat[0]}", f";; cite:     {flat[1]}", *source.head[2:]))


def inlined(source: Source, parameter: Parameter) -> Source:
    """The parameter's value where its name stood; for a sweep's value, where it was read from memory."""
    name = re.escape(parameter.name)
    pattern = rf"\[\s*{name}\s*\]" if parameter.kind == "sweep" else rf"\b{name}\b"
    code = _replaced(source.code, re.compile(pattern), parameter.value)
    return replace(source, code=code, parameters=tuple(p for p in source.parameters if p is not parameter))


def expanded(source: Source) -> Iterator[Source]:
    """Without one of its %defines each, and what it stands for in its place."""
    for n, piece in enumerate(source.code):
        match = _DEFINE.match(piece.text) if isinstance(piece, Line) else None
        if match:
            rest = source.code[:n] + source.code[n + 1 :]
            yield source.with_code(_replaced(rest, re.compile(rf"\b{match[1]}\b"), match[2]))


def _replaced(pieces: Pieces, pattern: re.Pattern[str], value: str) -> Pieces:
    def new(text: str) -> str:
        return pattern.sub(lambda _: value, text)

    result: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, Line):
            result.append(Line(new(piece.text)))
        else:
            branches = tuple(
                (new(head), _replaced(inside, pattern, value)) for head, inside in piece.branches
            )
            result.append(Group(branches, piece.close))
    return tuple(result)


def simpler(source: Source, parameter: Parameter) -> Iterator[Source]:
    """The parameter left out; a sweep's value as 0 or 1."""
    others = tuple(p for p in source.parameters if p is not parameter)
    yield replace(source, parameters=others)
    if parameter.kind == "sweep":
        for value in ("0", "1"):
            if parameter.value in ("0", value):
                break
            index = source.parameters.index(parameter)
            changed = list(source.parameters)
            changed[index] = replace(parameter, value=value)
            yield replace(source, parameters=tuple(changed))
