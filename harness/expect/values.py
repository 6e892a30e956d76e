# SPDX-License-Identifier: BSD-2-Clause
"""Values of expectations, and where they come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, Union

# An integer, a symbol (`stop`, `long64`, a variant's word), a set of values or of place names,
# or None, written `none`: there is no such value (no error code was pushed, no frame).
Value = Union[int, str, "frozenset[int | str]", None]


class Env(Protocol):
    """The state of one case, as expectations see it. Unknown names were rejected at catalog time."""

    def name(self, dotted: str) -> Value:
        """Value of `rax`, `launch.flags.cf`, a parameter, a constant, a label."""

    def index(self, name: str, i: int) -> Value:
        """Value of `frame[i]`, as ("frame", i); of `fault[n].err`, as ("fault.err", n)."""

    def call(self, fn: str, args: Sequence[Value]) -> Value:
        """Value of `mem(address, size)` or `launch_mem(address, size)`."""


def format_value(value: Value) -> str:
    """A value as text for reports: small integers in decimal, others in hexadecimal."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if -10 < value < 10 else hex(value)
    if isinstance(value, str):
        return value
    ordered = sorted(value, key=lambda item: (isinstance(item, str), item))
    return "{" + ", ".join(format_value(item) for item in ordered) + "}"
