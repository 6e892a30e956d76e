# SPDX-License-Identifier: BSD-2-Clause
"""Cluster keys: what is one finding and what is not."""

from __future__ import annotations

import pytest

from harness.cluster import field_class, key, pattern


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *(("fault[3].err", "fault[].err"), ("DATA0+0x18", "DATA0"), ("idt[13]", "idt[]"), ("tss+0x4", "tss")),
        *(
            ("gdt.UCODE_F.a", "gdt.a"),
            ("gdt.UCODE_F", "gdt.UCODE_F"),
            ("pte.DATA0.d", "pte.d"),
            ("rax", "rax"),
        ),
        *(("flags.cf", "flags"), ("flags.rf", "flags.rf"), ("arrival.flags.zf", "arrival.flags")),
        ("pte.PT_TOP[0].a", "pte.a"),
    ],
)
def test_field_class(name: str, expected: str) -> None:
    assert field_class(name) == expected


@pytest.mark.parametrize(
    ("actual", "expected", "shown"),
    [
        *((0, 1, "0->1"), (13, "stop", "0xd->stop"), (0, 0x1234, "zero"), (0x1234, 0, "not-zero")),
        *((0x101000, 0x1000, "bit20"), (0x10FF, 0x1000, "low16"), (5 << 40 | 0x77, 3 << 40 | 0x77, "high32")),
        *(
            (0x30000 | 0x55, 0x55, "low32"),
            (None, 0x18, "none->0x18"),
            (frozenset({"a"}), frozenset(), "set->set"),
        ),
    ],
)
def test_pattern(actual: object, expected: object, shown: str) -> None:
    assert pattern(actual, expected) == shown  # type: ignore[arg-type]


def test_a_system_bit_is_one_finding_over_all_testcases() -> None:
    assert key(["qemu"], "iret/a", "flags.rf", 0, 1) == key(["qemu"], "syscall/b", "flags.rf", 0, 1)
    assert key(["qemu"], "iret/a", "flags.rf", 0, 1) != key(["qemu"], "iret/a", "flags.rf", 1, 0)
    assert key(["qemu"], "iret/a", "rax", 0, 1) != key(["qemu"], "syscall/b", "rax", 0, 1)


def test_result_flags_are_one_finding_of_a_testcase() -> None:
    assert key(["qemu"], "iret/a", "flags.cf", 0, 1) == key(["qemu"], "iret/a", "flags.zf", 1, 0)
    assert key(["qemu"], "iret/a", "flags.cf", 0, 1) != key(["qemu"], "iret/b", "flags.cf", 0, 1)


def test_a_disagreement_is_the_same_seen_from_either_side() -> None:
    assert key(["qemu", "bochs"], "iret/a", "rax", 0x55, 0) == key(
        ["bochs", "qemu"], "iret/a", "rax", 0, 0x55
    )


def test_families_have_their_own_defects() -> None:
    assert key(["qemu"], "iret/a", "rax", 0, 1) != key(["bochs"], "iret/a", "rax", 0, 1)


def test_exits_are_named() -> None:
    assert key(["qemu"], "iret/a", "exit", 13, "stop") == "qemu iret/a exit #GP->stop"
