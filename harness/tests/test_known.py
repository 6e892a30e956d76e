# SPDX-License-Identifier: BSD-2-Clause
"""Known issues: the file format's errors, version ranges, and the issues we ship."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from harness import known
from harness.catalog import load as load_catalog
from harness.errors import UserError
from harness.execution import KNOWN
from harness.expect.names import INDEXED, STATE, SYMBOLS
from harness.known import compare_versions
from harness.tests.synthetic import the_arena

GOOD = """# comment
[[issue]]
id = "rf-lost"
title = "RF is 0"
versions = ">= 7.0, < 9.1"
vendor = "intel"
cases = ["*"]
fields = ["flags.rf", "fault[*].err"]
when = "exit == PF"
right = "the manual"
cite = "SDM 3A"
text = "why"
"""


def load(tmp_path: Path, text: str, name: str = "qemu") -> known.KnownIssues:
    (tmp_path / f"{name}.toml").write_text(text)
    return known.load(tmp_path, lambda name: name in STATE or name in INDEXED or name == "PF")


def test_a_good_file(tmp_path: Path) -> None:
    (issue,) = load(tmp_path, GOOD).issues
    assert (issue.id, issue.family, issue.where.line, issue.always) == ("rf-lost", "qemu", 2, False)
    assert issue.covers_field("flags.rf") and issue.covers_field("fault[3].err")
    assert not issue.covers_field("fault[3].cr2") and not issue.covers_field("flags.rfx")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "RF is 0"', "", "known issue 'rf-lost': 'title' is missing"),
        ('title = "RF is 0"', "title = 5", "'title' must be a text"),
        ('title = "RF is 0"', 'titel = "x"', "unknown key 'titel'"),
        ('cases = ["*"]', 'cases = "*"', "'cases' must be a list of texts"),
        ('cases = ["*"]', "cases = []", "'cases' must be a list of texts"),
        ('vendor = "intel"', 'vendor = "via"', "'vendor' must be"),
        (">= 7.0", "7.0", "'7.0' is not an operator"),
        ("exit == PF", "exit ==", "qemu.toml:2"),
        ("exit == PF", "exitt == PF", "unknown name 'exitt'"),
        ('id = "rf-lost"', 'id = "RF lost"', "'id' must be lower case"),
        ('text = "why"', 'text = "why"\nalways = "yes"', "'always' must be true or false"),
        ("[[issue]]", "[issue]", "'issue' must be tables"),
        ("[[issue]]", "[[isue]]", "unknown key 'isue'"),
        ('text = "why"', "text = ", "not valid TOML"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(UserError) as caught:
        load(tmp_path, GOOD.replace(old, new))
    assert message in str(caught.value)
    assert "qemu.toml" in str(caught.value)


INHERIT = """[[inherit]]
from = "qemu"
issues = ["qemu-one"]
versions = "< 3.0"
"""


def shared(tmp_path: Path, table: str) -> known.KnownIssues:
    """Unicorn's issues, of which some are QEMU's."""
    one = GOOD.replace("rf-lost", "qemu-one").replace('"why"', '"see qemu-one and qemu-two"')
    (tmp_path / "qemu.some.toml").write_text(one)
    (tmp_path / "unicorn.toml").write_text(table)
    return known.load(tmp_path, families=["unicorn"])


def test_issues_of_another_family_are_inherited_with_their_own_ids_and_versions(tmp_path: Path) -> None:
    (issue,) = shared(tmp_path, GOOD.replace("rf-lost", "unicorn-own") + INHERIT).issues[1:]
    assert (issue.id, issue.family, issue.versions) == ("unicorn-one", "unicorn", (("<", "3.0"),))
    assert issue.text == "see unicorn-one and qemu-two" and issue.cases == ("*",) and issue.vendor == "intel"
    assert issue.where.file.endswith("unicorn.toml") and issue.where.line > 10 and issue.when is not None
    (free,) = shared(tmp_path, INHERIT.replace('versions = "< 3.0"', "")).issues
    assert free.versions == ()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('from = "qemu"', "", "'from' must be another family"),
        ('from = "qemu"', 'from = "unicorn"', "'from' must be another family"),
        ('["qemu-one"]', '["qemu-two"]', "'qemu' has no known issue 'qemu-two'"),
        ('["qemu-one"]', "[]", "'issues' must be a list of ids"),
        ("< 3.0", "3.0", "'3.0' is not an operator"),
        ("issues", "isues", "unknown key 'isues'"),
        ("[[inherit]]", "[inherit]", "'inherit' must be tables"),
    ],
)
def test_what_is_wrong_with_an_inheritance_is_said(old: str, new: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        shared(tmp_path, INHERIT.replace(old, new))
    assert message in str(caught.value) and "unicorn.toml" in str(caught.value)


def test_an_issue_inherited_twice_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="'unicorn-one' is already defined"):
        shared(tmp_path, INHERIT + INHERIT)


@pytest.mark.parametrize("glob", ["*", "a*", "a", "a?c*", "*c", "a[bx]c", "ab*d", "a.c*", ""])
@pytest.mark.parametrize("text", ["", "a", "ab", "abc", "abcd", "axc", "a.cd", "bc", "*"])
def test_globs_match_as_fnmatch_does(glob: str, text: str) -> None:
    assert known.Globs([glob]).match(text) == fnmatchcase(text, glob)
    assert known.Globs(["zzz*", glob, "qqq"]).match(text) == fnmatchcase(text, glob)


def test_only_the_families_of_the_run_are_read(tmp_path: Path) -> None:
    load(tmp_path, GOOD)
    (tmp_path / "bochs.toml").write_text("broken")
    assert len(known.load(tmp_path, families=["qemu"]).issues) == 1


def test_ids_are_unique_over_all_files(tmp_path: Path) -> None:
    load(tmp_path, GOOD)
    with pytest.raises(UserError, match="already defined at .*bochs.toml:2"):
        load(tmp_path, GOOD, "bochs")


def test_not_text(tmp_path: Path) -> None:
    (tmp_path / "qemu.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UserError, match="not UTF-8"):
        known.load(tmp_path)


def test_issues_of_a_backend(tmp_path: Path) -> None:
    issues = load(tmp_path, GOOD)
    assert len(issues.for_backend("qemu", "7.2.19", "intel")) == 1
    assert not issues.for_backend("qemu", "9.1", "intel")
    assert not issues.for_backend("qemu", "7.2.19", "amd")
    assert not issues.for_backend("bochs", "7.2.19", "intel")


def test_versions_order_as_debian_orders_them() -> None:
    ordered = [
        "1.0~rc1",
        "1.0",
        "1.0a",
        "1.0+dfsg",
        "1.0.1",
        "1.2",
        "1.10",
        "7.2.9",
        "7.2.19",
        "10.0",
        "10.0.2",
    ]
    for n, a in enumerate(ordered):
        for m, b in enumerate(ordered):
            order = compare_versions(a, b)
            assert (order > 0, order < 0) == (n > m, n < m), (a, b)


def test_versions_order_as_dpkg_orders_them() -> None:
    import shutil
    import subprocess

    if shutil.which("dpkg") is None:
        pytest.skip("no dpkg here")
    versions = [
        "1.0~rc1",
        "1.0",
        "1.0a",
        "1.0+b",
        "1.0.1",
        "1.0-1",
        "01.2",
        "1.10",
        "2.a",
        "2.a1",
        "2.~~",
        "2.",
    ]
    for a in versions:
        for b in versions:
            ours = compare_versions(a, b)
            for relation, holds in (("lt", ours < 0), ("eq", ours == 0), ("gt", ours > 0)):
                call = ["dpkg", "--compare-versions", f"{a}-0", relation, f"{b}-0"]
                theirs = subprocess.run(call, stderr=subprocess.DEVNULL, check=False).returncode
                assert (theirs == 0) == holds, (a, relation, b)


def test_the_issues_we_ship_are_sound() -> None:
    names = {*STATE, *INDEXED, *SYMBOLS, *the_arena().constants, "mode", "launch_cpl"}
    catalog = load_catalog()
    parameters = {d.name for t in catalog.testcases.values() for d in t.sweep}
    parameters |= {v.name for t in catalog.testcases.values() for v in t.variants}
    words = {w for t in catalog.testcases.values() for v in t.variants for w in v.words}
    shipped = known.load(KNOWN, lambda name: name in names | parameters | words)
    ids = sorted(case.id for case in catalog.select())
    for issue in shipped.issues:
        assert not known.unmatched(issue.cases, ids), f"{issue.where}: {issue.id} names no case"
