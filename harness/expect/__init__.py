# SPDX-License-Identifier: BSD-2-Clause
"""The expectation language of docs/authoring.md: a small, safe expression language; no eval.

    expr = parse("exit == stop and ss == 0x23", Location("x.asm", 7))
    if not expr.eval(env):
        for m in expr.explain(env): print(m.field, m.expected, m.actual)
"""

from __future__ import annotations

from collections.abc import Callable

from harness.expect.expression import Expr, Mismatch, parse
from harness.expect.values import Env, Value, format_value

__all__ = ["Env", "Expr", "Mismatch", "Value", "check_names", "check_places", "format_value", "parse"]


def check_names(expr: Expr, known: Callable[[str], bool]) -> None:
    """Raise UserError at the first name read as a value that `known` denies.

    Asked are dotted names, and of an index its base with suffix: `frame`, `fault.err`.
    """
    from harness.expect import check

    check.check_names(expr, known)


def check_places(expr: Expr, known: Callable[[str], bool]) -> None:
    """Raise UserError at the first place name (an element of `changed` and the like) that `known` denies."""
    from harness.expect import check

    check.check_places(expr, known)
