# SPDX-License-Identifier: BSD-2-Clause
"""Processor features by name, as `requires` uses them: harness/data/features.toml as a table."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import Location, UserError

FEATURES_TOML = Path(__file__).parent / "data" / "features.toml"
_REGISTERS = ("eax", "ebx", "ecx", "edx")
_KEYS = frozenset({"leaf", "subleaf", "reg", "mask", "value", "negate", "cite"})


@dataclass(frozen=True, slots=True)
class Feature:
    """A condition on CPUID: ((register & mask) == value) != negate; register 0 EAX .. 3 EDX."""

    name: str
    leaf: int
    subleaf: int
    register: int
    mask: int
    value: int
    negate: bool
    cite: str

    def met_by(self, cpuid: Mapping[tuple[int, int], tuple[int, int, int, int]]) -> bool:
        """Whether a processor has it; cpuid maps (leaf, subleaf) to EAX, EBX, ECX, EDX; absent leaves are 0."""
        registers = cpuid.get((self.leaf, self.subleaf), (0, 0, 0, 0))
        return ((registers[self.register] & self.mask) == self.value) != self.negate


class Features:
    """The features by name."""

    def __init__(self, table: dict[str, Feature]) -> None:
        self._table = table

    def __contains__(self, name: str) -> bool:
        return name in self._table

    def __getitem__(self, name: str) -> Feature:
        return self._table[name]

    def names(self) -> list[str]:
        return sorted(self._table)

    def near(self, name: str) -> list[str]:
        """Names that look like a misspelt one."""
        return difflib.get_close_matches(name, self._table, 3)


def load(path: Path = FEATURES_TOML) -> Features:
    """Read the table; UserError names the file and the feature that is wrong."""
    try:
        with path.open("rb") as file:
            table = tomllib.load(file)
    except OSError as error:
        raise UserError(f"cannot read the feature table: {error.strerror}", Location(str(path))) from None
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"not TOML: {error}", Location(str(path))) from None
    return Features({name: _feature(name, entry, Location(str(path))) for name, entry in table.items()})


def _feature(name: str, entry: Any, where: Location) -> Feature:
    if not isinstance(entry, dict) or not _KEYS.issuperset(entry):
        raise UserError(f"feature '{name}': known keys are {', '.join(sorted(_KEYS))}", where)
    missing = {"leaf", "reg", "mask", "cite"}.difference(entry)
    if missing:
        raise UserError(f"feature '{name}' lacks {', '.join(sorted(missing))}", where)
    if entry["reg"] not in _REGISTERS:
        raise UserError(f"feature '{name}': reg is one of {', '.join(_REGISTERS)}", where)
    numbers = (entry["leaf"], entry.get("subleaf", 0), entry["mask"], entry.get("value", entry["mask"]))
    if any(not isinstance(number, int) or not 0 <= number < 1 << 32 for number in numbers):
        raise UserError(f"feature '{name}': leaf, subleaf, mask and value are 32-bit numbers", where)
    if numbers[3] & ~numbers[2]:
        raise UserError(f"feature '{name}' can never be met: value has bits outside mask", where)
    leaf, subleaf, mask, value = numbers
    register = _REGISTERS.index(entry["reg"])
    return Feature(
        name, leaf, subleaf, register, mask, value, bool(entry.get("negate", False)), entry["cite"]
    )
