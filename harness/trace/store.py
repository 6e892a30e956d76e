# SPDX-License-Identifier: BSD-2-Clause
"""A trace on disk, ref-traces/NAME/: golden records by testcase, where they come from, their hashes, revocations.

    provenance.toml     implementation, processor, tool, when
    baseline.txt        the state in which each mode begins
    TOPIC/NAME.txt      harness.trace.text
    manifest.sha256     hashes of all these, for sha256sum -c
    revoked.toml        cases whose golden record is not to be believed; edited by `ringdiff revoke`, not hashed
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import translate
from functools import cached_property
from pathlib import Path
from typing import Any

from harness import paths
from harness.case import Testcase
from harness.errors import ExitCode, Location, UserError
from harness.trace.text import Sections, parse

TRACES = paths.ROOT / "ref-traces"
FORMAT = 1
PROVENANCE, BASELINE, MANIFEST, REVOKED = "provenance.toml", "baseline.txt", "manifest.sha256", "revoked.toml"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_REVOKED_HEAD = """# SPDX-License-Identifier: BSD-2-Clause
# Golden records that are not to be believed: neither compared nor recorded again while they stand here.
"""


@dataclass(frozen=True)
class Revocation:
    """Cases whose golden record does not count, and why."""

    cases: str  # glob over ids
    reason: str
    date: str

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(translate(self.cases))

    def covers(self, case_id: str) -> bool:
        return self._pattern.match(case_id) is not None


class Trace:
    """A finished trace. UserError where it is damaged: a hash that does not fit, a file too few or too many."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = folder.name
        self._check()
        self.provenance = self._provenance()
        self.revocations = read_revocations(folder)

    @property
    def profile(self) -> str:
        return str(self.provenance["profile"])

    @property
    def vendor(self) -> str:
        return str(self.provenance["vendor"])

    @property
    def backend(self) -> Mapping[str, str]:
        """How it was recorded: spec, family, version, cpu, detail."""
        table = self.provenance["backend"]
        assert isinstance(table, dict)
        return table

    @property
    def baseline(self) -> str:
        return (self.folder / BASELINE).read_text(encoding="utf-8")

    def testcases(self) -> list[str]:
        """Ids of the testcases that have a file."""
        return sorted(name.removesuffix(".txt") for name in self._files() if "/" in name)

    def sections(self, testcase: Testcase) -> Sections:
        """The golden records of one testcase; none if it has no file."""
        path = self.folder / f"{testcase.id}.txt"
        if not path.is_file():
            return {}
        return parse(path.read_text(encoding="utf-8"), testcase, paths.shown(path))

    def revoked(self, case_id: str) -> Revocation | None:
        return next((one for one in self.revocations if one.covers(case_id)), None)

    def _files(self) -> list[str]:
        return _files(self.folder)

    def _check(self) -> None:
        manifest = self.folder / MANIFEST
        where = Location(paths.shown(manifest))
        try:
            lines = manifest.read_text(encoding="utf-8").splitlines()
        except OSError as error:
            raise UserError(f"this is no trace: {error.strerror}", where) from None
        announced = {name: value for value, _, name in (line.partition("  ") for line in lines)}
        for name in sorted(announced.keys() | set(self._files())):
            path = self.folder / name
            if name not in announced:
                raise UserError("not in the manifest; record the trace again", Location(paths.shown(path)))
            if not path.is_file():
                raise UserError(
                    "is in the manifest and does not exist; restore it or record the trace again",
                    Location(paths.shown(path)),
                )
            if _sha256(path) != announced[name]:
                raise UserError(
                    "damaged: it is not what the manifest has the hash of; restore it or record again",
                    Location(paths.shown(path)),
                )

    def _provenance(self) -> dict[str, Any]:
        path = self.folder / PROVENANCE
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            if data["format"] != FORMAT:
                raise UserError(f"format {data['format']}, not {FORMAT}", Location(paths.shown(path)))
            for key in ("profile", "vendor", "backend"):
                data[key]
        except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
            raise UserError(f"not readable: {error}", Location(paths.shown(path))) from None
        return data


def find(name: str, root: Path) -> Path | None:
    """The folder of a trace by name, or by a path."""
    for folder in (root / name, Path(name)):
        if (folder / MANIFEST).is_file():
            return folder
    return None


def all_traces(root: Path) -> list[Path]:
    return sorted(path.parent for path in root.glob(f"*/{MANIFEST}"))


def check_name(name: str) -> str:
    """The name of a trace is that of a folder; UserError for any other."""
    if not _NAME.fullmatch(name):
        raise UserError(f"'{name}' is no name of a trace: letters, digits, and . _ + - inside")
    return name


def toml(data: Mapping[str, Any]) -> str:
    """A TOML document of tables of texts, numbers and lists of texts; a list of tables becomes [[name]]."""
    lines = ["# SPDX-License-Identifier: BSD-2-Clause"]
    lines += [f"{key} = {_value(value)}" for key, value in data.items() if not _is_table(value)]
    for key, value in data.items():
        if isinstance(value, Mapping):
            lines += ["", f"[{key}]", *(f"{name} = {_value(item)}" for name, item in value.items())]
        elif _is_table(value):
            for row in value:
                lines += ["", f"[[{key}]]", *(f"{name} = {_value(item)}" for name, item in row.items())]
    return "\n".join(lines) + "\n"


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping) or (
        isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)
    )


def _value(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)  # strings, numbers and lists are written alike in both


def _files(folder: Path) -> list[str]:
    """What the manifest has to name."""
    found = [PROVENANCE, BASELINE] + [str(p.relative_to(folder)) for p in folder.glob("*/*.txt")]
    return sorted(name for name in found if (folder / name).is_file())


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Draft:
    """A trace being made, in a folder beside its place; nothing of it is left unless it is accepted."""

    def __init__(self, root: Path, name: str) -> None:
        self.place = root / check_name(name)
        try:
            root.mkdir(parents=True, exist_ok=True)
            self._holder = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=root))
        except OSError as error:
            raise UserError(f"cannot write {root}: {error.strerror}", exit_code=ExitCode.SYSTEM) from None
        self.folder = self._holder / name
        if self.place.is_dir():
            shutil.copytree(self.place, self.folder)  # what is not recorded anew stays
        else:
            self.folder.mkdir()

    def __enter__(self) -> Draft:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._holder, ignore_errors=True)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def remove(self, name: str) -> None:
        (self.folder / name).unlink(missing_ok=True)

    def seal(self) -> Trace:
        """Write the manifest; the trace can be read and replayed then."""
        lines = [f"{_sha256(self.folder / name)}  {name}" for name in _files(self.folder)]
        self.write(MANIFEST, "\n".join(lines) + "\n")
        return Trace(self.folder)

    def accept(self) -> Path:
        """Put it into its place, instead of what was there."""
        if self.place.exists():
            os.rename(self.place, self._holder / "old")
        os.rename(self.folder, self.place)
        return self.place


def read_revocations(folder: Path) -> list[Revocation]:
    """The trace's list; UserError if it cannot be read."""
    path = folder / REVOKED
    if not path.exists():
        return []
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8")).get("revoked", [])
        return [Revocation(row["cases"], row["reason"], row["date"]) for row in rows]
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise UserError(f"not readable: {error}", Location(paths.shown(path))) from None


def append_revocation(folder: Path, revocation: Revocation) -> None:
    """Add a row to the trace's list."""
    path = folder / REVOKED
    text = path.read_text(encoding="utf-8") if path.exists() else _REVOKED_HEAD
    text += "\n[[revoked]]\n" + "".join(
        f"{name} = {_value(getattr(revocation, name))}\n" for name in ("cases", "reason", "date")
    )
    fresh = path.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    os.replace(fresh, path)
