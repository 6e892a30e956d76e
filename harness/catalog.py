# SPDX-License-Identifier: BSD-2-Clause
"""All testcases, their bodies and cases; read once, then from a cache that no change outlives."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from harness import buildcache, catalogjson, paths
from harness.case import Body, Case, Testcase
from harness.errors import Location, UserError
from harness.expect.names import levels
from harness.selection import Selection, may_match, select

_CODE = (
    *("arena.py", "case.py", "catalog.py", "catalogjson.py", "features.py", "frontmatter.py", "testcase.py"),
    *("points.py", "data/features.toml"),
    *(f"expect/{name}.py" for name in ("check", "expression", "lexer", "names", "nodes", "parser", "values")),
)


class Catalog:
    """The testcases of one folder."""

    def __init__(self, bodies: Sequence[Body]) -> None:
        """bodies: in the order of their testcases' ids; UserError if two share a key."""
        self.bodies = tuple(bodies)
        self.testcases: dict[str, Testcase] = {body.testcase.id: body.testcase for body in bodies}
        self._by_id = {body.id: body for body in bodies}
        self._by_key = {body.key: body for body in bodies}
        if len(self._by_key) < len(self.bodies):
            self._report_collision()

    def _report_collision(self) -> None:
        for body in self.bodies:
            other = self._by_key[body.key]
            if other is not body:
                raise UserError(
                    f"bodies {body.id} and {other.id} have the same key {body.key:#010x}; rename one of them",
                    Location(body.testcase.path),
                )

    def body(self, key: int) -> Body | None:
        """The body with this key, as records give it."""
        return self._by_key.get(key)

    def body_named(self, body_id: str) -> Body | None:
        return self._by_id.get(body_id)

    def case(self, case_id: str) -> Case | None:
        """The case with this id, or None."""
        parts = case_id.split("/")
        testcase = self.testcases.get("/".join(parts[:2]))
        if testcase is None or len(parts) not in (4, 5):
            return None
        labels = parts[4].split(",") if len(parts) == 5 else []
        words = labels[: len(testcase.variants)]
        body = self._by_id.get("/".join([*parts[:4], ",".join(words)] if words else parts[:4]))
        index = _index(testcase, labels[len(testcase.variants) :])
        return Case(body, index) if body and index is not None and index in body.indexes else None

    def select(self, patterns: Iterable[str] = ()) -> Selection:
        """Cases whose id matches any of the filters (docs/authoring.md); all cases without a filter."""
        return select(self, list(patterns))

    def __len__(self) -> int:
        """Number of cases."""
        return sum(len(body.indexes) for body in self.bodies)


def _index(testcase: Testcase, labels: list[str]) -> int | None:
    """The raw index of `name=value` labels, one of each dimension in order."""
    if len(labels) != len(testcase.sweep):
        return None
    index = 0
    for column, label in zip(testcase.labels, labels):
        if label not in column:
            return None
        index = index * len(column) + column.index(label)
    return index


def load(
    testcases: Path = paths.TESTCASES, cache: Path | None = paths.CACHE, reach: Sequence[str] = ()
) -> Catalog:
    """Read every testcases/TOPIC/NAME.asm but the kit's.

    UserError at the first file that is wrong. cache=None reads and writes no cache. With `reach`, filters, the
    catalog holds only testcases that these may match: bodies are many.
    """
    files = _files(testcases)
    stamp = buildcache.stamp([*(paths.ROOT / "harness" / name for name in _CODE), paths.KIT / "arena.inc"])
    folder = hashlib.sha256(str(testcases.resolve()).encode()).hexdigest()[:16]
    store = cache / f"catalog-{folder}.json" if cache else None
    entries = _stored(store, stamp)
    fresh: dict[str, Any] = {}
    reader = _Reader()
    for testcase_id, path, stat in files:
        fresh[testcase_id] = _entry(testcase_id, path, stat, entries.get(testcase_id), reader)
    if store and fresh != entries:
        buildcache.write(store, json.dumps({"stamp": stamp, "entries": fresh}).encode())
    bodies: list[Body] = []
    for testcase_id, path, _ in files:
        if reach and not any(may_match(testcase_id, pattern) for pattern in reach):
            continue
        bodies += catalogjson.bodies(testcase_id, paths.shown(path), fresh[testcase_id]["testcase"])
    return Catalog(bodies)


def of_file(path: Path, testcase_id: str) -> Catalog:
    """The testcase of one file, wherever it lies, under this id (topic/name). UserError if it is wrong."""
    shown = paths.shown(path)
    entry = _entry(testcase_id, str(path), path.stat(), None, _Reader())
    return Catalog(list(catalogjson.bodies(testcase_id, shown, entry["testcase"])))


def select_stored(patterns: Sequence[str]) -> Selection:
    """`load().select(patterns)`, in less time where the filters name a part only."""
    try:
        return load(reach=patterns).select(patterns)
    except UserError:
        return load().select(patterns)  # knows what was meant


def _files(testcases: Path) -> list[tuple[str, str, os.stat_result]]:
    """Id, path and stat of every testcase, by id."""
    found: list[tuple[str, str, os.stat_result]] = []
    try:
        topics = [entry for entry in os.scandir(testcases) if entry.is_dir() and entry.name != "kit"]
        for topic in topics:
            for file in os.scandir(topic.path):
                if file.name.endswith(".asm") and not file.name.startswith("."):
                    found.append((f"{topic.name}/{file.name[:-4]}", file.path, file.stat()))
    except OSError as error:
        where = Location(paths.shown(error.filename or testcases))
        raise UserError(f"cannot read testcases: {error.strerror}", where) from None
    return sorted(found, key=lambda item: item[0])


def _stored(store: Path | None, stamp: str) -> dict[str, Any]:
    data = buildcache.read(store) if store else None
    if data is None:
        return {}
    try:
        content = json.loads(data)
        if content["stamp"] != stamp:
            return {}
        entries: dict[str, Any] = content["entries"]
        return entries
    except (ValueError, KeyError, TypeError):
        return {}  # torn or foreign: made anew


def _entry(testcase_id: str, path: str, stat: os.stat_result, old: Any, reader: _Reader) -> dict[str, Any]:
    """The cache's entry for one file: the old one if the file is the same, by time and size or by content."""
    signature = [stat.st_mtime_ns, stat.st_size]
    if old is not None and old["file"] == signature:
        return dict(old)
    try:
        with open(path, "rb") as file:
            content = file.read()
        text = content.decode()
    except OSError as error:
        raise UserError(f"cannot read it: {error.strerror}", Location(paths.shown(path))) from None
    except UnicodeDecodeError:
        raise UserError("not UTF-8 text", Location(paths.shown(path))) from None
    digest = hashlib.sha256(content).hexdigest()
    if old is not None and old["sha256"] == digest:
        return {**old, "file": signature}
    testcase, bodies = reader.read(text, paths.shown(path), testcase_id)
    return {"file": signature, "sha256": digest, "testcase": catalogjson.dump(testcase, bodies)}


class _Reader:
    """Reads testcases; imports and tables that only this needs load with the first one."""

    def __init__(self) -> None:
        self._vocabulary: Any = None

    def read(self, text: str, path: str, testcase_id: str) -> tuple[Testcase, list[Body]]:
        from harness import arena, features
        from harness.points import selected
        from harness.testcase import Vocabulary, read_testcase

        if self._vocabulary is None:
            self._vocabulary = Vocabulary(arena.load(), features.load())
        testcase = read_testcase(text, path, testcase_id, self._vocabulary)
        bodies: list[Body] = []
        for mode, cpl, words in combinations(testcase):
            points = selected(Body(testcase, mode, cpl, words, None), self._vocabulary.arena.constants)
            if points != "0":
                bodies.append(Body(testcase, mode, cpl, words, points))
        if not bodies:
            raise UserError(
                "'where' leaves no case of this testcase", Location(path, testcase.where[0].where.line)
            )
        return testcase, bodies


def combinations(testcase: Testcase) -> list[tuple[str, int, tuple[str, ...]]]:
    """Mode, CPL and variant words of every body, before `where`."""
    words = list(product(*(variant.words for variant in testcase.variants)))
    return [
        (mode, cpl, chosen)
        for mode in testcase.modes
        for cpl in levels(mode, testcase.cpls)
        for chosen in words
    ]
