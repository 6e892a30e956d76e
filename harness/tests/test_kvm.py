# SPDX-License-Identifier: BSD-2-Clause
"""The KVM runner: its answers anywhere, and where /dev/kvm is, boots, resumes and classes."""

from __future__ import annotations

import json
import os
import re
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
from harness.tests.outcome import same_outcome
from harness.tests.kit_values import kit_values

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


def run(filters: list[str], tmp_path: Path, spec: str = "kvm") -> tuple[UnitResult, dict[str, Outcome]]:
    """The cases of one home on KVM with this host's vendor, by case id."""
    one = probed(spec, host_profile())
    assert one.probe.available, one.probe.reason
    selected = catalog.load().select(filters)
    (image,) = build(selected, assembler := Assembler(), witness=one.witness)
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


def prefix_parameter() -> int:
    """What the module was told of the forced-emulation prefix; 0 where it knows none."""
    path = Path("/sys/module/kvm/parameters/force_emulation_prefix")
    return int(path.read_text(encoding="ascii")) if path.exists() else 0


takes_no_prefix = pytest.mark.skipif(prefix_parameter() != 0, reason="this KVM takes the prefix")


@needs_kvm
def test_the_prefix_is_there_where_the_module_has_it() -> None:
    one = probed("kvm,fep", host_profile())
    if prefix_parameter() == 0:
        assert not one.probe.available and "force_emulation_prefix is 0" in one.probe.reason
        return
    assert one.probe.available, one.probe.reason
    assert "forced emulation" in one.probe.version and "forced emulation" in one.probe.detail


@needs_kvm
def test_windows_under_forced_emulation_are_a_family_of_their_own() -> None:
    """Neither the known issues nor the voice of what runs them otherwise."""
    one, plain = probed("kvm,fep=unasked", host_profile()), probed("kvm", host_profile())
    assert one.family == f"{plain.family}-fep" and one.version == f"{plain.version}, forced emulation"
    assert probed("kvm,fep=nops", host_profile()).family == plain.family


@needs_kvm
@takes_no_prefix
def test_the_machine_itself_is_asked() -> None:
    """A guest shows in which modes an instruction behind the prefix is run; behind five NOPs it is in all."""
    detail = probed("kvm,fep=unasked", host_profile()).probe.detail
    assert "but not here: no instruction is run" in detail
    detail = probed("kvm,fep=nops", host_profile()).probe.detail
    assert "windows begin behind five NOPs" in detail and "not here" not in detail


# Topics and modes that no KVM lacks; deaths, missing classes, code that rewrites itself, fault scripts, IRQs.
PREFIXED = {
    32: [
        "string/rep-index-wrap/*/cpl*/insn=lods,unit=b*",
        "segment/base/*",
        "io/privilege/*/cpl3/opcode=0xec*",
        "code/store-ahead/*distance=block*",
        "code/same-bytes/*",
        "interrupt/double-fault/pm32/*",
        "interrupt/software-vectors/pm32/cpl0*vector=3",
        "interrupt/external-masked/*",
        "iret/flags/*iopl=0,old_if=0*",
        "gate/gate-checks/pm*rpl=0,present=1",
        "task/before-commit/pm32/*how=jmp_tss,tss_type=0x09,present=1*",
        "vm86/entry-iret/pm32/*",
        "restart/rewritten-instruction/*",
    ],
    64: [
        "string/rep-index-wrap/compat16/*insn=lods,unit=b*",
        "segment/base/*",
        "io/privilege/*/cpl3/opcode=0xec*",
        "code/store-ahead/*distance=block*",
        "code/same-bytes/*",
        "interrupt/double-fault/long64/*",
        "interrupt/software-vectors/long64/cpl0*vector=3",
        "interrupt/external-masked/*",
        "iret/flags/long64/cpl0/*iopl=0,old_if=0*",
        "syscall/syscall-star-rpl/*",
        "restart/accessed-dirty/long64/*",
        "restart/movs-six-pages/long64/*insn=movsw*",
    ],
}


def of_home(filters: list[str], home: int) -> list[str]:
    """The ids of the cases in this home's modes, but those that some KVM cannot page."""
    return [
        case.id
        for case in catalog.load().select(filters)
        if case.body.home == home and case.body.mode not in ("pm32-p32", "pm32-pae")
    ]


@needs_kvm
@pytest.mark.parametrize("home", PREFIXED)
@pytest.mark.parametrize("hidden", ["", ",hidden=1"])
def test_what_lies_before_a_window_changes_nothing(home: int, hidden: str, tmp_path: Path) -> None:
    """Five NOPs in the prefix's place: the launch is moved to them, and all that was moved is back when anything is
    compared. Skipped is only what has no page there, and of the others nothing is lost."""
    cases = of_home(PREFIXED[home], home)
    if hidden:
        cases = cases[::7]
    plain_result, plain = run(cases, tmp_path / "plain", f"kvm{hidden}")
    result, prefixed = run(cases, tmp_path / "prefixed", f"kvm,fep=nops{hidden}")
    roomless = {case for case, o in prefixed.items() if o.reason.startswith("no room for the forced-emul")}
    assert all(case.startswith("restart/movs-six-pages/") for case in roomless)
    assert bool(roomless) == (home == 64)
    differ = [
        case for case in cases if case not in roomless and not same_outcome(plain[case], prefixed[case])
    ]
    assert not differ
    assert sum(o.kind is Kind.RECORD for o in prefixed.values()) > (250 if not hidden else 30)
    assert not result.ledger.losses and result.boots == plain_result.boots
    assert {key: data for key, data in plain_result.ledger.hidden.items() if key in result.ledger.hidden} == (
        result.ledger.hidden
    )
    assert bool(hidden) == bool(result.ledger.hidden)


@needs_kvm
@takes_no_prefix
@pytest.mark.parametrize("home", PREFIXED)
def test_a_prefix_that_is_not_taken_is_no_result(home: int, tmp_path: Path) -> None:
    """The prefix's own bytes where KVM knows none: #UD in each window before its first instruction. No case may have a
    record then; where KVM loses the frame (16-bit protected mode, which kvm_pvm gets wrong) that cannot always be told.
    """
    cases = [case for case in of_home(PREFIXED[home], home) if "/pm16/" not in case][::4]
    result, outcomes = run(cases, tmp_path, "kvm,fep=unasked")
    assert {o.kind for o in outcomes.values()} == {Kind.SKIP}
    at_prefix = [o for o in outcomes.values() if "at the forced-emulation prefix" in o.reason]
    undefined = [o for o in outcomes.values() if "prefix was #UD" in o.reason]
    assert len(undefined) > 50 and len(undefined) + len(at_prefix) > len(cases) * 3 // 4
    assert not result.ledger.losses and result.boots == 1


@needs_kvm
def test_the_prefix_needs_the_ram_channel(tmp_path: Path) -> None:
    (image,) = build(catalog.load().select(["segment/base/pm32/cpl0/*"]), assembler := Assembler())
    path = tmp_path / "image"
    Bootable(image, assembler).write(
        path, format="rom", channel="e9", start=0, count=len(image), careful=False, skip=()
    )
    command = [str(BINARY), "boot", "--image", str(path), "--stream", str(tmp_path / "stream")]
    options = ["--opt", f"cpu={host_profile()}", "--opt", "fep=nops"]
    done = subprocess.run([*command, *options], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (44, "fep needs the RAM channel\n")


@pytest.mark.parametrize("home", [32, 64])
def test_what_the_runner_moves_is_where_the_kit_has_it(home: int, tmp_path: Path) -> None:
    source = (ROOT / "runners" / "kvm" / "src" / "prefix.c").read_text(encoding="utf-8")
    defined = {name: int(text, 0) for name, text in re.findall(r"#define (\w+) +(\w+?)u?\n", source)}
    names = {
        **{name: f"{name} - KBASE" for name in ("KIT_LAUNCH", "S_LAUNCH", "S_FINAL")},
        **{name: name for name in ("ARENA", "PT_1", "CODE", "FAULT_MAX")},
        **{
            "LB_RIP": "LB_rip - KBASE",
            "FAULT_LOG": "fault_log - KBASE",
            "CODE_SIZE": "CODE_SIZE + CODE2_SIZE",
        },
        **{
            f"STATE_{name.upper()}": f"S_{name} / WORD_SIZE"
            for name in ("rip", "cr0", "cr4", "vector", "nfault", "frame")
        },
    }
    assert {name: defined[name] for name in names} == kit_values(home, names, tmp_path)


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
@pytest.mark.parametrize("prefix", [[], ["--opt", "fep=nops"]])
def test_the_sanitizer_build_says_the_same(prefix: list[str], tmp_path: Path) -> None:
    subprocess.run(["make", "-s", "-C", str(ROOT / "runners" / "kvm"), "VARIANT=asan"], check=True)
    binary = ROOT / "build" / "kvm" / "asan" / "kvm-runner"
    filters = ["interrupt/software-vectors/long64/*", "syscall/syscall-star-rpl/*"]
    if prefix:
        filters.append("restart/movs-six-pages/long64/*insn=movsw*")
    probe = subprocess.run([binary, "probe", *prefix], capture_output=True, text=True, check=True)
    assert json.loads(probe.stdout)["available"] and not probe.stderr
    # AddressSanitizer maps terabytes: no limit on the address space, so no harness here.
    (image,) = build(catalog.load().select(filters), assembler := Assembler())
    streams: list[bytes] = []
    for program in (BINARY, binary):
        path, stream = tmp_path / "image", tmp_path / f"stream-{len(streams)}"
        Bootable(image, assembler).write(
            path, format="rom", channel="ram", start=0, count=len(image), careful=False, skip=()
        )
        command = [str(program), "boot", "--image", str(path), "--stream", str(stream), *prefix]
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
