# SPDX-License-Identifier: BSD-2-Clause
"""The file of one testcase in a trace: its outcomes by mode and CPL, each with the cases it is the outcome of.

    iret/cs-checks: IRET checks CS ...

    [pm32 cpl0] 81 cases, set-up 5f0c2d11, outcomes 3c41a0b2
    usually #GP: arrival.cs=0x8 arrival.ss=0x10 err=0x0 flags.rf=1
    #GP err=0x28
        insn=iretd sel=KTSS,KLDT
        insn=iretw sel=KTSS rpl=0..2

`usually` holds the fields that more than half of the cases with that exit have, with those values; an outcome's line
has what it has besides or otherwise, and `-NAME` for what it lacks.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from harness.case import Testcase
from harness.errors import Location, UserError
from harness.trace.boxes import Box, Point, Space, boxes, points, read, write
from harness.trace.outcome import Fields, canonical, in_order, short_hash

_COLUMNS = 128
_SECTION = re.compile(r"\[(\S+) cpl(\d)\] (\d+) cases, set-up ([0-9a-f]{8}), outcomes ([0-9a-f]{8})")
_OUTCOME = re.compile(r"(\S+)((?: \S+)*)")
_USUAL = re.compile(r"usually (\S+): (.*)")


@dataclass
class Section:
    """The golden records of one mode and CPL."""

    setup: str  # short hash of the launch states of all its cases, in the catalog's order
    outcomes: dict[Point, Fields] = field(default_factory=dict)

    def digest(self) -> str:
        """The short hash of all outcomes; a change of any field of any case changes it."""
        texts: dict[int, str] = {}  # many cases share one outcome
        lines = []
        for at, fields in sorted(self.outcomes.items(), key=lambda item: item[0]):
            text = texts.setdefault(id(fields), "") or canonical(fields)
            texts[id(fields)] = text
            lines.append(f"{at} {text}")
        return short_hash("\n".join(lines))


Sections = Mapping[tuple[str, int], Section]  # by mode and CPL


def render(testcase: Testcase, sections: Sections) -> str:
    """The file's text."""
    space = Space.of(testcase)
    lines = [f"{testcase.id}: {testcase.title}"]
    for (mode, cpl), section in sections.items():
        hashes = f"set-up {section.setup}, outcomes {section.digest()}"
        lines += ["", f"[{mode} cpl{cpl}] {len(section.outcomes)} cases, {hashes}"]
        lines += _section(section, space)
    return "\n".join(lines) + "\n"


def _section(section: Section, space: Space) -> Iterator[str]:
    groups: dict[tuple[tuple[str, str], ...], list[Point]] = {}
    for at in sorted(section.outcomes):
        groups.setdefault(tuple(in_order(section.outcomes[at])), []).append(at)
    usual = _usual({key: len(members) for key, members in groups.items()})
    for name, fields in usual.items():
        if not fields:
            continue
        yield from _wrapped(f"usually {name}: ", [f"{key}={text}" for key, text in fields.items()], "  ")
    for key, members in groups.items():
        fields = dict(key)
        name = fields["exit"]
        common = usual[name]
        words = [f"{n}={t}" for n, t in fields.items() if n != "exit" and common.get(n) != t]
        words += [f"-{n}" for n in common if n not in fields]
        yield from _wrapped(f"{name} ", words, "  ")
        for box in boxes(members):
            yield from _wrapped("    ", write(box, space).split(), "      ")


def _usual(groups: Mapping[tuple[tuple[str, str], ...], int]) -> dict[str, dict[str, str]]:
    """By exit: the fields with the value that more than half of its cases have."""
    cases: Counter[str] = Counter()
    counts: dict[str, Counter[tuple[str, str]]] = {}
    for key, number in groups.items():
        name = dict(key)["exit"]
        cases[name] += number
        for item in key:
            counts.setdefault(name, Counter())[item] += number
    return {
        name: dict(
            in_order(dict(i for i, n in counts[name].items() if i[0] != "exit" and 2 * n > cases[name]))
        )
        for name in sorted(counts)
    }


def _wrapped(head: str, words: list[str], indent: str) -> list[str]:
    text = head + " ".join(words)
    return textwrap.wrap(
        text.rstrip(),
        _COLUMNS,
        subsequent_indent=f"{indent}\\ ",
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    )


def parse(text: str, testcase: Testcase, file: str) -> Sections:
    """The golden records of a file; UserError with its line where it does not fit the testcase of today."""
    space = Space.of(testcase)
    sections: dict[tuple[str, int], Section] = {}
    heads: dict[tuple[str, int], tuple[int, re.Match[str]]] = {}
    usual: dict[str, dict[str, str]] = {}
    section = Section("")
    fields: Fields = {}
    for number, line in list(_logical_lines(text))[1:]:
        where = Location(file, number)
        if not line:
            continue
        if match := _SECTION.fullmatch(line):
            key = match[1], int(match[2])
            section, usual, fields = Section(match[4]), {}, {}
            sections[key], heads[key] = section, (number, match)
        elif match := _USUAL.fullmatch(line):
            usual[match[1]] = _items(match[2].split())
        elif line.startswith("    ") and fields:
            try:
                box: Box = read(line.strip(), space)
            except UserError as error:
                raise UserError(f"{error.message}; record it again", where) from None
            section.outcomes.update((at, fields) for at in points(box))
        elif match := _OUTCOME.fullmatch(line):
            fields = _outcome(match[1], match[2].split(), usual)
        else:
            raise UserError("not understood; record it again", where)
    for key, (number, match) in heads.items():
        _check(sections[key], match, Location(file, number))
    return sections


def _check(section: Section, head: re.Match[str], where: Location) -> None:
    if len(section.outcomes) != int(head[3]):
        raise UserError(
            f"{len(section.outcomes)} cases, announced are {head[3]}: the testcase has changed; record it again",
            where,
        )
    if section.digest() != head[5]:
        raise UserError(
            f"the outcomes' hash is {section.digest()}, not {head[5]}: the file is damaged, or the testcase "
            "has changed; record it again",
            where,
        )


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, continuation lines joined."""
    pending, first = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("\\ "):
            pending += " " + line.lstrip()[2:]
            continue
        if first:
            yield first, pending
        pending, first = line, number
    if first:
        yield first, pending


def _items(words: list[str]) -> dict[str, str]:
    return {name: text for name, _, text in (word.partition("=") for word in words)}


def _outcome(name: str, words: list[str], usual: Mapping[str, Fields]) -> Fields:
    lacks = {word[1:] for word in words if word.startswith("-")}
    fields = {key: value for key, value in usual.get(name, {}).items() if key not in lacks}
    return {"exit": name, **fields, **_items([word for word in words if not word.startswith("-")])}
