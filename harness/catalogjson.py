# SPDX-License-Identifier: BSD-2-Clause
"""A testcase with its bodies as JSON data, for the catalog's cache."""

from __future__ import annotations

from typing import Any

from harness.case import Body, Dimension, Expect, Requirement, Testcase, Undefined, Variant
from harness.errors import Location
from harness.expect import Expr


def dump(testcase: Testcase, bodies: list[Body]) -> dict[str, Any]:
    """The data of one testcase; its id and path are the reader's to know."""
    return {
        "title": testcase.title,
        "why": testcase.why,
        "cite": testcase.cite,
        "modes": testcase.modes,
        "cpls": testcase.cpls,
        "requires": [
            [r.feature, r.negated, r.modes, r.leaf, r.subleaf, r.register, r.mask, r.value, r.negate]
            for r in testcase.requires
        ],
        "sweep": [[d.name, d.texts, d.values] for d in testcase.sweep],
        "variants": [[v.name, v.words, v.values] for v in testcase.variants],
        "where": [_dump_expr(expr) for expr in testcase.where],
        "touches": testcase.touches,
        "error_code": testcase.error_code,
        "ends_shutdown": testcase.ends_shutdown,
        "undefined": [
            [u.vendor, u.name, u.line, _dump_expr(u.when) if u.when else None] for u in testcase.undefined
        ],
        "expects": [
            [e.vendor, _dump_expr(e.when) if e.when else None, _dump_expr(e.expr), e.line, e.text]
            for e in testcase.expects
        ],
        "bodies": [[b.mode, b.cpl, b.words, b.selected] for b in bodies],
    }


def bodies(testcase_id: str, path: str, data: dict[str, Any]) -> list[Body]:
    """The bodies of what dump gave; their testcase is Body.testcase."""
    testcase = Testcase(
        id=testcase_id,
        path=path,
        title=data["title"],
        why=data["why"],
        cite=tuple(data["cite"]),
        modes=tuple(data["modes"]),
        cpls=tuple(data["cpls"]),
        requires=tuple(Requirement(f, n, tuple(m), *rest) for f, n, m, *rest in data["requires"]),
        sweep=tuple(Dimension(name, tuple(texts), tuple(values)) for name, texts, values in data["sweep"]),
        variants=tuple(
            Variant(name, tuple(words), tuple(values)) for name, words, values in data["variants"]
        ),
        where=tuple(_load_expr(expr, path) for expr in data["where"]),
        touches=tuple((offset, length) for offset, length in data["touches"]),
        error_code=data["error_code"],
        ends_shutdown=data["ends_shutdown"],
        undefined=tuple(
            Undefined(vendor, name, line, _load_expr(when, path) if when else None)
            for vendor, name, line, when in data["undefined"]
        ),
        expects=tuple(
            Expect(vendor, _load_expr(when, path) if when else None, _load_expr(expr, path), line, text)
            for vendor, when, expr, line, text in data["expects"]
        ),
    )
    return [Body(testcase, mode, cpl, tuple(words), points) for mode, cpl, words, points in data["bodies"]]


def _dump_expr(expr: Expr) -> list[Any]:
    return [expr.text, expr.where.line, expr.where.column]


def _load_expr(data: list[Any], path: str) -> Expr:
    text, line, column = data
    return Expr(text, Location(path, line, column))
