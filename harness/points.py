# SPDX-License-Identifier: BSD-2-Clause
"""Which points of a body's sweep its `where` lines keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.case import Body, word_mask
from harness.errors import UserError
from harness.expect import Expr, Value


class _Point:
    """Parameters of one point as the environment of an expression."""

    def __init__(self, fixed: Mapping[str, Value]) -> None:
        self.values: dict[str, Value] = dict(fixed)

    def name(self, dotted: str) -> Value:
        return self.values[dotted]

    def index(self, name: str, i: int) -> Value:
        raise KeyError(name)

    def call(self, fn: str, args: Sequence[Value]) -> Value:
        raise KeyError(fn)


def selected(body: Body, constants: Mapping[str, int]) -> str | None:
    """The kept raw indexes as a hexadecimal bitmap, "0" if none is; None if all are."""
    point = _Point({**constants, **body.names(), "cpl": body.cpl, "launch_cpl": body.cpl})
    kept = range(body.raw)
    remaining: list[int] | range = kept
    for expr in body.testcase.where:
        remaining = _filter(expr, body, point, remaining)
    if len(remaining) == body.raw:
        return None
    bits = bytearray((body.raw + 7) // 8)
    for index in remaining:
        bits[index >> 3] |= 1 << (index & 7)
    return f"{int.from_bytes(bits, 'little'):x}"


def holds(expr: Expr, body: Body) -> bool:
    """Whether an expression over mode, CPL and variants is true for a body."""
    return bool(expr.eval(_Point({**body.names(), "cpl": body.cpl})))


def _filter(expr: Expr, body: Body, point: _Point, indexes: Sequence[int]) -> list[int]:
    """Of indexes those where expr is true; it is evaluated once for each combination of the values it names."""
    mask = word_mask(body.mode)
    used: list[tuple[str, int, list[int]]] = []  # name, stride, values
    stride = body.raw
    for dimension in body.testcase.sweep:
        stride //= len(dimension.values)
        if dimension.name in expr.names():
            used.append((dimension.name, stride, [value & mask for value in dimension.values]))
    truths: dict[tuple[int, ...], bool] = {}
    result: list[int] = []
    for index in indexes:
        digits = tuple(index // stride % len(values) for _, stride, values in used)
        truth = truths.get(digits)
        if truth is None:
            for (name, _, values), digit in zip(used, digits):
                point.values[name] = values[digit]
            truth = truths[digits] = _truth(expr, point)
        if truth:
            result.append(index)
    return result


def _truth(expr: Expr, point: _Point) -> bool:
    try:
        return bool(expr.eval(point))
    except KeyError as error:
        raise UserError(f"'where' sees parameters only, not '{error.args[0]}'", expr.where) from None
