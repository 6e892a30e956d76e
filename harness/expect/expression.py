# SPDX-License-Identifier: BSD-2-Clause
"""An expectation: its text, its value in a state, and why it is false there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.errors import Location, UserError

# Parser and nodes are imported where the first tree is made: listing cases and starting a backend need none.
if TYPE_CHECKING:
    from harness.expect.lexer import ExpressionError
    from harness.expect.nodes import Node
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
            from harness.expect.lexer import ExpressionError
            from harness.expect.parser import parse_tree

            try:
                self._tree = parse_tree(self.text)
            except ExpressionError as error:
                raise self.error(error) from None
        return self._tree

    def eval(self, env: Env) -> Value:
        """The value in this state; UserError where types do not fit (`exit + 1` when exit is `stop`)."""
        tree = self.tree
        from harness.expect.lexer import ExpressionError

        try:
            return tree.eval(env)
        except ExpressionError as error:
            raise self.error(error) from None

    def explain(self, env: Env, is_state: Callable[[str], bool] = lambda name: True) -> list[Mismatch]:
        """Why the expression is false in this state: every false conjunct; empty if it is true.

        Of `a == b` the field is the side that names state: is_state tells a register from a
        parameter, and both sides being names, the left one is meant.
        """
        from harness.expect.explain import explain

        return explain(self, env, is_state)

    def names(self) -> frozenset[str]:
        """All names it reads as values: dotted (`launch.rax`), of an index its base (`fault.err`)."""
        from harness.expect.check import value_names

        return frozenset(name for name, _ in value_names(self.tree))

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
