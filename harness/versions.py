# SPDX-License-Identifier: BSD-2-Clause
"""Versions side by side: what `./ringdiff get` has brought, and which one `qemu@10.0` or `qemu@sid` means.

A fetched version is a folder NAME@SUITE under `folder()`; its about.json is written before the folder gets its name, so
what has the name is whole.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cmp_to_key
from pathlib import Path

from harness import paths
from harness.errors import ExitCode, Location, UserError

ABOUT = "about.json"
SYSTEM = "system"  # qemu@system: what the system has, and nothing fetched
_WANTED = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._+-]*)@(?P<which>[A-Za-z0-9][A-Za-z0-9.~+-]*)\Z")
NPM = "npm"  # the suite of what comes from npm: the runner finds it by itself
SUITES = ("backports", "trixie", "sid")  # examples for messages


@dataclass(frozen=True, slots=True)
class Fetched:
    """One fetched version. `path` is relative to its folder: what a runner takes as BINARY."""

    name: str
    suite: str
    version: str  # upstream's, as the program itself says
    package: str  # the package's own version
    path: str
    date: str  # ISO 8601, UTC
    packages: tuple[str, ...] = ()

    @property
    def spec(self) -> str:
        return f"{self.name}@{self.suite}"

    @property
    def binary(self) -> Path:
        return folder() / self.spec / self.path


def folder() -> Path:
    """Where fetched versions lie: RINGDIFF_VERSIONS, or build/versions."""
    named = os.environ.get("RINGDIFF_VERSIONS", "")
    return Path(named).absolute() if named else paths.ROOT / "build" / "versions"


def split(spec: str) -> tuple[str, str]:
    """`qemu@sid` as name and suite or version; UserError where it is none of these."""
    match = _WANTED.match(spec)
    if match is None:
        raise UserError(
            f"{spec!r} is not NAME@SUITE or NAME@VERSION, such as qemu@sid or qemu@10.0",
            exit_code=ExitCode.USAGE,
        )
    return match["name"], match["which"]


def write_about(where: Path, fetched: Fetched) -> None:
    (where / ABOUT).write_text(json.dumps(asdict(fetched), indent=1) + "\n", encoding="utf-8")


def read_about(where: Path) -> Fetched:
    """UserError where the folder is not as `get` leaves it."""
    path = where / ABOUT
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        packages = tuple(str(package) for package in data.pop("packages"))
        return Fetched(packages=packages, **{key: str(value) for key, value in data.items()})
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise UserError(
            f"not a fetched version ({error}); remove it: ./ringdiff get --remove {where.name}",
            Location(str(path)),
        ) from None


def fetched(name: str = "") -> list[Fetched]:
    """What is there, of one name or of all, by name and version."""
    found = []
    base = folder()
    for entry in sorted(base.iterdir()) if base.is_dir() else ():
        if (
            not entry.name.startswith(".")
            and "@" in entry.name
            and entry.name.startswith(f"{name}@" if name else "")
        ):
            found.append(read_about(entry))
    return sorted(found, key=lambda one: (one.name, _order(one.version), one.suite))


def remove(spec: str) -> None:
    """Takes a fetched version away; UserError if it is not there."""
    split(spec)
    where = folder() / spec
    if not where.is_dir():
        there = ", ".join(one.spec for one in fetched()) or "none"
        raise UserError(f"{spec} was not fetched; fetched are: {there}", exit_code=ExitCode.USAGE)
    # Out of sight first: a removal that is interrupted leaves no half a version under the name.
    doomed = where.with_name(f".remove-{os.getpid()}-{spec}")
    os.rename(where, doomed)
    shutil.rmtree(doomed)


def _order(version: str) -> object:
    from harness.known import compare_versions

    return cmp_to_key(compare_versions)(version)


def matches(version: str, wanted: str) -> bool:
    """Whether `wanted` is the version or its first components: 10.0 is 10.0.2 but not 10.01."""
    rest = version.removeprefix(wanted)
    return version.startswith(wanted) and (not rest or not (rest[0].isdigit() and wanted[-1].isdigit()))


def resolve(name: str, which: str, system_version: Callable[[], str]) -> str:
    """The BINARY that NAME@WHICH means; empty: the system's. `system_version` is empty where the system has none.

    A suite, `system`, or a version or its first components; of several the newest, the system's before a fetched one.
    """
    have = fetched(name)
    for one in have:
        if one.suite == which:
            return str(one.binary)
    if which == SYSTEM or which == host_suite():
        return ""
    system = system_version()
    candidates = [(one.version, str(one.binary)) for one in have if matches(one.version, which)]
    if system and matches(system, which):
        candidates.append((system, ""))
    if candidates:
        return max(candidates, key=lambda pair: (_order(pair[0]), not pair[1]))[1]
    raise UserError(
        f"no {name} {which} here; {_what_is_there(name, system, have)}; {_hint(name, which)}",
        exit_code=ExitCode.UNAVAILABLE,
    )


def _what_is_there(name: str, system: str, have: Sequence[Fetched]) -> str:
    words = [f"{system} (the system's)"] if system else []
    words += [f"{one.version} ({one.spec})" for one in have]
    if not words:
        return f"there is no {name} at all"
    return f"there {'are' if len(words) > 1 else 'is'} {', '.join(words)}"


def _hint(name: str, which: str) -> str:
    from harness.fetchtable import fetchable

    entry = fetchable().get(name)
    if entry is None:
        return f"`./ringdiff get` cannot fetch {name}: name a binary, {name}:PATH"
    if entry.npm:
        return f"`./ringdiff get {name}` may bring it"
    if which[0].isdigit():
        return "one of these may bring it: " + ", ".join(f"./ringdiff get {name}@{suite}" for suite in SUITES)
    return f"`./ringdiff get {name}@{which}` may bring it"


def host_suite() -> str:
    """This system's Debian release, or an empty text."""
    return os_release().get("VERSION_CODENAME", "") if os_release().get("ID") == "debian" else ""


def os_release(files: Iterable[str] = ("/etc/os-release", "/usr/lib/os-release")) -> dict[str, str]:
    for path in files:
        try:
            with open(path, encoding="utf-8") as file:
                pairs = (line.strip().partition("=") for line in file if "=" in line)
                return {key: value.strip("\"'") for key, _, value in pairs}
        except OSError:
            continue
    return {}
