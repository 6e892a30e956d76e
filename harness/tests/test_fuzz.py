# SPDX-License-Identifier: BSD-2-Clause
"""Random testcases: the same for the same seed, all of them testcases; a broken core is found, and by little code."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from harness import catalog, paths
from harness.assemble import Assembler
from harness.case import Case
from harness.expect.names import MODES
from harness.fuzz.dice import TF, Dice
from harness.fuzz.session import Suspicion, mnemonics
from harness.fuzz.testcase import random_testcase

BROKEN = paths.ROOT / "build" / "refcore" / "defects" / "refcore"
COUNT = 120


def test_a_seed_and_a_number_give_one_testcase() -> None:
    assert random_testcase(7, 3) == random_testcase(7, 3)
    texts = {random_testcase(seed, number).text for seed in (7, 8) for number in range(50)}
    assert len(texts) == 100
    assert {
        random_testcase(1, n, ("vm86", "real")).text.split("modes:")[1].split()[0] for n in range(20)
    } == {
        "real",
        "vm86",
    }


def test_random_testcases_are_testcases(tmp_path: Path) -> None:
    """They are read and assembled; every mode and most templates occur."""
    folder = tmp_path / "fuzz"
    folder.mkdir()
    windows: list[str] = []
    for number in range(COUNT):
        made = random_testcase(1, number)
        (folder / f"s1-{number}.asm").write_text(made.text)
        windows += made.window
    found = catalog.load(tmp_path, None)
    assert {body.mode for body in found.bodies} == set(MODES) and len(found.testcases) == COUNT
    assembled = Assembler(tmp_path / "cache").bodies(found.bodies)
    assert len(assembled) == len(found.bodies)
    assert len(mnemonics(windows)) > 50


def test_the_trap_flag_is_set_only_where_launch_can() -> None:
    """At CPL 0 of the 32-bit home the kit's own last instructions would trap."""
    for mode, cpl, may in (("pm32", 0, False), ("unreal", 0, False), ("pm32", 3, True), ("long64", 0, True)):
        dice = Dice("1", mode, cpl)
        assert any(dice.flags() >> TF & 1 for _ in range(500)) == may


def suspicion(field: str, *names: str, actual: str = "1", expected: str = "0") -> Suspicion:
    case = next(iter(catalog.load(reach=["string"]).select(["string"])))
    assert isinstance(case, Case)
    return Suspicion(case, field, actual, expected, frozenset(names))


def test_what_was_met_is_not_reported_again() -> None:
    least = suspicion("err", "iret")
    assert suspicion("err", "iret", "mov", actual="5").same_as(least)
    assert not suspicion("err", "retf").same_as(least)
    assert not suspicion("rip", "iret").same_as(least)
    crossed = suspicion("exit", "iret", actual="#GP", expected="stop")
    assert not suspicion("exit", "iret", actual="#PF", expected="stop").same_as(crossed)


def test_mnemonics_of_a_window() -> None:
    lines = ["here: o64 iret", "mov [SEGOFF(DATA0)], eax", "rep movsb", "target: STOP", "lock add [bx], ax"]
    assert mnemonics(lines) == {"iret", "mov", "movsb", "add"}


def fuzz(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(paths.ROOT / "ringdiff"), "fuzz", "-q", *arguments],
        capture_output=True,
        text=True,
        cwd=paths.ROOT,
        timeout=300,
    )


@pytest.fixture()
def broken(tmp_path: Path) -> str:
    """The core that puts 0 for the error code of a fault of IRET's and far RET's."""
    assert BROKEN.exists(), "run make -C refcore VARIANT=defects first"
    wrapper = tmp_path / "refcore-broken"
    wrapper.write_text(f'#!/bin/sh\nexec {shlex.quote(str(BROKEN))} --defect iret-error-code "$@"\n')
    wrapper.chmod(0o755)
    return f"refcore:{wrapper},label=broken"


def test_a_broken_core_is_found_by_little_code(broken: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = fuzz("-b", broken, "-b", "refcore", "--seed", "3", "--count", "20", "--most", "1", "-o", str(out))
    assert done.returncode == 10, done.stdout + done.stderr
    assert done.stdout.startswith("seed 3\n")
    (folder,) = out.iterdir()
    assert folder.name == "s3-12-err"
    text = (folder / "s3-12.asm").read_text()
    assert "iret" in text and len([line for line in text.splitlines() if not line.startswith(";;")]) <= 6
    assert "| `err` | `0` |" in (folder / "report.md").read_text()


def test_a_core_agrees_with_itself() -> None:
    done = fuzz("-b", "refcore,label=one", "-b", "refcore", "--seed", "3", "--count", "30")
    assert done.returncode == 0 and done.stdout.endswith(" cases of seed 3, 0 findings\n"), done.stdout


def test_a_mode_that_there_is_none_of(broken: str) -> None:
    done = fuzz("-b", broken, "--mode", "long65")
    assert done.returncode == 3 and "no mode fits; modes: real" in done.stderr
