# SPDX-License-Identifier: BSD-2-Clause
"""`ringdiff list`"""

from __future__ import annotations

import sys

import click

_NOUNS = ("cases", "testcases", "topics", "modes")


@click.command("list")
@click.argument("words", nargs=-1, metavar="[cases|testcases|topics|modes] [FILTER]...")
def command(words: tuple[str, ...]) -> int:
    """List cases (one stable id a line), testcases with title, topics or modes with their number of cases.

    Only what matches a FILTER, if any is given.
    """
    from harness import catalog

    what = words[0] if words and words[0] in _NOUNS else "cases"
    filters = words[1:] if words and words[0] in _NOUNS else words
    selection = catalog.select_stored(filters)
    if what == "cases":
        sys.stdout.writelines(f"{case.id}\n" for case in selection)
        return 0
    counts: dict[str, int] = {}
    titles: dict[str, str] = {}
    for part in selection.parts:
        testcase = part.body.testcase
        name = {"testcases": testcase.id, "topics": testcase.topic, "modes": part.body.mode}[what]
        counts[name] = counts.get(name, 0) + len(part.indexes)
        titles[name] = testcase.title if what == "testcases" else ""
    width = max((len(name) for name in counts), default=0)
    for name, count in counts.items():
        print(f"{name:{width}}  {count:6}  {titles[name]}".rstrip())
    return 0
