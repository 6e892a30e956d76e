# SPDX-License-Identifier: BSD-2-Clause
"""An expectation: its text, its value in a state, and why it is false there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.errors import Location, UserError
from harness.expect import nodes
from harness.expect.lexer import ExpressionError
from harness.expect.nodes import Node
from harness.expect.parser import parse_tree
from harness.expect.values import Env, Value


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One reason why an expectation is false: a field of the state, or the text of a conjunct."""

    field: str
    expected: Value
    actual: Value


class Expr:
    """One expression of the expectation language.

    The tree is built on first use, so that expressions from the catalog's cache, which were
    checked when they entered it, cost nothing until a record is judged by them.
    """

    __slots__ = ("text", "where", "_tree")

    def __init__(self, text: str, where: Location) -> None:
        self.text = text
        self.where = where
        self._tree: Node | None = None

    @property
    def tree(self) -> Node:
        if self._tree is None:
            try:
                self._tree = parse_tree(self.text)
            except ExpressionError as error:
                raise self.error(error) from None
        return self._tree

    def eval(self, env: Env) -> Value:
        """The value in this state; UserError where types do not fit (`exit + 1` when exit is `stop`)."""
        try:
            return self.tree.eval(env)
        except ExpressionError as error:
            raise self.error(error) from None

    def explain(self, env: Env, is_state: Callable[[str], bool] = lambda name: True) -> list[Mismatch]:
        """Why the expression is false in this state: every false conjunct; empty if it is true.

        Of `a == b` the field is the side that names state: is_state tells a register from a
        parameter, and both sides being names, the left one is meant.
        """
        try:
            return _Explainer(self.text, env, is_state).explain(self.tree)
        except ExpressionError as error:
            raise self.error(error) from None

    def names(self) -> frozenset[str]:
        """All names it reads as values: dotted (`launch.rax`), of an index its base (`fault.err`)."""
        return frozenset(name for name, _ in _value_names(self.tree))

    def negated(self) -> Expr:
        """The expression that is true exactly where this one is false."""
        return Expr(f"not ({self.text})", self.where)

    def error(self, error: ExpressionError) -> UserError:
        """The user's view of an ExpressionError: its file, line and column, and a caret."""
        where = Location(self.where.file, self.where.line, (self.where.column or 1) + error.offset)
        return UserError(error.message, where, detail=f"{self.text}\n{' ' * error.offset}^")

    def __repr__(self) -> str:
        return f"Expr({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expr) and (self.text, self.where) == (other.text, other.where)

    def __hash__(self) -> int:
        return hash(self.text)


def parse(text: str, where: Location) -> Expr:
    """Parse one expression. `where.column` is the column of its first character.

    Raises UserError with file, line and column; its detail shows the text with a caret.
    """
    expr = Expr(text, where)
    expr.tree  # noqa: B018 - parses now, so that errors show now
    return expr


def check_names(expr: Expr, known: Callable[[str], bool]) -> None:
    """Raise UserError at the first name that `known` denies.

    Asked are dotted names, and of an index its base with suffix: `frame`, `fault.err`. Place names
    (elements of sets that `changed` and the like are compared with) are not values and not asked.
    """
    for name, node in _value_names(expr.tree):
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


def _value_names(node: Node) -> list[tuple[str, Node]]:
    if isinstance(node, nodes.Name):
        return [(node.dotted, node)]
    found: list[tuple[str, Node]] = [(node.name, node)] if isinstance(node, nodes.Index) else []
    for child in _value_children(node):
        found += _value_names(child)
    for place in _places_below(node):
        if isinstance(place, nodes.Index):
            found += _value_names(place.subscript)
    return found


class _Explainer:
    def __init__(self, text: str, env: Env, is_state: Callable[[str], bool]) -> None:
        self._text = text
        self._env = env
        self._is_state = is_state

    def explain(self, node: Node) -> list[Mismatch]:
        if isinstance(node, nodes.And):
            return [mismatch for item in node.items for mismatch in self.explain(item)]
        if isinstance(node, nodes.Conditional):
            return self.explain(node.chosen(self._env))
        value = node.eval(self._env)
        if value:
            return []
        if isinstance(node, nodes.Compare) and node.op == "==":
            return [self._equality(node)]
        if isinstance(node, nodes.Member) and isinstance(node.right, nodes.SetLiteral) and not node.negated:
            if self._names_state(node.left):
                allowed = frozenset(v for v in node.right.values(self._env) if isinstance(v, (int, str)))
                return [Mismatch(self._field(node.left), allowed, node.left.eval(self._env))]
        if self._names_state(node):
            return [Mismatch(self._field(node), 1, value)]
        if isinstance(node, nodes.Not) and self._names_state(node.operand):
            return [Mismatch(self._field(node.operand), 0, node.operand.eval(self._env))]
        return [Mismatch(self._text[node.start : node.end], True, False)]

    def _equality(self, node: nodes.Compare) -> Mismatch:
        left, right = node.left.eval(self._env), node.right.eval(self._env)
        if self._names_state(node.left):
            return Mismatch(self._field(node.left), right, left)
        if self._names_state(node.right):
            return Mismatch(self._field(node.right), left, right)
        return Mismatch(self._text[node.left.start : node.left.end], right, left)

    def _names_state(self, node: Node) -> bool:
        if isinstance(node, nodes.Name):
            return self._is_state(node.dotted)
        return isinstance(node, nodes.Index) or (
            isinstance(node, nodes.Call) and node.function in nodes.STATEFUL
        )

    def _field(self, node: Node) -> str:
        if isinstance(node, (nodes.Name, nodes.Index)):
            return node.place(self._env)  # with the subscript's value: fault[0].err
        return self._text[node.start : node.end]
