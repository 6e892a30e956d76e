# SPDX-License-Identifier: BSD-2-Clause
"""Tokens to the syntax tree; Python's operators and precedence, weakest first:

    a if c else b / or / and / not / == != < <= > >= in / | / ^ / & / << >> / + - / * // % / unary - ~ +
"""

from __future__ import annotations

from harness.expect import nodes
from harness.expect.lexer import ExpressionError, Token, tokenize
from harness.expect.nodes import Node

_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"|"}),
    frozenset({"^"}),
    frozenset({"&"}),
    frozenset({"<<", ">>"}),
    frozenset({"+", "-"}),
    frozenset({"*", "//", "%"}),
)
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_DEPTH = 60  # nesting beyond this is a slip of the author, and would exhaust Python's stack


def parse_tree(text: str) -> Node:
    """The syntax tree of text; raises ExpressionError."""
    parser = _Parser(tokenize(text))
    tree = parser.conditional()
    parser.finish()
    return tree


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._position = 0
        self._depth = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._position]

    def _take(self) -> Token:
        token = self._tokens[self._position]
        self._position += 1
        return token

    def _accept(self, *texts: str) -> Token | None:
        token = self._next
        if token.kind in ("op", "word") and token.text in texts:
            return self._take()
        return None

    def _require(self, text: str, purpose: str) -> Token:
        token = self._accept(text)
        if token is None:
            raise ExpressionError(
                f"'{text}' {purpose} is missing before {_shown(self._next)}", self._next.start
            )
        return token

    def finish(self) -> None:
        if self._next.kind != "end":
            raise ExpressionError(
                f"unexpected {_shown(self._next)} after a complete expression", self._next.start
            )

    def conditional(self) -> Node:
        self._depth += 1
        if self._depth > _DEPTH:
            raise ExpressionError("the expression is nested too deeply", self._next.start)
        value = self._disjunction()
        if self._accept("if"):
            condition = self._disjunction()
            self._require("else", "of 'a if c else b'")
            other = self.conditional()
            value = nodes.Conditional(value.start, other.end, condition, value, other)
        self._depth -= 1
        return value

    def _disjunction(self) -> Node:
        items = [self._conjunction()]
        while self._accept("or"):
            items.append(self._conjunction())
        if len(items) == 1:
            return items[0]
        return nodes.Or(items[0].start, items[-1].end, tuple(items))

    def _conjunction(self) -> Node:
        items = [self._negation()]
        while self._accept("and"):
            items.append(self._negation())
        if len(items) == 1:
            return items[0]
        return nodes.And(items[0].start, items[-1].end, tuple(items))

    def _negation(self) -> Node:
        count = 0
        start = self._next.start
        while self._accept("not"):
            count += 1
        node = self._comparison()
        return node if count == 0 else _negations(node, start, count)

    def _comparison(self) -> Node:
        operand = self._binary(0)
        pairs: list[Node] = []
        while True:
            operator = self._comparison_operator()
            if operator is None:
                break
            right = self._binary(0)
            if operator in ("in", "not in"):
                pairs.append(nodes.Member(operand.start, right.end, operand, right, operator == "not in"))
            else:
                pairs.append(nodes.Compare(operand.start, right.end, operator, operand, right))
            operand = right
        if not pairs:
            return operand
        if len(pairs) == 1:
            return pairs[0]
        return nodes.And(pairs[0].start, pairs[-1].end, tuple(pairs))  # a < b < c, as in Python

    def _comparison_operator(self) -> str | None:
        token = self._accept("in", *_COMPARISONS)
        if token is not None:
            return token.text
        if self._next.text == "not" and self._tokens[self._position + 1].text == "in":
            self._position += 2
            return "not in"
        return None

    def _binary(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        left = self._binary(level + 1)
        while True:
            token = self._accept(*_LEVELS[level])
            if token is None:
                return left
            right = self._binary(level + 1)
            left = nodes.Binary(left.start, right.end, token.text, left, right)

    def _unary(self) -> Node:
        operators: list[Token] = []
        while token := self._accept("-", "~", "+"):
            operators.append(token)
        node = self._primary()
        for token in reversed(operators):
            node = nodes.Unary(token.start, node.end, token.text, node)
        return node

    def _primary(self) -> Node:
        token = self._take()
        if token.kind == "int":
            return nodes.Int(token.start, token.end, int(token.text, 0))
        if token.kind == "name":
            return self._named(token)
        if token.kind == "op" and token.text == "(":
            inner = self.conditional()
            self._require(")", "closing '('")
            return inner
        if token.kind == "op" and token.text == "{":
            items, end = self._list("}")
            return nodes.SetLiteral(token.start, end.end, items)
        raise ExpressionError(f"a value is expected, not {_shown(token)}", token.start)

    def _named(self, token: Token) -> Node:
        if token.text == "none":
            return nodes.Nothing(token.start, token.end)
        dotted, end = self._dotted(token)
        if self._next.text == "(":
            return self._call(token, dotted)
        if not self._accept("["):
            return nodes.Name(token.start, end, dotted)
        subscript = self.conditional()
        end = self._require("]", "closing '['").end
        suffix = ""
        if self._accept("."):
            suffix, end = self._dotted(self._name())
        return nodes.Index(token.start, end, dotted, subscript, suffix)

    def _call(self, token: Token, function: str) -> Node:
        limits = nodes.STATEFUL.get(function) or (
            nodes.PURE[function][1:] if function in nodes.PURE else None
        )
        if limits is None:
            known = ", ".join(sorted([*nodes.PURE, *nodes.STATEFUL]))
            raise ExpressionError(f"unknown function '{function}'; known: {known}", token.start)
        self._take()
        args, end = self._list(")")
        if not limits[0] <= len(args) <= limits[1]:
            raise ExpressionError(f"'{function}' takes {_count(limits)}, not {len(args)}", token.start)
        return nodes.Call(token.start, end.end, function, args)

    def _dotted(self, token: Token) -> tuple[str, int]:
        parts, end = [token.text], token.end
        while self._accept("."):
            part = self._name()
            parts.append(part.text)
            end = part.end
        return ".".join(parts), end

    def _name(self) -> Token:
        token = self._take()
        # `ldt[n].if` and `flags.if`: after a dot a word is a name
        if token.kind not in ("name", "word"):
            raise ExpressionError(f"a name is expected after '.', not {_shown(token)}", token.start)
        return token

    def _list(self, closing: str) -> tuple[tuple[Node, ...], Token]:
        items: list[Node] = []
        while True:
            if end := self._accept(closing):
                return tuple(items), end
            if items:
                self._require(",", f"or '{closing}'")
            items.append(self.conditional())


def _negations(node: Node, start: int, count: int) -> Node:
    for _ in range(count):
        node = nodes.Not(start, node.end, node)
    return node


def _count(limits: tuple[int, ...]) -> str:
    low, high = limits[0], limits[1]
    return f"{low} argument{'s' if low > 1 else ''}" if low == high else f"{low} or {high} arguments"


def _shown(token: Token) -> str:
    return "the end" if token.kind == "end" else f"'{token.text}'"
