# SPDX-License-Identifier: BSD-2-Clause
"""Records and testcases made by hand, for tests of what reads and judges them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from harness import arena, paths
from harness.arena import Arena
from harness.campaign import Kind
from harness.case import Body, Case
from harness.expect import Value
from harness.expect.names import MODES
from harness.features import load as load_features
from harness.known import KnownIssue, KnownIssues
from harness.record import ARENA_BYTES, Layout, Record, pack_pairs
from harness.state import Facts, State
from harness.testcase import Vocabulary, read_testcase
from harness.verdict import Evidence, Judge, Result, Voice

GENERAL = "rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15".split()
SYSTEM = (
    "rip flags cs ss ds es fs gs ldtr tr gdt_base gdt_limit idt_base idt_limit cr0 cr3 cr4 cr2 cr8 dr0 dr1 dr2 dr3 dr6 "
    "dr7 efer star lstar cstar fmask fs_base gs_base kernel_gs_base sysenter_cs sysenter_esp sysenter_eip vector nfault"
).split()


@lru_cache(maxsize=None)
def the_arena() -> Arena:
    return arena.load(paths.KIT / "arena.inc")


@lru_cache(maxsize=None)
def layout(word_size: int) -> Layout:
    """The word space as the kit declares it."""
    fields = [(0, ARENA_BYTES // word_size, "arena")]
    at = ARENA_BYTES // word_size
    for name in GENERAL + SYSTEM:
        fields.append((at, 1, name))
        at += 1
    for name, count in (("frame", 10), ("fx", 416 // word_size), ("fault", 256)):
        fields.append((at, count, name))
        at += count
    return Layout(fields)


def words(values: Mapping[str, Any], word_size: int) -> dict[int, int]:
    """Word index -> word of named fields; `+0x1234` names the arena word at that offset."""
    found: dict[int, int] = {}
    for name, value in values.items():
        if name.startswith("+"):
            found[int(name[1:], 16) // word_size] = value
            continue
        start = layout(word_size).fields[name][0]
        for n, word in enumerate([value] if isinstance(value, int) else value):
            found[start + n] = word
    return found


def record(
    case: Case,
    launch: Mapping[str, Any],
    final: Mapping[str, Any],
    flags: int = 0,
) -> Record:
    size = case.body.home // 8
    pairs = [pack_pairs(sorted(words(delta, size).items()), size) for delta in (launch, final)]
    return Record(0, case.body.key, case.index, MODES[case.body.mode][0], flags, size, *pairs)


def case_of(text: str, mode: str = "long64", cpl: int = 0, index: int = 0, name: str = "iret/sample") -> Case:
    """The case of a testcase's text."""
    vocabulary = Vocabulary(the_arena(), load_features())
    testcase = read_testcase(text, f"testcases/{name}.asm", name, vocabulary)
    variants = tuple(variant.words[0] for variant in testcase.variants)
    return Body(testcase, mode, cpl, variants, None).case(index)


def facts(case: Case, stops: Sequence[int] = (), symbols: Mapping[str, int] | None = None) -> Facts:
    body = case.body
    params: dict[str, Value] = {**body.names(), **case.params}
    return Facts(
        body.mode,
        body.home,
        body.cpl,
        params,
        symbols or {},
        frozenset(stops),
        body.testcase.error_code,
    )


def state(
    case: Case,
    launch: Mapping[str, Any],
    final: Mapping[str, Any],
    stops: Sequence[int] = (),
    baseline: Mapping[str, Any] | None = None,
    flags: int = 0,
) -> State:
    size = case.body.home // 8
    begun = words(baseline or {}, size)
    return State(record(case, launch, final, flags), layout(size), begun, facts(case, stops), the_arena())


NO_BASELINE: dict[int, int] = {}


def evidence(case: Case, launch: Mapping[str, Any], final: Mapping[str, Any]) -> Evidence:
    made = record(case, launch, final)
    return Evidence(Kind.RECORD, "", made, layout(case.body.home // 8), NO_BASELINE)


QEMU = Voice("qemu", "7.2.19", "qemu", "intel")
BOCHS = Voice("bochs", "2.7", "bochs", "intel")


def judge(
    case: Case,
    pieces: Sequence[Evidence],
    voices: Sequence[Voice] = (QEMU, BOCHS),
    issues: Sequence[KnownIssue] = (),
    stops: Sequence[int] = (),
) -> list[Result]:
    return Judge(voices, KnownIssues(tuple(issues)), the_arena()).judge(case, facts(case, stops), pieces)
