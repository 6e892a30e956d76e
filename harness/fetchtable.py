# SPDX-License-Identifier: BSD-2-Clause
"""What can be fetched, from where and how it is started: harness/data/fetch.toml as data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

TABLE = Path(__file__).resolve().parent / "data" / "fetch.toml"


@dataclass(frozen=True, slots=True)
class Fetchable:
    """One entry of fetch.toml. Exactly one of binary, shared_object and npm is not empty."""

    name: str
    packages: tuple[str, ...] = ()
    binary: str = ""
    shared_object: str = ""
    npm: str = ""  # folder of package.json and package-lock.json, relative to the source tree
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)


@cache
def fetchable() -> dict[str, Fetchable]:
    """All entries by name."""
    data = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {name: _entry(name, values) for name, values in data.items()}


def _entry(name: str, values: dict[str, object]) -> Fetchable:
    def words(key: str) -> tuple[str, ...]:
        value = values.get(key, [])
        assert isinstance(value, list)
        return tuple(str(word) for word in value)

    def pairs(key: str) -> dict[str, str]:
        value = values.get(key, {})
        assert isinstance(value, dict)
        return {str(name): str(text) for name, text in value.items()}

    return Fetchable(
        name=name,
        packages=words("packages"),
        binary=str(values.get("binary", "")),
        shared_object=str(values.get("shared_object", "")),
        npm=str(values.get("npm", "")),
        arguments=words("arguments"),
        environment=pairs("environment"),
        links=pairs("links"),
    )
