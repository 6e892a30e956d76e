# SPDX-License-Identifier: BSD-2-Clause
"""The v86 runner: its answers anywhere, and where v86 was fetched, boots, ends and a case it dies of."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from harness import backend as backends
from harness import catalog
from harness.assemble import Assembler
from harness.backend import Backend
from harness.campaign import Kind, Outcome
from harness.execution import Bootable
from harness.image import build
from harness.ledger import read_stream
from harness.record import Losses
from harness.supervise import Unit, run_units

RUNNER = Path(__file__).resolve().parents[2] / "runners" / "v86"
ALIVE = "iret/cs-checks/pm32/cpl0/insn=iretd,sel=LCODE_3,rpl=3"
DEADLY = "iret/cs-checks/pm32/cpl0/insn=iretd,sel=0x0,rpl=0"  # IRET to a null CS


@pytest.fixture(scope="module")
def v86() -> Backend:
    (asked,) = backends.select(["v86"], "intel")
    probed = backends.probe(asked)
    if not probed.probe.available:
        pytest.skip(f"NOT TESTED, v86 is not here: {probed.probe.reason}")
    return probed


def probe(*arguments: str, **environment: str) -> dict[str, object]:
    said = subprocess.run(
        [RUNNER / "run", "probe", *arguments],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    answer = json.loads(said.stdout)
    assert isinstance(answer, dict)
    return answer


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    answer = probe(RINGDIFF_VERSIONS=str(tmp_path))
    assert answer["available"] is False
    assert str(answer["reason"]) == f"no v86 in {tmp_path}/v86@npm; run ./ringdiff get v86"
    assert "check the path" in str(probe("--binary", str(tmp_path))["reason"])
    assert "node not found" in str(probe(PATH=str(tmp_path))["reason"])
    assert "Intel" in str(probe("--opt", "cpu=amd")["reason"])


def test_the_lock_file_names_one_version_and_no_registry() -> None:
    wanted = json.loads((RUNNER / "package.json").read_text())["dependencies"]
    lock = json.loads((RUNNER / "package-lock.json").read_text())["packages"]
    assert wanted == {"v86": lock["node_modules/v86"]["version"]} == lock[""]["dependencies"]
    assert lock["node_modules/v86"]["integrity"].startswith("sha512-")
    assert not any("resolved" in package for package in lock.values())


def outcomes(v86: Backend, *cases: str) -> dict[str, Outcome]:
    """What became of each case; the harness boots as in a run."""
    (image,) = build(catalog.load().select(cases), assembler := Assembler())
    (result,) = run_units([Unit(v86, Bootable(image, assembler))], 1)
    assert not result.problem
    by_key = {(p.body.key, i): p.body.case(i).id for p in image.parts for i in p.indexes}
    return {by_key[key]: outcome for key, outcome in result.outcomes.items()}


def call(v86: Backend, tmp_path: Path, channel: str = "ram", case: str = ALIVE) -> list[str]:
    """The command line of a boot; its stream is tmp_path/stream."""
    (image,) = build(catalog.load().select([case]), assembler := Assembler())
    path, scratch = tmp_path / "rom", tmp_path / "scratch"
    more = {"start": 0, "count": 1, "careful": False, "skip": ()}
    Bootable(image, assembler).write(path, format="rom", channel=channel, **more)  # type: ignore[arg-type]
    scratch.mkdir()
    stream = tmp_path / "stream"
    return v86.command("boot", "--image", str(path), "--stream", str(stream), "--scratch", str(scratch))


@pytest.mark.parametrize("channel", ["ram", "e9"])
def test_a_case_is_recorded_the_same_on_either_channel(v86: Backend, tmp_path: Path, channel: str) -> None:
    done = subprocess.run(call(v86, tmp_path, channel), capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (40, "")
    ledger = read_stream((tmp_path / "stream").read_bytes())
    assert ledger.complete and len(ledger.finals) == 1
    assert ledger.losses == Losses()


def test_cases_of_every_mode_it_has(v86: Backend) -> None:
    found = outcomes(
        v86,
        "debug/software-traps/pm16/cpl0/insn=int3*",
        "vm86/privileged/vm86/cpl3/insn=hlt*",
        ALIVE,
    )
    assert {outcome.kind for outcome in found.values()} == {Kind.RECORD}
    assert {case.split("/")[2] for case in found} == {"pm16", "vm86", "pm32"}
    assert v86.manifest.homes == (32,)  # IA-32e modes are SKIP


def test_a_case_that_v86_dies_of_is_charged_and_the_next_one_runs(v86: Backend) -> None:
    found = outcomes(v86, DEADLY, ALIVE)
    assert {case: outcome.kind for case, outcome in found.items()} == {
        DEADLY: Kind.EMULATOR_ERROR,
        ALIVE: Kind.RECORD,
    }
    assert "v86: " in found[DEADLY].reason


def test_it_says_why_it_died(v86: Backend, tmp_path: Path) -> None:
    done = subprocess.run(call(v86, tmp_path, case=DEADLY), capture_output=True, text=True, timeout=60)
    assert done.returncode == 43 and done.stderr.startswith("v86: ")
    # What the guest said before is there: the case that was running is known at once.
    ledger = read_stream((tmp_path / "stream").read_bytes())
    assert ledger.hello is not None and ledger.bye is None and ledger.in_flight is not None


def test_not_an_image(v86: Backend, tmp_path: Path) -> None:
    argv = call(v86, tmp_path)
    (tmp_path / "rom").write_bytes(bytes(0x10000))
    done = subprocess.run(argv, capture_output=True, text=True)
    assert done.returncode == 43 and "no header" in done.stderr


def test_no_process_is_left(v86: Backend, tmp_path: Path) -> None:
    marker = f"RINGDIFF_TEST_V86={tmp_path}"
    name, _, value = marker.partition("=")
    done = subprocess.run(
        call(v86, tmp_path), capture_output=True, env={**os.environ, name: value}, timeout=60
    )
    assert done.returncode == 40
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            assert marker.encode() not in (folder / "environ").read_bytes()
        except OSError:
            continue


def test_modes_whose_interrupt_table_is_not_used_are_named(v86: Backend) -> None:
    """0.5.462 takes real mode's vectors from address 0 whatever LIDT says: nothing of the two modes can run."""
    lacking = dict(v86.probe.modes)
    assert set(lacking) <= {"real", "unreal"}
    if v86.probe.version.startswith("0.5.462"):
        assert set(lacking) == {"real", "unreal"} and "LIDT" in lacking["real"]
