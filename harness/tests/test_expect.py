# SPDX-License-Identifier: BSD-2-Clause
"""The expectation language: values, explanations, errors."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from harness.errors import Location, UserError
from harness.expect import Expr, Mismatch, Value, check_names, check_places, format_value, parse

WHERE = Location("t.asm", 7, 10)


class State:
    """A small made-up state."""

    values: dict[str, Value] = {
        **{"ss": 0x23, "rax": 1 << 63, "exit": "stop", "err": None, "cpl": 3, "flags.if": 1, "nfault": 2},
        **{"changed": frozenset({"frame", "gdt.KDATA.a", "idt[13]"}), "regs": frozenset({"rax", "rcx"})},
        **{"stop": "stop", "shutdown": "shutdown", "GP": 13, "PF": 14, "DATA0": 0x4C000},
        **{"mode": "pm32-pae", "pm32-pae": "pm32-pae", "p": 5, "launch.rax": 7},
    }

    def name(self, dotted: str) -> Value:
        return self.values[dotted]

    def index(self, name: str, i: int) -> Value:
        return {("frame", 1): 0x33, ("fault.err", 0): 4}[name, i]

    def call(self, fn: str, args: Sequence[Value]) -> Value:
        assert fn == "mem"
        return {(0x4C008, 4): 0xDEADBEEF}[args[0], args[1]]  # type: ignore[index]


def value(text: str) -> Value:
    return parse(text, WHERE).eval(State())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 4 - 3", 3),
        ("7 // 2 % 2", 1),
        ("-1 & 0xff", 0xFF),
        ("~0 & 0xf0 | 3 ^ 1", 0xF2),
        ("1 << 3 + 1", 16),
        ("0x10 | 3 == 0x13", True),  # as in Python, == is weaker than |
        ("1 < 2 < 3", True),
        ("1 < 3 < 2", False),
        ("not 1 == 2", True),
        ("not not 1", True),
        ("0 or 0 and 1", False),
        ("1 or 0 and 0", True),
        ("3 if cpl == 3 else 4", 3),
        ("3 if cpl == 2 else 4 if cpl == 3 else 5", 4),
        ("canonical(0xffff800000000000)", 1),
        ("canonical(0x800000000000)", 0),
        ("canonical(0x800000000000, 57)", 1),
        ("sext(0x80, 8)", 0xFFFF_FFFF_FFFF_FF80),
        ("sext(0x17f, 8)", 0x7F),
        ("bit(rax, 63)", 1),
        ("bit(rax, 62)", 0),
        ("exit == stop", True),
        ("exit == shutdown", False),
        ("exit == 13", False),
        ("exit in {GP, stop}", True),
        ("exit not in {GP, PF}", True),
        ("err == none", True),
        ("err == 0", False),
        ("mode == pm32-pae", True),
        ("p-1", 4),
        ("flags.if", 1),
        ("launch.rax + p", 12),
        ("frame[p - 4]", 0x33),
        ("fault[0].err", 4),
        ("mem(DATA0 + 8, 4)", 0xDEADBEEF),
        ("changed == {frame, gdt.KDATA.a, idt[GP]}", True),
        ("changed == {frame}", False),
        ("changed - {frame} == {gdt.KDATA.a, idt[13]}", True),
        ("{frame} <= changed", True),
        ("frame in changed", True),
        ("DATA0 in changed", False),
        ("idt[12 + 1] in changed", True),
        ("regs == {}", False),
        ("regs & {rax} == {rax}", True),
    ],
)
def test_values(text: str, expected: Value) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, "a value is expected, not the end"),
        ("1 +", 4, "a value is expected, not the end"),
        ("(1 + 2", 7, "')' closing '(' is missing"),
        ("ss = 3", 4, "compare with '=='"),
        ("ss == 08", 7, "bad number"),
        ("ss == 0x1g", 7, "bad number"),
        ("ss ! 3", 4, "write 'not'"),
        ("ss / 3", 4, "write '//'"),
        ("ss == 3 3", 9, "unexpected '3'"),
        ("load(3)", 1, "unknown function 'load'"),
        ("mem(3)", 1, "takes 2 arguments, not 1"),
        ("canonical()", 1, "takes 1 or 2 arguments"),
        ("a if b", 7, "'else' of 'a if c else b' is missing"),
        ("frame[1", 8, "']' closing '['"),
        ("flags.3", 7, "a name is expected after '.'"),
        ("{1 2}", 4, "',' or '}' is missing"),
        ("__import__('os')", 12, "unexpected character"),
        ("(" * 100 + "1" + ")" * 100, 61, "nested too deeply"),
        ("not " * 5000 + "1", 1601, "more than 400 words"),
        ("1" + "+1" * 5000, 401, "more than 400 words"),
    ],
)
def test_syntax_errors_name_the_column(text: str, column: int, message: str) -> None:
    with pytest.raises(UserError) as caught:
        parse(text, WHERE)
    assert message in caught.value.message
    assert caught.value.where == Location("t.asm", 7, 10 + column - 1)
    assert caught.value.detail == f"{text}\n{' ' * (column - 1)}^"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("exit + 1 == 2", "'+' needs two numbers, not stop and 1"),
        ("err < 3", "cannot order none and 3"),
        ("changed < 3", "cannot order"),
        ("-exit", "a number is expected here, not stop"),
        ("1 // (cpl - 3)", "division by zero"),
        ("1 << rax", "shift count"),
        ("{3} == changed", "a place name is expected"),
        ("frame in 3", "'in' needs a set"),
        ("sext(1, 0)", "must be positive"),
        ("bit(1, 65)", "0..64"),
    ],
)
def test_types_that_do_not_fit_are_errors_of_the_author(text: str, message: str) -> None:
    with pytest.raises(UserError, match="^t.asm:7:") as caught:
        value(text)
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("text", "mismatches"),
    [
        ("ss == 0x23", []),
        ("ss == 0x20", [("ss", 0x20, 0x23)]),
        ("0x20 == ss", [("ss", 0x20, 0x23)]),
        ("cpl == 3 and ss == 1 and exit == GP", [("ss", 1, 0x23), ("exit", 13, "stop")]),
        ("p == cpl", [("cpl", 5, 3)]),
        ("frame[p - 4] == 2", [("frame[1]", 2, 0x33)]),
        ("fault[0].err == 5", [("fault[0].err", 5, 4)]),
        ("mem(DATA0+8, 4) == 0", [("mem(DATA0+8, 4)", 0, 0xDEADBEEF)]),
        ("exit in {GP, PF}", [("exit", frozenset({13, 14}), "stop")]),
        ("ss == 1 if cpl == 3 else ss == 2", [("ss", 1, 0x23)]),
        ("not flags.if", [("flags.if", 0, 1)]),
        ("ss & 3 == 0", [("ss & 3", 0, 3)]),
        ("ss != 0x23", [("ss != 0x23", True, False)]),
        ("ss == 1 or cpl == 1", [("ss == 1 or cpl == 1", True, False)]),
        ("1 < cpl < 3", [("cpl < 3", True, False)]),
        ("changed == {frame}", [("changed", frozenset({"frame"}), State.values["changed"])]),
        ("err == 0", [("err", 0, None)]),
    ],
)
def test_explanations(text: str, mismatches: list[tuple[str, Value, Value]]) -> None:
    found = parse(text, WHERE).explain(State(), lambda name: name != "p")
    assert found == [Mismatch(*mismatch) for mismatch in mismatches]


@pytest.mark.parametrize(
    "text", ["ss == 0x23", "ss == 1", "ss == 1 and cpl == 3", "1 if cpl else 0", "0 or cpl"]
)
def test_negation_flips_the_truth(text: str) -> None:
    assert bool(parse(text, WHERE).negated().eval(State())) != bool(value(text))


def test_the_longest_chains_of_operators_still_evaluate() -> None:
    assert value("1" + "+1" * 199) == 200
    assert value("-" * 399 + "1") == -1
    assert value("not " * 399 + "1") is False


def test_names_are_values_not_places() -> None:
    expr = parse(
        "frame[p] == ss and launch.rax in {GP, q} and changed == {frame, idt[n]} and tss in changed", WHERE
    )
    assert expr.names() == {"frame", "p", "ss", "launch.rax", "GP", "q", "changed", "n"}


def test_unknown_names_are_found_with_their_column() -> None:
    with pytest.raises(UserError, match=r"t.asm:7:20: unknown name 'sss'"):
        check_names(parse("ss == 1 + sss", WHERE), {"ss"}.__contains__)
    with pytest.raises(UserError, match=r"t.asm:7:22: unknown place 'frme'"):
        check_places(parse("changed == {frme}", WHERE), {"frame"}.__contains__)


def test_an_expression_from_the_cache_parses_when_it_is_used() -> None:
    expr = Expr("1 +", WHERE)
    with pytest.raises(UserError):
        expr.eval(State())


@pytest.mark.parametrize(
    ("number", "text"),
    [(None, "none"), (3, "3"), (0x33, "0x33"), (-1, "-1"), (True, "true"), ("stop", "stop")],
)
def test_values_as_text(number: Value, text: str) -> None:
    assert format_value(number) == text


def test_sets_as_text() -> None:
    assert format_value(frozenset({"b", 20, "a", 3})) == "{3, 0x14, a, b}"
