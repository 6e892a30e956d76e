# SPDX-License-Identifier: BSD-2-Clause
"""Text of an expectation to tokens."""

from __future__ import annotations

import re
from typing import NamedTuple


class ExpressionError(Exception):
    """A malformed expression: `message`, and the offset of the offending character in its text."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class Token(NamedTuple):
    kind: str  # "int", "name", "word" (an operator spelled as a word), "op" or "end"
    text: str
    start: int
    end: int


MAX_TOKENS = (
    400  # a longer expression is a slip of the author, and a chain of operators could exhaust Python's stack
)
WORDS = frozenset({"and", "or", "not", "in", "if", "else"})

# The two mode names that hold a dash are one token: `mode == pm32-pae`.
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<int>0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|[0-9][0-9_]*)"
    r"|(?P<name>pm32-(?:p32|pae)\b|[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<op><<|>>|//|==|!=|<=|>=|[-+*%&|^~<>()\[\]{},.])"
)


def tokenize(text: str) -> list[Token]:
    """All tokens of text, ended by one of kind "end"; raises ExpressionError."""
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ExpressionError(_hint(text, position), position)
        kind = str(match.lastgroup)
        if kind == "int":
            _check_integer(match.group(), text, match.end(), position)
        if kind != "space":
            word = match.group()
            kind = "word" if kind == "name" and word in WORDS else kind
            tokens.append(Token(kind, word, position, match.end()))
            if len(tokens) > MAX_TOKENS:
                raise ExpressionError(f"the expression has more than {MAX_TOKENS} words; split it", position)
        position = match.end()
    tokens.append(Token("end", "", len(text), len(text)))
    return tokens


def _check_integer(number: str, text: str, end: int, start: int) -> None:
    if end < len(text) and (text[end].isalnum() or text[end] == "_"):
        raise ExpressionError(f"bad number '{number}{text[end]}...'", start)
    try:
        int(number, 0)
    except ValueError:
        raise ExpressionError(
            f"bad number '{number}': write decimal without leading zeros, or 0x...", start
        ) from None


def _hint(text: str, position: int) -> str:
    char = text[position]
    if char == "=":
        return "'=' is no operator here; compare with '=='"
    if char == "!":
        return "'!' is no operator here; write 'not'"
    if char == "/":
        return "'/' is no operator here; write '//' for integer division"
    return f"unexpected character '{char}'"
