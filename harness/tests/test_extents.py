# SPDX-License-Identifier: BSD-2-Clause
"""What is compared around every case: whole lines, each once, of all that the mode, the CPL and the text suggest."""

from __future__ import annotations

import pytest

from harness import catalog, paths
from harness.arena import load as load_arena
from harness.case import Body
from harness.extents import LINE, hot_extents

ARENA = load_arena(paths.KIT / "arena.inc")


def covered(body: Body, text: str, place: str, offset: int = 0) -> bool:
    at = ARENA.region(place).offset + offset
    return any(start <= at < start + size for start, size in hot_extents(body, text, ARENA))


@pytest.fixture(scope="module")
def bodies() -> dict[str, Body]:
    found: dict[str, Body] = {}
    for body in catalog.load().bodies:
        if not body.id.startswith("code/"):  # these name much of the arena
            found.setdefault(body.mode, body)
    return found


def test_extents_are_lines_in_order_and_apart() -> None:
    for body in catalog.load().bodies:
        extents = hot_extents(body, "GDT LDT TSS TSS2 VECTORS STACK0 STACK12 STACK DATA0 DATA1 CODE2", ARENA)
        assert extents and all(start % LINE == 0 and size % LINE == 0 and size for start, size in extents)
        assert all(sum(one) < other[0] for one, other in zip(extents, extents[1:]))
        assert sum(extents[-1]) <= ARENA.size


def test_what_delivery_touches_is_hot(bodies: dict[str, Body]) -> None:
    long64 = bodies["long64"]
    assert all(covered(long64, "", place) for place in ("GDT", "TSS"))
    assert covered(long64, "", "PT_1", 0x4C * 8) and covered(long64, "", "STACK0", 0xEC0)
    assert not covered(bodies["real"], "", "GDT")
    inner = next(body for body in catalog.load().bodies if body.mode == "long64" and body.cpl == 2)
    assert covered(inner, "", "STACK12", 0x7C0) and not covered(long64, "", "STACK12", 0x7C0)


def test_what_the_text_names_is_hot(bodies: dict[str, Body]) -> None:
    long64 = bodies["long64"]
    assert not covered(long64, "DATA10 MYDATA1", "DATA1") and covered(long64, "mem(DATA1+8, 4)", "DATA1")
    assert not covered(long64, "", "LDT") and covered(long64, "mov eax, LCODE_3", "LDT")
    assert not covered(long64, "", "VECTORS") and covered(long64, "mov [VECTORS + 4], eax", "VECTORS")
