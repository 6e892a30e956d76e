# SPDX-License-Identifier: BSD-2-Clause
"""Guests and emulators that misbehave: all other cases get their true record, nothing false, nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness import guardian, supervise
from harness.backend import Backend, parse_spec, probe, read_manifest
from harness.campaign import Kind, Outcome
from harness.errors import UserError
from harness.ledger import CaseKey
from harness.supervise import Unit, UnitResult, run_units

FAKE = Path(__file__).with_name("fake_runner.py")
CASES = 200
BUILD = 0x1234


@dataclass(frozen=True)
class FakeImage:
    cases: Sequence[CaseKey]
    shutdown_ordinals: frozenset[int] = frozenset()
    name: str = "fake"
    build_id: int = BUILD

    def write(
        self,
        path: Path,
        *,
        format: str,
        channel: str,
        start: int,
        count: int,
        careful: bool,
        skip: Sequence[int],
    ) -> None:
        header = {
            "build_id": self.build_id,
            "start": start,
            "count": count,
            "careful": careful,
            "skip": list(skip),
        }
        path.write_text(json.dumps({**header, "cases": list(self.cases)}), encoding="utf-8")


IMAGE = FakeImage([(0x100 + i // 10, i % 10) for i in range(CASES)])


@pytest.fixture
def fake(tmp_path: Path):
    """Makes a backend whose runner behaves as told."""

    def make(behave: str, *, stall: float = 1.0, volatile: bool = False, **options: str) -> Backend:
        folder = tmp_path / "runner"
        folder.mkdir(exist_ok=True)
        if not (folder / "run").exists():
            (folder / "run").symlink_to(FAKE)
        careful = "e9" if volatile else "ram"
        (folder / "manifest.toml").write_text(
            f'protocol = 1\nname = "fake"\nformat = "rom"\nchannel = "ram"\ncareful_channel = "{careful}"\n'
            f'options = ["behave", "state", "pause"]\nmemory = 1024\nstall = {stall}\n[cpu]\nintel = ""\n',
            encoding="utf-8",
        )
        manifest = read_manifest(folder / "manifest.toml")
        spec = ",".join(["fake", f"behave={behave}", *(f"{k}={v}" for k, v in options.items())])
        return parse_spec(spec, {"fake": manifest}, "intel")

    return make


@pytest.fixture(autouse=True)
def nothing_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """No process that carries a session's token, and no scratch folder, survives a test."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(guardian, "MEMORY_FOLDER", scratch)
    monkeypatch.setattr(guardian, "MEMORY_NEEDED", 0)
    tokens: list[str] = []
    plain = guardian.Session.__init__

    def note(self: guardian.Session) -> None:
        plain(self)
        tokens.append(self.token)

    monkeypatch.setattr(guardian.Session, "__init__", note)
    yield
    assert list(scratch.iterdir()) == []
    for token in tokens:
        assert guardian.processes_of(token) == []


def run(backend: Backend, image: FakeImage = IMAGE, **unit: object) -> UnitResult:
    return run_units([Unit(backend, image, **unit)], jobs=1)[0]  # type: ignore[arg-type]


def check(result: UnitResult, image: FakeImage = IMAGE, **charged: tuple[int, ...]) -> None:
    """Every case has its own record, but for the ordinals named by kind."""
    expected = {
        ordinal: Kind(kind.replace("_", "-")) for kind, ordinals in charged.items() for ordinal in ordinals
    }
    assert set(result.outcomes) == set(image.cases)
    for ordinal, case in enumerate(image.cases):
        outcome: Outcome = result.outcomes[case]
        assert (ordinal, outcome.kind) == (ordinal, expected.get(ordinal, Kind.RECORD)), outcome.reason
        if outcome.kind is Kind.RECORD:
            assert outcome.record is not None
            assert outcome.record.final_words() == {16384: ordinal}
        else:
            assert outcome.record is None and (outcome.reason or outcome.kind is Kind.SKIP)


def test_a_guest_that_behaves_needs_one_boot(fake):
    result = run(fake("well"))
    check(result)
    assert (result.boots, result.problem, bool(result.ledger.losses)) == (1, "", False)


def test_noise_between_frames_costs_nothing(fake):
    result = run(fake("noise"))
    check(result)
    assert result.ledger.losses.bytes_skipped > 0


def test_partial_streams_add_up(fake):
    result = run(fake("partial@30"))
    check(result)
    assert result.boots == 7


@pytest.mark.parametrize("at", [0, 37, 63, 64, 199])
@pytest.mark.parametrize(
    "behave, kind",
    [
        ("shutdown", "shutdown"),
        ("die", "emulator_error"),
        ("strange", "emulator_error"),
        ("reset", "shutdown"),
    ],
)
def test_a_case_that_kills_the_guest_is_charged_alone(fake, behave, kind, at):
    result = run(fake(f"{behave}@{at}"))
    check(result, IMAGE, **{kind: (at,)})


def test_the_runners_words_are_in_the_reason(fake):
    outcome = run(fake("die@40")).outcomes[IMAGE.cases[40]]
    assert "fake: die" in outcome.reason


def test_a_hang_is_charged_alone(fake):
    check(run(fake("hang@37", stall=0.4)), hang=(37,))


def test_a_flood_is_charged_alone(fake, monkeypatch):
    monkeypatch.setattr(supervise, "STREAM_LIMIT", 8 << 20)
    result = run(fake("flood@37"))
    check(result, hang=(37,))
    assert "flood" in result.outcomes[IMAGE.cases[37]].reason


def test_a_flood_of_diagnostics_is_charged_alone(fake, monkeypatch):
    monkeypatch.setattr(supervise, "NOISE_LIMIT", 1 << 20)
    result = run(fake("noisy@37", stall=30))
    check(result, emulator_error=(37,))


def test_a_runner_that_eats_memory_is_stopped(fake):
    check(run(fake("eat@37", stall=20)), emulator_error=(37,))


@pytest.mark.parametrize("at", [0, 37, 199])
@pytest.mark.parametrize("volatile", [False, True])
def test_killed_from_outside_costs_no_case_its_record(fake, tmp_path, at, volatile):
    result = run(fake(f"killed@{at}", volatile=volatile, state=str(tmp_path / "boots")))
    check(result)


@pytest.mark.parametrize("cut", [1, 16, 100, 3000])
def test_a_truncated_stream_passes_nothing_that_did_not_arrive(fake, cut):
    # Every boot loses its end, so each rerun brings some cases more; a cut longer than any rerun's stream loses them.
    result = run(fake(f"truncate@{cut}"))
    lost = [o for o, case in enumerate(IMAGE.cases) if result.outcomes[case].kind is Kind.MISSING]
    check(result, missing=tuple(lost))
    assert lost == list(range(CASES - len(lost), CASES))
    assert lost == {1: [], 16: [], 100: [199], 3000: lost}[cut] and len(lost) < CASES


@pytest.mark.parametrize("every", [7, 50, 400])
def test_flipped_bits_pass_nothing_false(fake, every):
    result = run(fake(f"flip@{every}"))
    lost = [o for o, case in enumerate(IMAGE.cases) if result.outcomes[case].kind is Kind.MISSING]
    check(result, missing=tuple(lost))
    assert result.ledger.losses
    assert lost == []


def test_a_lying_bye_is_no_pass(fake):
    check(run(fake("lie@37")), missing=(37,))


def test_the_case_that_makes_the_kit_give_up_is_charged(fake):
    check(run(fake("give-up@37")), emulator_error=(37,))


@pytest.mark.parametrize(
    "behave, reason, boots",
    [
        ("stale", "build", 1),
        ("unavailable", "fake: unavailable", 1),
        ("refuse", "fake: refuse", 3),
        ("silent", "status 0", 3),
    ],
)
def test_a_backend_that_never_runs_gives_one_reason(fake, behave, reason, boots):
    result = run(fake(behave))
    check(result, missing=tuple(range(CASES)))
    assert reason in result.problem and result.boots == boots


def test_expected_shutdowns_need_no_second_boot(fake):
    image = FakeImage(IMAGE.cases, frozenset([CASES - 1]))
    result = run(fake(f"shutdown@{CASES - 1}"), image)
    check(result, image, shutdown=(CASES - 1,))
    assert result.boots == 2


def test_an_orphan_in_its_own_session_is_killed(fake):
    check(run(fake("orphan@37")), emulator_error=(37,))  # the rest is the fixture's


def test_a_range_of_ordinals_runs_alone(fake):
    result = run(fake("well"), start=50, count=20)
    assert set(result.outcomes) == set(IMAGE.cases[50:70])


def test_units_in_parallel_keep_their_order(fake):
    units = [Unit(fake("well"), IMAGE, start, 50) for start in range(0, CASES, 50)]
    results = run_units(units, jobs=3)
    assert [r.unit.start for r in results] == [0, 50, 100, 150]
    assert sum(len(r.outcomes) for r in results) == CASES


def test_a_journal_resumes_without_a_boot(fake, tmp_path):
    first = run(fake("shutdown@37"), journal=tmp_path / "j")
    boots = tmp_path / "boots"
    again = run(fake("shutdown@37"), journal=tmp_path / "j")
    assert again.outcomes == first.outcomes and again.boots == first.boots and not boots.exists()
    lines = (tmp_path / "j.boots").read_bytes().splitlines(keepends=True)
    (tmp_path / "j.boots").write_bytes(b"".join(lines[:2]) + lines[2][:20])  # killed in mid-write
    third = run(fake("shutdown@37"), journal=tmp_path / "j")
    check(third, shutdown=(37,))
    assert (tmp_path / "j.boots").read_bytes().count(b"\n") == len(lines)


def test_a_journal_of_another_image_is_refused(fake, tmp_path):
    run(fake("well"), journal=tmp_path / "j")
    with pytest.raises(UserError, match="another image"):
        run(fake("well"), FakeImage(IMAGE.cases, build_id=BUILD + 1), journal=tmp_path / "j")


def test_a_full_disk_is_one_clear_line(fake):
    class Full(FakeImage):
        def write(self, path: Path, **_: object) -> None:
            raise OSError(28, "No space left on device")

    with pytest.raises(UserError, match="No space left on device"):
        run(fake("well"), Full(IMAGE.cases))


DRIVER = """
import sys
sys.path[:0] = [sys.argv[1], sys.argv[2]]
from pathlib import Path
from harness import guardian
guardian.MEMORY_FOLDER, guardian.MEMORY_NEEDED = Path(sys.argv[3]), 0
from harness.backend import parse_spec, read_manifest
from harness.supervise import Unit, run_units
from test_supervise import IMAGE
manifest = read_manifest(Path(sys.argv[4]))
print("ready", flush=True)
run_units([Unit(parse_spec("fake,behave=well,pause=0.05", {"fake": manifest}, "intel"), IMAGE)], 1)
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_ended_harness_leaves_nothing(fake, tmp_path, how):
    fake("well")
    scratch = tmp_path / "scratch"
    here = Path(__file__).resolve().parent
    arguments = [str(here.parent.parent), str(here), str(scratch), str(tmp_path / "runner" / "manifest.toml")]
    process = subprocess.Popen([sys.executable, "-c", DRIVER, *arguments], stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == b"ready\n"
    deadline = time.monotonic() + 10
    # A guest in mid-run: one that has only just started would end by itself, its image being gone.
    while time.monotonic() < deadline and not any(s.stat().st_size for s in scratch.glob("*/*/stream")):
        time.sleep(0.02)
    token = next(scratch.iterdir()).name
    assert guardian.processes_of(token) != []
    os.kill(process.pid, how)
    process.wait(10)
    process.stdout.close()
    assert process.returncode != 0
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and (guardian.processes_of(token) or list(scratch.iterdir())):
        time.sleep(0.02)
    assert guardian.processes_of(token) == []


def test_a_runner_that_never_answers_its_probe(tmp_path, fake):
    backend = fake("well")
    (tmp_path / "runner" / "run").unlink()
    (tmp_path / "runner" / "run").write_text("#!/bin/sh\nsleep 600\n", encoding="ascii")
    (tmp_path / "runner" / "run").chmod(0o755)
    answer = probe(backend, timeout_s=0.3).probe
    assert not answer.available and "0.3 s" in answer.reason
