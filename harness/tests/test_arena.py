# SPDX-License-Identifier: BSD-2-Clause
"""The arena's map."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from harness import arena, paths
from harness.errors import UserError

HEAD = "ARENA equ 0x40000\nARENA_SIZE equ 0x10000\nREGION CODE, 0xa000, 0x1000\n"


def test_places_and_selectors_have_names() -> None:
    found = arena.load()
    data0 = found.region("DATA0")
    assert found.constants["DATA0"] == found.base + data0.offset
    assert found.constants["DATA0_SIZE"] == data0.size == 0x1000
    assert found.region_at(data0.offset + 0xFFF) == data0
    assert found.describe(data0.offset + 0x10) == "DATA0+0x10"
    assert found.describe(data0.offset) == "DATA0"
    gap = next(r.end for r in found.regions if found.region_at(r.end) is None)
    assert found.describe(gap) == f"ARENA+{gap:#x}"
    assert found.selector_name(found.selectors["UDATA"] | 3) == "UDATA"
    assert found.selector_name(found.selectors["LCODE_0"]) == "LCODE_0"
    assert "GDT_LIMIT" not in found.selectors


def test_every_constant_is_what_nasm_makes_of_it(tmp_path: Path) -> None:
    found = arena.load()
    names = sorted(found.constants)
    text = '%include "arena.inc"\n' + "".join(f"dq {name}\n" for name in names)
    (tmp_path / "all.asm").write_text(text)
    command = ["nasm", "-f", "bin", "-I", f"{paths.KIT}/", "-o", f"{tmp_path}/all", f"{tmp_path}/all.asm"]
    subprocess.run(command, check=True, timeout=10)
    data = (tmp_path / "all").read_bytes()
    values = [int.from_bytes(data[at : at + 8], "little", signed=True) for at in range(0, len(data), 8)]
    assert dict(zip(names, values)) == found.constants


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("REGION X, 0xa800, 0x10", "m.inc:4: region X overlaps region CODE"),
        ("REGION X, 0xf000, 0x1001", "m.inc:4: region X ends beyond ARENA_SIZE"),
        ("CODE equ 3", "m.inc:4: 'CODE' is defined twice"),
        ("X equ Y + 1", "m.inc:4: unknown constant 'Y' in 'Y + 1'"),
        ("X equ 1 +", "m.inc:4:4: a value is expected"),
        ("mov eax, 3", "m.inc:4: not understood"),
    ],
)
def test_what_is_not_understood_is_refused(line: str, message: str) -> None:
    with pytest.raises(UserError) as caught:
        arena.parse_text(HEAD + line + "\n", "m.inc")
    assert str(caught.value).startswith(message)


def test_a_missing_map_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot read the arena's map: No such file"):
        arena.load(tmp_path / "arena.inc")
