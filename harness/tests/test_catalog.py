# SPDX-License-Identifier: BSD-2-Clause
"""Front matter to testcases, bodies and cases; the catalog's cache."""

from __future__ import annotations

import json
import os
import time
import zlib
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import pytest

from harness import catalog
from harness.catalog import Catalog
from harness.errors import UserError

MINIMAL = ";; title: T\n;; cite: SDM\n;; modes: long64\n"
FULL = """\
; SPDX-License-Identifier: BSD-2-Clause
;; title:    SYSRET forces SS.RPL to 3
;; why:      an emulator left RPL 0
;; cite:     SDM 2B SYSRET, Operation; APM 3 SYSRET
;; modes:    real pm32* long64
;; cpl:      0 3
;; requires: !intel
;; requires long64: syscall lm
;; sweep:    base = 0x10 -1 UDATA|3 0x20..0x22
;; sweep:    count = 0..2
;; variant:  opsize = o32 o64
;; variant:  sel = KCODE 7
;; where:    count != 1 or base == 0x10
;; where:    not (mode == real and opsize == o64) and not (cpl == 3 and mode != long64)
;; touches:  DATA0+0x10 64  STACK 0x10
;; error_code: no
;; ends:     shutdown
;; undefined amd: flags.af  mem(DATA0 + 8, 8)
;; undefined: fx
;; expect intel when opsize == o32 and sel == KCODE: ss == base
;; expect:   exit == stop and cpl == 3
;;+            and changed == {frame, gdt.KDATA.a} and rip == __launch.local
        mov xax, [base]
there:  LAUNCH
.local: STOP
"""


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Catalog]:
    """Loads a catalog of the given files, by id, with a cache."""

    def load(**files: str) -> Catalog:
        for name, text in files.items():
            path = tmp_path / "testcases" / name.replace("__", "/").replace("_", "-")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.with_suffix(".asm").write_text(text)
        return catalog.load(tmp_path / "testcases", tmp_path / "cache")

    return load


def test_every_key_is_read(load: Callable[..., Catalog]) -> None:
    testcase = load(syscall__sysret_ss=FULL).testcases["syscall/sysret-ss"]
    assert (testcase.topic, testcase.name) == ("syscall", "sysret-ss")
    assert testcase.title == "SYSRET forces SS.RPL to 3"
    assert testcase.why == "an emulator left RPL 0"
    assert testcase.cite == ("SDM 2B SYSRET, Operation", "APM 3 SYSRET")
    assert testcase.modes == ("real", "pm32", "pm32-p32", "pm32-pae", "long64")
    assert testcase.cpls == (0, 3)
    assert testcase.touches == ((0xC000, 0x80), (0x9000, 0x40))
    assert not testcase.error_code
    assert testcase.ends_shutdown
    assert [(u.vendor, u.name, u.line) for u in testcase.undefined] == [
        ("amd", "flags.af", 18),
        ("amd", "mem(DATA0+8,8)", 18),
        (None, "fx", 19),
    ]
    intel, both = testcase.expects
    assert (intel.vendor, intel.line, intel.text) == ("intel", 20, "ss == base")
    assert intel.when is not None and intel.when.text == "opsize == o32 and sel == KCODE"
    assert both.vendor is None and both.when is None and both.line == 21
    assert both.text.endswith("cpl == 3 and changed == {frame, gdt.KDATA.a} and rip == __launch.local")


def test_bodies_are_the_product_of_modes_levels_and_variants(load: Callable[..., Catalog]) -> None:
    bodies = load(syscall__sysret_ss=FULL).bodies
    assert bodies[0].id == "syscall/sysret-ss/real/cpl0/opsize=o32,sel=KCODE"
    assert bodies[0].key == zlib.crc32(bodies[0].id.encode())
    assert (bodies[0].home, bodies[-1].home) == (32, 64)
    assert bodies[0].variants == {"opsize": "o32", "sel": "KCODE"}
    by_mode = [(body.mode, body.cpl) for body in bodies]
    assert {pair: by_mode.count(pair) for pair in by_mode} == {
        ("real", 0): 2,  # o64 is filtered, CPL 3 does not exist
        **{(mode, 0): 4 for mode in ("pm32", "pm32-p32", "pm32-pae", "long64")},
        ("long64", 3): 4,
    }
    assert [str(r) for r in bodies[0].requires] == ["!intel"]
    assert [str(r) for r in bodies[-1].requires] == ["!intel", "syscall", "lm"]
    assert [r.negate for r in bodies[-1].requires] == [True, False, False]


def test_names_that_expressions_see(load: Callable[..., Catalog]) -> None:
    body = load(syscall__sysret_ss=FULL).bodies[-1]
    names = body.names()
    assert (names["opsize"], names["sel"], names["mode"], names["launch_cpl"]) == ("o64", 7, "long64", 3)
    assert (names["o32"], names["stop"], names["pm32-pae"]) == ("o32", "stop", "pm32-pae")


def test_a_case_is_a_point_of_the_sweep(load: Callable[..., Catalog]) -> None:
    found = load(syscall__sysret_ss=FULL)
    body = found.bodies[-1]
    assert body.raw == 6 * 3
    assert list(body.indexes) == [i for i in range(18) if i % 3 != 1 or i // 3 == 0]
    case = body.case(4 * 3 + 2)
    assert case.id == "syscall/sysret-ss/long64/cpl3/opsize=o64,sel=7,base=0x21,count=2"
    assert case.params == {"base": 0x21, "count": 2}
    assert found.case(case.id) == case
    assert body.case(3).params["base"] == (1 << 64) - 1
    assert found.bodies[0].case(3).params["base"] == (1 << 32) - 1
    assert body.case(6).params["base"] == 0x68 | 3
    with pytest.raises(IndexError):
        body.case(18)


def test_ids_that_name_no_case(load: Callable[..., Catalog]) -> None:
    found = load(syscall__sysret_ss=FULL, a__b=MINIMAL)
    stem = "syscall/sysret-ss/long64/cpl3/opsize=o64,sel=7"
    for unknown in [
        "",
        "x",
        "a/b",
        "a/b/long64/cpl0/x=1",
        stem,
        f"{stem},base=0x21",
        f"{stem},base=0x21,count=3",
    ]:
        assert found.case(unknown) is None
    assert found.case(f"{stem},base=0x21,count=1") is None  # filtered by where
    assert found.case("a/b/long64/cpl0") is not None


@pytest.mark.parametrize(
    ("line", "where", "message"),
    [
        (";; titel: x", "4", "unknown key 'titel'"),
        (";; title: again", "4:11", "'title' is given twice; first in line 1"),
        (";; why:", "4:8", "'why' has no value"),
        (";; a comment", "4", "a front matter line reads"),
        (";; modes now: real", "4:10", "takes nothing before the colon"),
        (";; sweep: a", "4:11", "reads `name = value value ...`"),
        (";; sweep: a = 1 1", "4:11", "the same value twice: 1 and 1"),
        (";; sweep: a = 0x10 KDATA", "4:11", "the same value twice: 0x10 and KDATA"),
        (";; sweep: a = 0..3 2", "4:11", "the same value twice: 2 and 2"),
        (";; sweep: a = 3..1", "4:11", "counts upward"),
        (";; sweep: a = 0..0x10000", "4:11", "at most 65536"),
        (";; sweep: a = x", "4:11", "unknown constant 'x'"),
        (";; sweep: a = 1..", "4:11", "'' is no 64-bit number"),
        (";; sweep: a = 0x10000000000000000", "4:11", "is no 64-bit number"),
        (";; sweep: a = 6//2", "4:11", "'/' cannot stand in a case id"),
        (";; sweep: A = 1", "4:11", "is no good name"),
        (";; sweep: rax = 1", "4:11", "'rax' already names something"),
        (";; sweep: mode = 1", "4:11", "'mode' already names something"),
        (";; sweep: a = 1\n;; variant: a = x", "5:13", "'a' is defined twice; first in line 4"),
        (";; sweep: l = 1\nl: nop", "4:11", "'l' is also a label"),
        (";; sweep: a = 0..0xffff\n;; sweep: b = 0..99", "5:11", "the sweep is too large"),
        ("\n".join(f";; sweep: a{i} = 0" for i in range(13)), "16:11", "13 dimensions"),
        (";; variant: a = x x", "4:13", "the same word twice"),
        (";; cpl: 4", "4:9", "lists some of 0 1 2 3"),
        (";; cpl: 0 0", "4:9", "names a level twice"),
        (";; requires: smeap", "4:14", "unknown feature 'smeap'; did you mean"),
        (";; requires real: lm", "4:13", "'modes' has none that matches 'real'"),
        (";; requires log64: lm", "4:13", "unknown mode 'log64'"),
        (";; touches: DATA0", "4:13", "lists pairs"),
        (";; touches: DATA3+0xfff 2", "4:13", "within the arena"),
        (";; error_code: maybe", "4:16", "'error_code' is yes or no"),
        (";; ends: hang", "4:10", "'ends' is shutdown"),
        (";; where: rax == 1", "4:11", "unknown name 'rax'"),
        (";; where: cpl == 1", "4", "'where' leaves no case"),
        (";; undefined: flags.xf", "4:15", "unknown name 'flags.xf'"),
        (";; undefined if cpl: rax", "4:14", "expected `undefined [intel|amd] [when EXPR]:`"),
        (";; undefined when rax == 1: rax", "4:19", "unknown name 'rax'"),
        (";; undefined: DATA0", "4:15", "is a constant; write mem(DATA0,SIZE)"),
        (";; undefined: 3", "4:15", "names no part of the state"),
        (";; expect: sss == 3", "4:12", "unknown name 'sss'"),
        (";; expect: ss == 3 and", "4:23", "a value is expected"),
        (";; expect: ss == 3\n;;+  and sss == 3", "5:10", "unknown name 'sss'"),
        (";; expect: changed == {frme}", "4:24", "unknown place 'frme'"),
        (";; expect: regs == {zax}", "4:21", "unknown place 'zax'"),
        (";; expect via: ss == 3", "4:11", "expected `expect [intel|amd] [when EXPR]:`"),
        (";; expect amd when sss: ss == 3", "4:20", "unknown name 'sss'"),
        ("nop\n;; expect: ss == 3", "5", "front matter stands before the code"),
    ],
)
def test_errors_name_file_and_line(load: Callable[..., Catalog], line: str, where: str, message: str) -> None:
    with pytest.raises(UserError) as caught:
        load(a__b=f"{MINIMAL}{line}\n")
    path, _, rest = str(caught.value).partition("a/b.asm:")
    assert path.endswith("testcases/")
    assert rest.startswith(f"{where}: "), rest
    assert message in rest
    assert "\n" not in rest


@pytest.mark.parametrize("key", ["title", "cite", "modes"])
def test_required_keys(load: Callable[..., Catalog], key: str) -> None:
    lines = [line for line in MINIMAL.splitlines() if key not in line]
    with pytest.raises(UserError, match=f"a/b.asm: '{key}' is missing"):
        load(a__b="\n".join(lines))


def test_a_continuation_needs_a_value_before_it(load: Callable[..., Catalog]) -> None:
    with pytest.raises(UserError, match="a/b.asm:1: ';;[+]' continues a value"):
        load(a__b=f";;+ x\n{MINIMAL}")


def test_file_names_must_fit_into_ids(load: Callable[..., Catalog]) -> None:
    with pytest.raises(UserError, match="'B,b' does not fit into ids"):
        load(**{"a__B,b": MINIMAL})


def test_the_kit_and_other_files_are_no_testcases(load: Callable[..., Catalog], tmp_path: Path) -> None:
    assert list(load(a__b=MINIMAL, kit__x="nonsense").testcases) == ["a/b"]
    (tmp_path / "testcases/a/notes.txt").write_text("x")
    (tmp_path / "testcases/readme.asm").write_text("x")
    assert list(load().testcases) == ["a/b"]


def test_not_text_and_no_folder(load: Callable[..., Catalog], tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot read testcases: No such file"):
        load()
    load(a__b=MINIMAL)
    (tmp_path / "testcases/a/c.asm").write_bytes(b";; title: \xff\n")
    with pytest.raises(UserError, match="a/c.asm: not UTF-8 text"):
        load()


def test_equal_keys_are_refused(load: Callable[..., Catalog]) -> None:
    # Two ids with the same CRC-32, found by search.
    with pytest.raises(UserError, match="have the same key 0x[0-9a-f]{8}; rename one"):
        load(a__tn17y72fdg=MINIMAL, a__tms5baagc9=MINIMAL)


def test_cache_gives_the_same_catalog(load: Callable[..., Catalog], tmp_path: Path) -> None:
    cold = load(syscall__sysret_ss=FULL, a__b=MINIMAL)
    (store,) = (tmp_path / "cache").iterdir()
    written = store.stat().st_mtime_ns
    warm = load()
    assert warm.testcases == cold.testcases
    assert [(b.id, b.key, list(b.indexes)) for b in warm.bodies] == [
        (b.id, b.key, list(b.indexes)) for b in cold.bodies
    ]
    assert store.stat().st_mtime_ns == written


def test_cache_follows_every_change(load: Callable[..., Catalog], tmp_path: Path) -> None:
    load(a__b=MINIMAL, a__c=MINIMAL)
    changed = load(a__b=MINIMAL.replace("title: T", "title: U"))
    assert [t.title for t in changed.testcases.values()] == ["U", "T"]
    (tmp_path / "testcases/a/c.asm").unlink()
    assert list(load().testcases) == ["a/b"]
    with pytest.raises(UserError):
        load(a__b="nonsense")
        load(a__b=MINIMAL + ";; bad: x\n")


def test_cache_of_other_code_or_torn_is_made_anew(load: Callable[..., Catalog], tmp_path: Path) -> None:
    load(a__b=MINIMAL)
    (store,) = (tmp_path / "cache").iterdir()
    content = json.loads(store.read_text())
    content["entries"]["a/b"]["testcase"]["title"] = "stale"
    store.write_text(json.dumps(content))
    assert load().testcases["a/b"].title == "stale"  # it is the cache that answers,
    store.write_text(json.dumps({**content, "stamp": "other"}))
    assert load().testcases["a/b"].title == "T"  # but not of another version of the code,
    store.write_text(json.dumps(content)[:100])
    assert load().testcases["a/b"].title == "T"  # and not when torn


def test_touching_a_file_reads_but_does_not_parse_it(load: Callable[..., Catalog], tmp_path: Path) -> None:
    load(a__b=MINIMAL)
    (store,) = (tmp_path / "cache").iterdir()
    content = json.loads(store.read_text())
    content["entries"]["a/b"]["testcase"]["title"] = "cached"
    store.write_text(json.dumps(content))
    os.utime(tmp_path / "testcases/a/b.asm")
    assert load().testcases["a/b"].title == "cached"


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "testcases/a").mkdir(parents=True)
    (tmp_path / "testcases/a/b.asm").write_text(MINIMAL)
    (tmp_path / "cache").write_text("a file, no folder")
    assert len(catalog.load(tmp_path / "testcases", tmp_path / "cache")) == 1


def _load_often(testcases: Path, cache: Path) -> int:
    for number in range(20):
        (testcases / "a/b.asm").write_text(MINIMAL + f"; {number}\n" * (number % 3))
        catalog.load(testcases, cache)
    return len(catalog.load(testcases, cache))


def test_two_processes_share_a_cache(load: Callable[..., Catalog], tmp_path: Path) -> None:
    load(a__c=MINIMAL, a__b=MINIMAL)
    with get_context("fork").Pool(2) as pool:
        other = tmp_path / "other"
        (other / "a").mkdir(parents=True)
        (other / "a/b.asm").write_text(MINIMAL)
        arguments = [(tmp_path / "testcases", tmp_path / "cache"), (other, tmp_path / "cache")]
        assert pool.starmap(_load_often, arguments) == [2, 1]
    assert not [path.name for path in (tmp_path / "cache").iterdir() if path.name.startswith(".")]


def test_twenty_thousand_cases_take_well_under_a_second(load: Callable[..., Catalog]) -> None:
    text = MINIMAL + ";; sweep: a = 0..199\n;; sweep: b = 0..199\n;; where: (a + b) % 2 == 0\n"
    load(a__b=text)
    begin = time.process_time()
    ids = [case.id for case in load().select()]
    assert time.process_time() - begin < 0.5
    assert len(ids) == len(set(ids)) == 20000


@pytest.mark.parametrize(
    "line", [";; variant: kind = none some", ";; variant: kind = stop go", ";; sweep: at = 1 2"]
)
def test_words_that_mean_something_else_are_refused(load: Callable[..., Catalog], line: str) -> None:
    with pytest.raises(UserError, match="choose another"):
        load(topic__name=f"{MINIMAL}{line}\n LAUNCH\n STOP\n")


def test_the_page_of_first_cases_names_testcases_that_exist() -> None:
    import re

    from harness import catalog, paths

    text = (paths.ROOT / "docs" / "first-cases.md").read_text()
    named = set(re.findall(r"`([a-z0-9]+/[a-z0-9-]+)`", text))
    assert len(named) > 80
    assert sorted(named - set(catalog.load().testcases)) == []
