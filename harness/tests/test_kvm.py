# SPDX-License-Identifier: BSD-2-Clause
"""The KVM runner: its answers anywhere, and where /dev/kvm is, boots, resumes and classes."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from harness import backend as backends
from harness import catalog, paths
from harness.assemble import Assembler
from harness.backend import Backend
from harness.campaign import Kind, Outcome
from harness.execution import Bootable
from harness.image import build
from harness.ledger import Ledger
from harness.supervise import Unit, UnitResult, run_units

ROOT = Path(__file__).resolve().parents[2]
BINARY: Path = ROOT / "build" / "bin" / "kvm-runner"
HAVE_KVM = os.access("/dev/kvm", os.R_OK | os.W_OK)
needs_kvm = pytest.mark.skipif(not HAVE_KVM, reason="no access to /dev/kvm")


@pytest.fixture(scope="module", autouse=True)
def runner() -> None:
    """The release build, from the sources as they are."""
    subprocess.run(["make", "-s", "-C", str(ROOT / "runners" / "kvm")], check=True)


def probed(spec: str, profile: str) -> Backend:
    (one,) = backends.select([spec], profile)
    return backends.probe(one)


def host_profile() -> str:
    cpuinfo = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    return "amd" if "AuthenticAMD" in cpuinfo else "intel"


def run(filters: list[str], tmp_path: Path, binary: str = "") -> tuple[UnitResult, dict[str, Outcome]]:
    """The cases on KVM with this host's vendor, by case id."""
    one = probed(f"kvm:{binary}" if binary else "kvm", host_profile())
    assert one.probe.available, one.probe.reason
    (image,) = build(catalog.load().select(filters), assembler := Assembler())
    bootable = Bootable(image, assembler)
    (result,) = run_units([Unit(one, bootable, journal=tmp_path / "journal")], 1)
    assert not result.problem
    by_key = {(p.body.key, i): p.body.case(i).id for p in image.parts for i in p.indexes}
    return result, {by_key[key]: outcome for key, outcome in result.outcomes.items()}


def test_the_answer_names_kind_and_kernel() -> None:
    answer = json.loads(subprocess.run([BINARY, "probe"], capture_output=True, check=True).stdout)
    if not HAVE_KVM:
        assert not answer["available"] and "/dev/kvm" in answer["reason"]
        return
    kinds = sorted(name for name in os.listdir("/sys/module") if name.startswith("kvm_"))
    assert answer["available"]
    assert answer["version"] == f"{os.uname().release} ({'+'.join(kinds) or 'kvm'})"
    assert answer["family"] == ("+".join(kinds) or "kvm").replace("_", "-")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ([], 43, "usage"),
        (["boot", "--image"], 43, "lacks its value"),
        (["boot", "--opt", "cpu=via"], 44, "unknown option cpu=via"),
        (["boot", "--image", "/nonexistent", "--stream", "/dev/null"], 43, "/nonexistent"),
    ],
)
def test_wrong_calls(arguments: list[str], status: int, said: str) -> None:
    if "/nonexistent" in arguments:
        arguments = [*arguments, "--opt", f"cpu={host_profile()}"]
    done = subprocess.run([BINARY, *arguments], capture_output=True, text=True)
    assert (done.returncode, said in done.stderr) == (status, True)


def test_not_an_image(tmp_path: Path) -> None:
    image = tmp_path / "image"
    command = [str(BINARY), "boot", "--image", str(image), "--stream", str(tmp_path / "stream")]
    for data, said in (
        (b"", "not a ROM image"),
        (b"x" * 5, "not a ROM image"),
        (bytes(0x10000), "no header"),
    ):
        image.write_bytes(data)
        done = subprocess.run([*command, "--opt", f"cpu={host_profile()}"], capture_output=True, text=True)
        assert done.returncode == 43
        assert said in done.stderr


def test_the_prefix_is_refused_with_its_reason() -> None:
    one = probed("kvm,fep", host_profile())
    assert not one.probe.available
    if HAVE_KVM:
        assert "prefix" in one.probe.reason


def test_a_missing_program_is_said() -> None:
    one = probed("kvm:/nonexistent/kvm-runner", host_profile())
    assert not one.probe.available and "check the path" in one.probe.reason


def test_modes_that_cannot_run_are_not_booted() -> None:
    (one,) = backends.select(["kvm"], host_profile())
    one = replace(one, probe=backends.Probe(True, modes=(("pm32-p32", "unemulated: 32-bit paging"),)))
    images = build(catalog.load().select(["restart/accessed-dirty/*"]), assembler := Assembler())
    for image in images:
        taken = {
            image.case(n).body.mode for a, b in Bootable(image, assembler).ranges(one) for n in range(a, b)
        }
        assert taken == {part.body.mode for part in image.parts} - {"pm32-p32"}
    assert one.lacks("pm32-p32") == "unemulated: 32-bit paging" and not one.lacks("pm32")


@pytest.mark.parametrize(("modes", "fine"), [('{"pm32": "why"}', True), ('"pm32"', False)])
def test_what_a_probe_says_of_modes(modes: str, fine: bool, tmp_path: Path) -> None:
    (tmp_path / "manifest.toml").write_text('protocol = 1\nname = "x"\nformat = "rom"\nchannel = "ram"\n')
    answer = f'{{"available": true, "version": "1", "family": "kvm-x", "modes": {modes}}}'
    (tmp_path / "run").write_text(f"#!/bin/sh\necho '{answer}'\n")
    (tmp_path / "run").chmod(0o755)
    manifest = backends.read_manifest(tmp_path / "manifest.toml")
    one = backends.probe(backends.parse_spec("x", {"x": manifest}, "intel"))
    assert one.probe.available == fine
    if fine:
        assert (one.family, one.lacks("pm32")) == ("kvm-x", "why")


@needs_kvm
@pytest.mark.parametrize("profile", ["intel", "amd"])
def test_the_vendor_that_was_asked_for(profile: str, tmp_path: Path) -> None:
    one = probed("kvm", profile)
    if not one.probe.available:
        assert "cannot behave as" in one.probe.reason
        return
    (image,) = build(
        catalog.load().select(["syscall/syscall-state/*cpl0/*mask=0x0"]), assembler := Assembler()
    )
    (result,) = run_units([Unit(one, Bootable(image, assembler))], 1)
    assert isinstance(result.ledger, Ledger) and result.ledger.hello is not None
    assert result.ledger.hello.vendor == profile


@needs_kvm
@pytest.mark.parametrize("case", ["interrupt/double-fault/long64/*", "interrupt/double-fault/pm32/*"])
def test_cases_that_end_the_guest_cost_no_boot(case: str, tmp_path: Path) -> None:
    """Deaths in one process: each case has its outcome, those that live have records, and nothing was lost."""
    result, outcomes = run([case, case.replace("double-fault", "flags")], tmp_path)
    assert all(outcome.kind is not Kind.MISSING for outcome in outcomes.values())
    dead = [outcome for outcome in outcomes.values() if outcome.kind not in (Kind.RECORD, Kind.SKIP)]
    assert sum(outcome.kind is Kind.RECORD for outcome in outcomes.values()) > 0
    assert result.boots <= 2 + sum("shutdown" in o.kind for o in dead)
    losses = result.ledger.losses
    assert (losses.bytes_skipped, losses.frames_lost, losses.malformed) == (0, 0, 0)


@needs_kvm
@pytest.mark.skipif(not os.path.exists("/sys/module/kvm_pvm"), reason="only of kvm_pvm it is known what dies")
@pytest.mark.parametrize("topic", ["restart/cmpxchg16b/long64/cpl0", "interrupt/software-vectors/pm32/cpl0"])
def test_a_death_leaves_nothing_behind(topic: str, tmp_path: Path) -> None:
    """Records behind cases that ended the guest are those of the same cases each in a boot of its own: what the runner
    itself has written to the guest's memory is put back as well."""
    _, outcomes = run([f"{topic}*"], tmp_path)
    kinds = list(outcomes.items())
    behind = [
        case
        for (_, before), (case, outcome) in zip(kinds, kinds[1:])
        if before.kind is not Kind.RECORD and outcome.kind is Kind.RECORD
    ]
    assert behind
    for number, case in enumerate(behind[:6]):
        _, alone = run([case], tmp_path / str(number))
        record, other = outcomes[case].record, alone[case].record
        assert record is not None and other is not None and record.same_state(other)


@needs_kvm
@pytest.mark.skipif(not os.path.exists("/sys/module/kvm_pvm"), reason="only kvm_pvm is known to lack INT n")
def test_a_missing_class_is_no_crash(tmp_path: Path) -> None:
    """INT n at CPL 0 ends a guest of kvm_pvm: a tiny guest shows that all of it is missing, so the cases are SKIP."""
    result, outcomes = run(["interrupt/software-vectors/long64/cpl0*"], tmp_path)
    skipped = {o.reason for o in outcomes.values() if o.kind is Kind.SKIP}
    assert "unemulated: INT n in 64-bit mode at CPL 0" in skipped
    assert not any(o.kind is Kind.EMULATOR_ERROR for o in outcomes.values())
    assert result.boots == 1


@needs_kvm
@pytest.mark.skipif(
    not os.path.exists("/sys/module/kvm_pvm"), reason="only kvm_pvm is known to lack call gates"
)
@pytest.mark.parametrize("case", ["gate/gate-checks/pm32/cpl0*", "gate/gate-target/pm16/cpl0*"])
def test_far_transfers_through_gates_are_a_class(case: str, tmp_path: Path) -> None:
    """The pointer behind a register, and 16-bit code, whose far pointer is shorter."""
    _, outcomes = run([case], tmp_path)
    skipped = {o.reason for o in outcomes.values() if o.kind is Kind.SKIP}
    assert any("far CALL to a system descriptor" in reason for reason in skipped)
    assert not any(o.kind is Kind.EMULATOR_ERROR for o in outcomes.values())


@needs_kvm
def test_the_sanitizer_build_says_the_same(tmp_path: Path) -> None:
    subprocess.run(["make", "-s", "-C", str(ROOT / "runners" / "kvm"), "VARIANT=asan"], check=True)
    binary = ROOT / "build" / "kvm" / "asan" / "kvm-runner"
    filters = ["interrupt/software-vectors/long64/*", "syscall/syscall-star-rpl/*"]
    probe = subprocess.run([binary, "probe"], capture_output=True, text=True, check=True)
    assert json.loads(probe.stdout)["available"] and not probe.stderr
    # AddressSanitizer maps terabytes: no limit on the address space, so no harness here.
    (image,) = build(catalog.load().select(filters), assembler := Assembler())
    streams: list[bytes] = []
    for program in (BINARY, binary):
        path, stream = tmp_path / "image", tmp_path / f"stream-{len(streams)}"
        Bootable(image, assembler).write(
            path, format="rom", channel="ram", start=0, count=len(image), careful=False, skip=()
        )
        command = [str(program), "boot", "--image", str(path), "--stream", str(stream)]
        done = subprocess.run([*command, "--opt", f"cpu={host_profile()}"], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (40, "")
        streams.append(stream.read_bytes())
    ledgers = [Ledger(), Ledger()]
    for ledger, data in zip(ledgers, streams):
        ledger.begin_stream()
        ledger.feed(data)
        ledger.end_stream()
        assert not ledger.losses and ledger.bye is not None
    assert ledgers[0].ended.keys() == ledgers[1].ended.keys()
    assert ledgers[0].finals.keys() == ledgers[1].finals.keys()
    for key, record in ledgers[0].finals.items():
        assert record.same_state(ledgers[1].finals[key])


def test_the_kit_is_where_the_runner_helps_it() -> None:
    """Ports and header flags stand in the kit's and in the runner's sources; they must not part."""
    header = (ROOT / "runners" / "kvm" / "src" / "runner.h").read_text(encoding="utf-8")
    kit = "".join(path.read_text(encoding="utf-8") for path in sorted(paths.KIT.glob("*.inc")))
    for name, port in (
        ("RESUME_PORT", "0xf6"),
        ("SCAN_PORT", "0xf7"),
        ("CRC_PORT", "0xf8"),
        ("DELTA_PORT", "0xf9"),
    ):
        assert any(
            line.split()[1:] == [name, port] for line in header.splitlines() if line.startswith("#define")
        )
        assert any(line.split()[:3] == [name, "equ", port] for line in kit.splitlines())
