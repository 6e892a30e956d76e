# SPDX-License-Identifier: BSD-2-Clause
"""A state against the testcase's `expect` lines: which fields are not as the manual says, and where it says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from harness.arena import Arena
from harness.case import Body, Expect, Testcase
from harness.compare import Mask, split_flags
from harness.errors import Location, UserError
from harness.expect import Env, Mismatch, Value, parse
from harness.expect.names import INDEXED, REGISTERS, STATE
from harness.points import holds
from harness.state import StateUnavailable

_SETS = {
    "changed": ("", "changed", "unchanged"),
    "regs": ("", "changed", "unchanged"),
    "accessed": ("pte.{}.a", "1", "0"),
    "dirtied": ("pte.{}.d", "1", "0"),
}


# `flags`, or bits of it picked by a mask: then the bits that differ are flags too.
_FLAGS = re.compile(r"((launch|arrival)\.)?flags( *[&|] *[~(]*[^()]*\)*)?$")


@dataclass(frozen=True)
class Breach:
    """One field that violates an expectation."""

    name: str
    actual: Value
    expected: Value
    source: str
    covers: frozenset[str] = field(default_factory=frozenset)  # state names that its expression reads


@lru_cache(maxsize=4096)
def _names(text: str) -> frozenset[str]:
    try:
        return parse(text, Location("")).names()
    except UserError:
        return frozenset()


def applicable(testcase: Testcase, vendor: str) -> Iterator[Expect]:
    """The expectations that bind this CPU vendor."""
    return (expect for expect in testcase.expects if expect.vendor in (None, vendor))


def is_state(name: str) -> bool:
    return name in STATE or name in INDEXED


def source_of(testcase: Testcase, line: int) -> str:
    """`manual: SDM 2B SYSRET, Operation (testcases/syscall/x.asm:7)`."""
    return f"manual: {'; '.join(testcase.cite)} ({testcase.path}:{line})"


def breaches(testcase: Testcase, vendor: str, env: Env, mask: Mask, dead: bool = False) -> list[Breach]:
    """Every violated field. `dead`: the guest died; expectations about the state it never showed do not count."""
    found: dict[str, Breach] = {}
    for expect in applicable(testcase, vendor):
        try:
            if expect.when is not None and not expect.when.eval(env):
                continue
            if expect.expr.eval(env):
                continue
            mismatches = expect.expr.explain(env, is_state)
        except StateUnavailable as missing:
            if not dead:
                _unreadable(found, testcase, expect, f"no value for '{missing}'")
            continue
        except UserError as error:
            if not dead:
                _unreadable(found, testcase, expect, error.message)
            continue
        source = source_of(testcase, expect.line)
        for mismatch in mismatches:
            for breach in _fields(mismatch, source, mask):
                found.setdefault(breach.name, breach)
    return list(found.values())


def _unreadable(found: dict[str, Breach], testcase: Testcase, expect: Expect, message: str) -> None:
    """An expectation that makes no sense in this state is not met."""
    source = source_of(testcase, expect.line)
    actual = f"cannot be evaluated: {message}"
    found.setdefault(expect.text, Breach(expect.text, actual, True, source, expect.expr.names()))


def _fields(mismatch: Mismatch, source: str, mask: Mask) -> Iterator[Breach]:
    name, expected, actual = mismatch.field, mismatch.expected, mismatch.actual
    if mask.hides(name):
        return
    if name in _SETS and isinstance(expected, frozenset) and isinstance(actual, frozenset):
        pattern, yes, no = _SETS[name]
        for member in sorted(map(str, expected ^ actual)):
            there = member in actual
            field_name = pattern.format(member) if pattern else member
            if not mask.hides(field_name):
                yield Breach(
                    field_name, yes if there else no, no if there else yes, source, frozenset({name})
                )
        return
    if _FLAGS.match(name) and isinstance(expected, int) and isinstance(actual, int):
        prefix = re.split(r" ?[&|]", name)[0]
        for flag, got, wanted in split_flags(prefix, actual & ~mask.flags, expected & ~mask.flags):
            if not mask.hides(flag):
                yield Breach(flag, got, wanted, source)
        return
    covers = _names(name) if name not in REGISTERS else frozenset()
    yield Breach(name, actual, expected, source, covers)


def make_mask(body: Body, vendor: str, arena: Arena) -> Mask:
    """What the manual leaves open in this body of a testcase for this vendor."""
    names = [
        u.name
        for u in body.testcase.undefined
        if u.vendor in (None, vendor) and (u.when is None or holds(u.when, body))
    ]
    return Mask(names, arena)
