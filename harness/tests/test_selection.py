# SPDX-License-Identifier: BSD-2-Clause
"""Filters and shards."""

from __future__ import annotations


import pytest

from harness import catalog
from harness.catalog import Catalog
from harness.errors import ExitCode, UserError
from harness.selection import parse_shard

HEAD = ";; title: T\n;; cite: SDM\n"
FILES = {
    "iret/width": ";; modes: pm32 long64\n;; cpl: 0 3\n;; sweep: sel = 1..5\n",
    "iret/width-code": ";; modes: long64\n",
    "syscall/keep": ";; modes: long64\n;; variant: opsize = o32 o64\n;; sweep: a = 1 2 3\n;; where: a != 2\n",
}


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    folder = tmp_path_factory.mktemp("testcases")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).with_suffix(".asm").write_text(HEAD + text)
    return catalog.load(folder, None)


@pytest.mark.parametrize(
    ("patterns", "count"),
    [
        ([], 25),
        (["*"], 25),
        (["iret"], 21),
        (["iret/"], 21),
        (["iret/width"], 20),  # up to a slash: not width-code
        (["iret/width*"], 21),
        (["iret/width/long64/cpl3"], 5),
        (["iret/width/long64/cpl3/sel=4"], 1),
        (["*/cpl3/*"], 10),
        (["*sel=4"], 4),
        (["*sel=[45]"], 8),
        (["iret/width/*/cpl0/sel=?"], 10),
        (["syscall/keep/long64/cpl0"], 4),
        (["syscall/keep/long64/cpl0/opsize=o32"], 2),
        (["*opsize=o32*"], 2),
        (["*opsize=o32"], 0),
        (["*a=3"], 2),
        (["*sel=4", "iret/width/long64"], 12),
        (["iret/width/long64", "*sel=4", "*sel=4"], 12),
        (["syscall/keep/long64/cpl0/opsize=o32,a=3", "syscall/keep/long64/cpl0/opsize=o32,a=1"], 2),
        (["syscall/keep/long64/cpl0/opsize=o32,a=2"], 0),  # filtered by where
        (["*a=2"], 0),
        (["ire"], 0),
        (["iret/width", "nothing"], 0),
    ],
)
def test_filters(cases: Catalog, patterns: list[str], count: int) -> None:
    if count:
        selection = cases.select(patterns)
        ids = [case.id for case in selection]
        assert len(ids) == len(selection) == len(set(ids)) == count
        everything = [case.id for case in cases.select()]
        assert ids == [case_id for case_id in everything if case_id in ids]
    else:
        with pytest.raises(UserError, match="matches no case"):
            cases.select(patterns)


def test_a_misspelt_filter_gets_a_hint(cases: Catalog) -> None:
    with pytest.raises(UserError, match="did you mean 'iret/width'"):
        cases.select(["iret/widht/long64"])


def test_shards_are_disjoint_complete_and_stable(cases: Catalog) -> None:
    everything = cases.select()
    shards = [[case.id for case in everything.shard(number, 3)] for number in (1, 2, 3)]
    assert sorted(sum(shards, [])) == sorted(case.id for case in everything)
    assert all(shards)
    some = [case.id for case in cases.select(["iret"]).shard(2, 3)]
    assert some == [case_id for case_id in shards[1] if case_id.startswith("iret/")]


def test_shard_syntax() -> None:
    assert parse_shard("2/3") == (2, 3)
    for wrong in ["", "1", "0/2", "3/2", "1/0", "-1/2", "a/b", "1/2/3", " 1/2"]:
        with pytest.raises(UserError, match="write N/COUNT") as caught:
            parse_shard(wrong)
        assert caught.value.exit_code == ExitCode.USAGE


@pytest.mark.parametrize(
    "patterns",
    [
        ("iret",),
        ("iret/",),
        ("iret/real-flags",),
        ("iret/real-flags/real/cpl0/width=o16,image=0x2,old=0x2",),
        ("iret/*", "syscall/sysret-ss-rpl/*"),
        ("*/real-flags/*",),
        ("[is]*/real-*/*",),
        ("i?et/real-flags/*",),
        ("iret/real-flags/r*",),
        (),
    ],
)
def test_what_filters_cannot_match_is_not_read(patterns: tuple[str, ...]) -> None:
    everything = catalog.load()
    some = catalog.load(reach=patterns)
    assert [case.id for case in some.select(patterns)] == [case.id for case in everything.select(patterns)]
    assert [case.id for case in catalog.select_stored(patterns)] == [
        case.id for case in some.select(patterns)
    ]
    narrow = patterns and not patterns[0].startswith(("*", "["))
    assert len(some.bodies) < len(everything.bodies) / 4 if narrow else some.bodies


def test_a_filter_that_matches_nothing_is_told_by_all_there_is() -> None:
    with pytest.raises(UserError, match="did you mean 'iret/real-flags'"):
        catalog.select_stored(("iret/rael-flags/*",))
