# SPDX-License-Identifier: BSD-2-Clause
"""The feature table."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import features
from harness.errors import UserError

NEEDED = """
    syscall lm nx pse pae pge smep smap umip pku la57 fsgsbase xsave avx avx2 fxsr sse sse2 sep cx8 cx16 mmx fpu tsc
    msr vme rdtscp pcid page1gb invpcid movbe popcnt bmi1 bmi2 adx ssse3 sha aes pclmul lahf64 vmx svm cpuid intel amd
    altmovcr8 phys52
"""
INTEL_486_WITH_CPUID = {(0, 0): (1, 0x756E6547, 0x6C65746E, 0x49656E69), (1, 0): (0x480, 0, 0, 0x3)}


def test_all_names_that_testcases_need_are_there() -> None:
    table = features.load()
    assert [name for name in NEEDED.split() if name not in table] == []


def test_conditions_on_a_processor() -> None:
    table = features.load()
    met = {name for name in table.names() if table[name].met_by(INTEL_486_WITH_CPUID)}
    assert met == {"cpuid", "intel", "fpu", "vme"}


def test_a_width_is_compared_as_a_whole() -> None:
    wide = features.load()["phys52"]
    leaf = (0x80000008, 0)
    assert [bits for bits in (32, 36, 48, 52) if wide.met_by({leaf: (0x3900 | bits, 0, 0, 0)})] == [52]


def test_without_cpuid_no_feature_is_met() -> None:
    table = features.load()
    assert [name for name in table.names() if table[name].met_by({})] == []


def test_no_two_features_are_the_same_and_each_is_cited() -> None:
    table = features.load()
    conditions = [
        (f.leaf, f.subleaf, f.register, f.mask, f.value, f.negate)
        for f in map(table.__getitem__, table.names())
    ]
    assert len(set(conditions)) == len(conditions)
    assert all(table[name].cite.startswith(("SDM Vol.", "APM Vol.")) for name in table.names())


def test_a_misspelt_name_has_neighbours() -> None:
    assert "smep" in features.load().near("smeap")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[x]\nleaf = 1\n", "lacks cite, mask, reg"),
        ("[x]\nleaf = 1\nbit = 3\n", "known keys are"),
        ("[x]\nleaf = 1\nreg = 'rax'\nmask = 1\ncite = ''\n", "reg is one of"),
        ("[x]\nleaf = 1\nreg = 'eax'\nmask = 1\nvalue = 3\ncite = ''\n", "can never be met"),
        ("[x]\nleaf = -1\nreg = 'eax'\nmask = 1\ncite = ''\n", "32-bit numbers"),
        ("[x\n", "not TOML"),
    ],
)
def test_a_wrong_table_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "features.toml"
    path.write_text(text)
    with pytest.raises(UserError, match=message):
        features.load(path)
