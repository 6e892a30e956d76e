# SPDX-License-Identifier: BSD-2-Clause
"""The syntax tree of an expectation; every node knows its value, its names and its place in the text."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from harness.expect.lexer import ExpressionError
from harness.expect.values import Env, Value, format_value

# The nodes are never changed after parsing. They are not declared frozen, slotted or comparable, since making
# such classes costs more start-up time than all else that judging one case takes.


@dataclass(eq=False, repr=False)
class Node:
    start: int  # offsets in the expression's text
    end: int

    def eval(self, env: Env) -> Value:
        raise NotImplementedError

    def place(self, env: Env) -> str:
        """This node read as the name of a place (an element of `changed`), not as a value."""
        raise ExpressionError(
            "a place name is expected here, such as frame, DATA0 or gdt.KDATA.a", self.start
        )

    def children(self) -> Sequence[Node]:
        return ()

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children():
            yield from child.walk()


def integer(node: Node, env: Env) -> int:
    """The node's value, which must be a number."""
    value = node.eval(env)
    if isinstance(value, int):
        return value
    raise ExpressionError(f"a number is expected here, not {format_value(value)}", node.start)


@dataclass(eq=False, repr=False)
class Int(Node):
    value: int

    def eval(self, env: Env) -> Value:
        return self.value


@dataclass(eq=False, repr=False)
class Nothing(Node):
    """The literal `none`."""

    def eval(self, env: Env) -> Value:
        return None


@dataclass(eq=False, repr=False)
class Name(Node):
    dotted: str

    def eval(self, env: Env) -> Value:
        return env.name(self.dotted)

    def place(self, env: Env) -> str:
        return self.dotted


@dataclass(eq=False, repr=False)
class Index(Node):
    """`frame[i]`: base "frame"; `fault[n].err`: base "fault", suffix "err"."""

    base: str
    subscript: Node
    suffix: str

    @property
    def name(self) -> str:
        return f"{self.base}.{self.suffix}" if self.suffix else self.base

    def eval(self, env: Env) -> Value:
        return env.index(self.name, integer(self.subscript, env))

    def place(self, env: Env) -> str:
        tail = f".{self.suffix}" if self.suffix else ""
        return f"{self.base}[{integer(self.subscript, env)}]{tail}"

    def children(self) -> Sequence[Node]:
        return (self.subscript,)


def _canonical(x: int, bits: int = 48) -> int:
    return int(_sext(x & (1 << bits) - 1, bits) == x & 0xFFFF_FFFF_FFFF_FFFF)


def _sext(x: int, bits: int) -> int:
    sign = 1 << (bits - 1)
    return (((x & (sign << 1) - 1) ^ sign) - sign) & 0xFFFF_FFFF_FFFF_FFFF


def _bit(x: int, n: int) -> int:
    return x >> n & 1


# Functions of numbers alone: name -> (function, fewest arguments, most arguments).
PURE: dict[str, tuple[Callable[..., int], int, int]] = {
    "canonical": (_canonical, 1, 2),
    "sext": (_sext, 2, 2),
    "bit": (_bit, 2, 2),
}
# Functions of the state, which the Env answers.
STATEFUL: dict[str, tuple[int, int]] = {"mem": (2, 2), "launch_mem": (2, 2)}


@dataclass(eq=False, repr=False)
class Call(Node):
    function: str
    args: tuple[Node, ...]

    def eval(self, env: Env) -> Value:
        pure = PURE.get(self.function)
        if pure is None:
            return env.call(self.function, [arg.eval(env) for arg in self.args])
        values = [integer(arg, env) for arg in self.args]
        if any(value < 0 or value > 64 for value in values[1:]):
            raise ExpressionError(f"{self.function}: a bit count or number lies in 0..64", self.start)
        try:
            return pure[0](*values)
        except ValueError:
            raise ExpressionError(f"{self.function}: a bit count must be positive", self.start) from None

    def children(self) -> Sequence[Node]:
        return self.args


@dataclass(eq=False, repr=False)
class SetLiteral(Node):
    """`{a, b}`: place names, or after `in` a list of values."""

    items: tuple[Node, ...]

    def eval(self, env: Env) -> Value:
        return frozenset(item.place(env) for item in self.items)

    def values(self, env: Env) -> list[Value]:
        return [item.eval(env) for item in self.items]

    def children(self) -> Sequence[Node]:
        return self.items


@dataclass(eq=False, repr=False)
class Unary(Node):
    op: str  # "-", "~" or "+"
    operand: Node

    def eval(self, env: Env) -> Value:
        value = integer(self.operand, env)
        return -value if self.op == "-" else ~value if self.op == "~" else value

    def children(self) -> Sequence[Node]:
        return (self.operand,)


@dataclass(eq=False, repr=False)
class Not(Node):
    operand: Node

    def eval(self, env: Env) -> Value:
        return not self.operand.eval(env)

    def children(self) -> Sequence[Node]:
        return (self.operand,)


_ARITHMETIC: dict[str, Callable[[int, int], int]] = {
    "|": operator.or_,
    "^": operator.xor,
    "&": operator.and_,
    "<<": operator.lshift,
    ">>": operator.rshift,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "%": operator.mod,
}
_SETS: dict[str, Callable[[frozenset[int | str], frozenset[int | str]], frozenset[int | str]]] = {
    "|": frozenset.union,
    "&": frozenset.intersection,
    "-": frozenset.difference,
    "^": frozenset.symmetric_difference,
}


@dataclass(eq=False, repr=False)
class Binary(Node):
    op: str
    left: Node
    right: Node

    def eval(self, env: Env) -> Value:
        left, right = self.left.eval(env), self.right.eval(env)
        if isinstance(left, int) and isinstance(right, int):
            return self._arithmetic(left, right)
        if isinstance(left, frozenset) and isinstance(right, frozenset) and self.op in _SETS:
            return _SETS[self.op](left, right)
        raise ExpressionError(
            f"'{self.op}' needs two numbers, not {format_value(left)} and {format_value(right)}", self.start
        )

    def _arithmetic(self, left: int, right: int) -> int:
        if self.op in ("//", "%") and right == 0:
            raise ExpressionError("division by zero", self.right.start)
        if self.op in ("<<", ">>") and not 0 <= right <= 128:
            raise ExpressionError(f"shift count {right} is outside 0..128", self.right.start)
        return _ARITHMETIC[self.op](left, right)

    def children(self) -> Sequence[Node]:
        return (self.left, self.right)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(eq=False, repr=False)
class Compare(Node):
    op: str
    left: Node
    right: Node

    def eval(self, env: Env) -> Value:
        left, right = self.left.eval(env), self.right.eval(env)
        if self.op not in ("==", "!=") and not _ordered(left, right):
            raise ExpressionError(
                f"'{self.op}' cannot order {format_value(left)} and {format_value(right)}", self.start
            )
        return _COMPARE[self.op](left, right)

    def children(self) -> Sequence[Node]:
        return (self.left, self.right)


def _ordered(left: Value, right: Value) -> bool:
    numbers = isinstance(left, int) and isinstance(right, int)
    return numbers or (isinstance(left, frozenset) and isinstance(right, frozenset))


@dataclass(eq=False, repr=False)
class Member(Node):
    """`x in {1, PF}`: a value in a list of values; `frame in changed`: a place in a set of places."""

    left: Node
    right: Node
    negated: bool

    def eval(self, env: Env) -> Value:
        return self._found(env) != self.negated

    def _found(self, env: Env) -> bool:
        if isinstance(self.right, SetLiteral):
            return self.left.eval(env) in self.right.values(env)
        places = self.right.eval(env)
        if not isinstance(places, frozenset):
            raise ExpressionError(f"'in' needs a set, not {format_value(places)}", self.right.start)
        return self.left.place(env) in places

    def children(self) -> Sequence[Node]:
        return (self.left, self.right)


@dataclass(eq=False, repr=False)
class And(Node):
    items: tuple[Node, ...]

    def eval(self, env: Env) -> Value:
        for item in self.items:
            if not item.eval(env):
                return False
        return True

    def children(self) -> Sequence[Node]:
        return self.items


@dataclass(eq=False, repr=False)
class Or(Node):
    items: tuple[Node, ...]

    def eval(self, env: Env) -> Value:
        for item in self.items:
            if item.eval(env):
                return True
        return False

    def children(self) -> Sequence[Node]:
        return self.items


@dataclass(eq=False, repr=False)
class Conditional(Node):
    """`a if c else b`."""

    condition: Node
    yes: Node
    no: Node

    def chosen(self, env: Env) -> Node:
        return self.yes if self.condition.eval(env) else self.no

    def eval(self, env: Env) -> Value:
        return self.chosen(env).eval(env)

    def children(self) -> Sequence[Node]:
        return (self.yes, self.condition, self.no)
