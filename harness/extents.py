# SPDX-License-Identifier: BSD-2-Clause
"""Hot extents: the parts of the arena that the kit compares around every case of a body.

They decide speed, never the result: a change anywhere else is found at the end of the batch, which then reruns case by
case with the whole arena compared (DESIGN.md, "In the guest").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain

from harness.arena import Arena
from harness.case import Body
from harness.expect.names import REAL_MODES

LINE = 64  # bytes; extents are whole lines

# Region, offset in it, length: what each case of a mode may touch by being delivered an exception.
_DELIVERY = (("GDT", 0, 0x200), ("TSS", 0, 0x40), ("STACK0", 0xE80, 0x80))
_ALWAYS = (("STACK", 0xE80, 0xC0),)
_TABLES = {
    "pm32-p32": (("PT_1", 0x100, 0x40),),
    "pm32-pae": (("PT_TOP", 0, 0x40), ("PT_1", 0x200, 0x80)),
    **dict.fromkeys(("compat16", "compat32", "long64"), (("PT_1", 0x200, 0x80),)),
}
_INNER_STACKS = {1: ("STACK12", 0x380, 0x80), 2: ("STACK12", 0x780, 0x80)}
# What a testcase that names a place is likely to touch of it.
_MENTIONS = (
    (r"LDT|KLDT|L(?:CODE|DATA)_\d|LNULL", (("LDT", 0, 0x80),)),
    (r"TSS|KTSS", (("TSS", 0, 0x100),)),
    (r"TSS2|KTSS2", (("TSS2", 0, 0x100),)),
    (r"VECTORS|GATE|SETGATE", (("VECTORS", 0, 0x200),)),
    (r"STACK0(?:_TOP)?", (("STACK0", 0xE00, 0x140),)),
    (
        r"STACK12|STACK[12]_TOP|IST1_TOP",
        (("STACK12", 0x380, 0x80), ("STACK12", 0x780, 0x80), ("STACK12", 0xB80, 0x80)),
    ),
    (r"STACK", (("STACK", 0, 0x40), ("STACK", 0xD80, 0x1C0), ("STACK", 0xFC0, 0x40))),
    (r"CODE2", (("CODE2", 0, 0x40),)),
    *((table, ((table, 0, 0x40),)) for table in ("PT_TOP", "PT_3", "PT_2", "PT_X")),
    *((rf"DATA{n}", ((f"DATA{n}", 0, 0x80), (f"DATA{n}", 0xFC0, 0x40))) for n in range(4)),
)


def hot_extents(body: Body, text: str, arena: Arena) -> list[tuple[int, int]]:
    """Arena offsets and lengths, sorted, disjoint; `text` is the testcase's file."""
    places = [*_ALWAYS, *_TABLES.get(body.mode, ())]
    if body.mode not in REAL_MODES:
        places += _DELIVERY
    if body.cpl in _INNER_STACKS:
        places.append(_INNER_STACKS[body.cpl])
    places += _mentioned(text)
    spans = [(arena.region(name).offset + offset, length) for name, offset, length in places]
    return _merged([*spans, *body.testcase.touches])


@lru_cache(maxsize=16)  # a testcase's bodies are assembled one after the other
def _mentioned(text: str) -> tuple[tuple[str, int, int], ...]:
    found = (extents for names, extents in _MENTIONS if re.search(rf"\b(?:{names})\b", text))
    return tuple(chain.from_iterable(found))


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, length in sorted(spans):
        if merged and start <= sum(merged[-1]):
            before, _ = merged[-1]
            merged[-1] = (before, max(sum(merged[-1]), start + length) - before)
        else:
            merged.append((start, length))
    return merged
