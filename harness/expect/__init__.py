# SPDX-License-Identifier: BSD-2-Clause
"""The expectation language of docs/authoring.md: a small, safe expression language; no eval.

    expr = parse("exit == stop and ss == 0x23", Location("x.asm", 7))
    if not expr.eval(env):
        for m in expr.explain(env): print(m.field, m.expected, m.actual)
"""

from harness.expect.expression import Expr, Mismatch, check_names, check_places, parse
from harness.expect.values import Env, Value, format_value

__all__ = ["Env", "Expr", "Mismatch", "Value", "check_names", "check_places", "format_value", "parse"]
