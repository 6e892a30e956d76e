# SPDX-License-Identifier: BSD-2-Clause
"""Why an expectation is false: fields of the state with what was expected of them."""

from __future__ import annotations

from collections.abc import Callable

from harness.expect import nodes
from harness.expect.expression import Expr, Mismatch
from harness.expect.lexer import ExpressionError
from harness.expect.nodes import Node
from harness.expect.values import Env


def explain(expr: Expr, env: Env, is_state: Callable[[str], bool]) -> list[Mismatch]:
    """As Expr.explain."""
    try:
        return _Explainer(expr.text, env, is_state).explain(expr.tree)
    except ExpressionError as error:
        raise expr.error(error) from None


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
