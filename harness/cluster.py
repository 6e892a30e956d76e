# SPDX-License-Identifier: BSD-2-Clause
"""Cluster keys: ten thousand failing cases of one defect read as one finding.

A key is a line of words, the same in every run, so shards merge and history can be kept:

    known ID                                        a known issue explains the field
    FAMILY * FIELD PATTERN                          system bits: one rule of the machine, whatever testcase shows it
    FAMILY TESTCASE FIELD PATTERN                   everything else: one field of one testcase
    FAMILY~FAMILY TESTCASE FIELD PATTERN            a disagreement that no expectation settles
    FAMILY TESTCASE crash|hang|missing              the guest or the emulator died

FIELD drops what varies within one defect (`fault[3].err` is `fault[].err`, `DATA0+0x18` is `DATA0`). PATTERN is the
class of actual -> expected: single bits and exits by value, the result flags (CF PF AF ZF SF OF DF) as one, numbers by
which part of them differs. A case with several wrong fields lies in several clusters; clusters with exactly the
same cases are shown as one (`harness.report.summary`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from harness.compare import shown
from harness.expect import Value, format_value

# Flags and bits that a single rule governs across instructions; arithmetic flags are a matter of each instruction.
_SYSTEM_BIT = re.compile(
    r"(arrival\.)?flags\.(tf|if|iopl|nt|rf|vm|ac|vif|vip|id|reserved)$|(gdt|ldt)[.\[].*\.(a|busy)$|pte\..*\.(a|d)$"
)
# Flags that instructions compute: which of them a defect shows in depends on the operands only.
_RESULT_FLAG = re.compile(r"(arrival\.)?flags\.(cf|pf|af|zf|sf|of|df)$")
_SUBSCRIPT = re.compile(r"\[[^]]*\]")
_OFFSET = re.compile(r"\+0x[0-9a-f]+$")


def field_class(name: str) -> str:
    """The field without what varies within one defect."""
    if _RESULT_FLAG.match(name):
        return name.rpartition(".")[0]
    name = _OFFSET.sub("", _SUBSCRIPT.sub("[]", name))
    bit = _SYSTEM_BIT.match(name)
    if bit is None:
        return name.replace(" ", "")
    parts = name.split(".")
    if parts[0] in ("gdt", "ldt", "pte"):
        return f"{parts[0]}.{parts[-1]}"
    return name


def is_system_bit(name: str) -> bool:
    return _SYSTEM_BIT.match(name) is not None


def pattern(actual: Value, expected: Value) -> str:
    """The class of a wrong value, such as `1->0`, `PF->stop` or `zero`."""
    if not isinstance(actual, int) or not isinstance(expected, int):
        return f"{_word(actual)}->{_word(expected)}"
    if 0 <= actual < 4 and 0 <= expected < 4:
        return f"{actual}->{expected}"
    difference = actual ^ expected
    if actual == 0:
        return "zero"
    if expected == 0:
        return "not-zero"
    if difference & (difference - 1) == 0:
        return f"bit{difference.bit_length() - 1}"
    if difference < 1 << 16:
        return "low16"
    if difference & 0xFFFFFFFF == 0:
        return "high32"
    if difference < 1 << 32:
        return "low32"
    return "value"


def _word(value: Value) -> str:
    if isinstance(value, int) and value >= 32:
        return "value"
    if isinstance(value, frozenset):
        return "set"
    return format_value(value).replace(" ", "-")[:40]


def key(families: Sequence[str], testcase: str, name: str, actual: Value, expected: Value) -> str:
    """The cluster of one wrong field. Of a disagreement both directions are one cluster."""
    where = "*" if is_system_bit(name) else testcase
    if len(families) == 1:
        return f"{families[0]} {where} {field_class(name)} {_pattern(name, actual, expected)}"
    pair = sorted(zip(families, (actual, expected)), key=lambda voice: voice[0])
    ordered = _pattern(name, pair[0][1], pair[1][1])
    return f"{pair[0][0]}~{pair[1][0]} {where} {field_class(name)} {ordered}"


def _pattern(name: str, actual: Value, expected: Value) -> str:
    if _RESULT_FLAG.match(name):
        return "wrong"
    if name == "exit":
        return f"{shown(name, actual)}->{shown(name, expected)}".replace(" ", "-")
    return pattern(actual, expected)


def known_key(issue_id: str) -> str:
    return f"known {issue_id}"


def death_key(family: str, testcase: str, verdict: str) -> str:
    return f"{family} {testcase} {verdict.lower()}"
