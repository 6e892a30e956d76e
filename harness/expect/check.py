# SPDX-License-Identifier: BSD-2-Clause
"""Names in an expectation: values and places; each must be known when the catalog is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.expect import nodes
from harness.expect.expression import Expr
from harness.expect.lexer import ExpressionError
from harness.expect.nodes import Node


def check_names(expr: Expr, known: Callable[[str], bool]) -> None:
    """Raise UserError at the first name that `known` denies.

    Asked are dotted names, and of an index its base with suffix: `frame`, `fault.err`. Place names
    (elements of sets that `changed` and the like are compared with) are not values and not asked.
    """
    for name, node in value_names(expr.tree):
        if not known(name):
            raise expr.error(ExpressionError(f"unknown name '{name}'", node.start))


def check_places(expr: Expr, known: Callable[[str], bool]) -> None:
    """Raise UserError at the first place name that `known` denies; of `idt[13]`, `idt` is asked."""
    for node in _place_nodes(expr.tree):
        if not isinstance(node, (nodes.Name, nodes.Index)):
            raise expr.error(ExpressionError("a place name is expected here", node.start))
        name = node.dotted if isinstance(node, nodes.Name) else node.base
        if not known(name):
            raise expr.error(ExpressionError(f"unknown place '{name}'", node.start))


def _places_below(node: Node) -> tuple[Node, ...]:
    """The children of node that are read as places, not values."""
    if isinstance(node, nodes.SetLiteral):
        return node.items
    if isinstance(node, nodes.Member) and not isinstance(node.right, nodes.SetLiteral):
        return (node.left,)
    return ()


def _value_children(node: Node) -> Sequence[Node]:
    """The children of node that are read as values; a set after `in` is a list of values."""
    if isinstance(node, nodes.Member) and isinstance(node.right, nodes.SetLiteral):
        return [node.left, *node.right.items]
    places = _places_below(node)
    return [child for child in node.children() if child not in places]


def _place_nodes(node: Node) -> list[Node]:
    found = list(_places_below(node))
    for child in _value_children(node):
        found += _place_nodes(child)
    return found


def value_names(node: Node) -> list[tuple[str, Node]]:
    """Names read as values, each with its node; of an index its base with suffix."""
    if isinstance(node, nodes.Name):
        return [(node.dotted, node)]
    found: list[tuple[str, Node]] = [(node.name, node)] if isinstance(node, nodes.Index) else []
    for child in _value_children(node):
        found += value_names(child)
    for place in _places_below(node):
        if isinstance(place, nodes.Index):
            found += value_names(place.subscript)
    return found
