# SPDX-License-Identifier: BSD-2-Clause
"""The v86 runner: its answers anywhere, and where v86 was fetched, boots, ends and a case it dies of."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
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
from harness.supervise import Unit, UnitResult, run_units
from harness.tests.outcome import same_outcome

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
    assert probe("--opt", "resume=maybe")["reason"] == "resume is on or off, not maybe"


def test_the_lock_file_names_one_version_and_no_registry() -> None:
    wanted = json.loads((RUNNER / "package.json").read_text())["dependencies"]
    lock = json.loads((RUNNER / "package-lock.json").read_text())["packages"]
    assert wanted == {"v86": lock["node_modules/v86"]["version"]} == lock[""]["dependencies"]
    assert lock["node_modules/v86"]["integrity"].startswith("sha512-")
    assert not any("resolved" in package for package in lock.values())


def run(v86: Backend, *cases: str) -> tuple[UnitResult, dict[str, Outcome]]:
    """What became of each case; the harness boots as in a run."""
    (image,) = build(catalog.load().select(cases), assembler := Assembler())
    (result,) = run_units([Unit(v86, Bootable(image, assembler))], 1)
    assert not result.problem
    by_key = {(p.body.key, i): p.body.case(i).id for p in image.parts for i in p.indexes}
    return result, {by_key[key]: outcome for key, outcome in result.outcomes.items()}


def outcomes(v86: Backend, *cases: str) -> dict[str, Outcome]:
    return run(v86, *cases)[1]


def without_resuming(v86: Backend) -> Backend:
    return replace(v86, options=(*v86.options, ("resume", "off")))


def call(v86: Backend, tmp_path: Path, channel: str = "ram", *cases: str, count: int = 1) -> list[str]:
    """The command line of a boot; its stream is tmp_path/stream."""
    (image,) = build(catalog.load().select(cases or [ALIVE]), assembler := Assembler())
    path, scratch = tmp_path / "rom", tmp_path / "scratch"
    more = {"start": 0, "count": count, "careful": False, "skip": ()}
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


# Cases that v86 dies of among others that it lives through, and one that never ends.
DEADLY_TOPICS = [
    "gate/gate-checks/pm32/cpl0/*",
    "iret/cs-checks/pm32/cpl0/insn=iretd,*rpl=3",
    "vm86/entry-iret/pm32/*",
    "task/before-commit/pm32/cpl0/how=jmp_gate,tss_type=0x05,present=1,tss_dpl=0,tss_limit=0x67",
]


def test_what_is_put_back_says_what_boots_of_their_own_say(v86: Backend) -> None:
    """Records, endings and their reasons; behind a death nothing of it is left."""
    resumed, with_it = run(v86, *DEADLY_TOPICS)
    booted, without = run(without_resuming(v86), *DEADLY_TOPICS)
    deaths = [case for case, outcome in without.items() if outcome.kind not in (Kind.RECORD, Kind.SKIP)]
    records = [case for case, outcome in without.items() if outcome.kind is Kind.RECORD]
    assert len(deaths) >= 8 and len(records) > 50
    assert [case for case in without if not same_outcome(with_it[case], without[case])] == []
    assert resumed.boots == 1 and booted.boots > len(deaths)
    assert {ended.code for ended in resumed.ledger.ended.values()} == {42, 43}
    assert len(resumed.ledger.ended) == len(deaths) and not booted.ledger.ended
    assert not resumed.ledger.losses


# In real mode: OUT to the port of resume points, for ever.
OUT_FOR_EVER = bytes.fromhex("e6f6ebfc")
# A guest's memory, registers, interrupt controller and devices as they were, as they became, and as they were put back.
PUT_BACK = """
const [runner, folder, rom] = process.argv.slice(1);
const { Machine } = await import(runner + "/machine.mjs");
const { Snapshot } = await import(runner + "/snapshot.mjs");
const machine = await Machine.make(folder, (await import("node:fs")).readFileSync(rom));
const { cpu } = machine, { devices, io } = cpu;
const interrupts = () => new Uint8Array(machine.wasm.memory.buffer, machine.wasm.get_pic_addr_master(), 1);
const look = () => ({
    low: machine.memory(0x1000, 1)[0], hole: machine.memory(0x1000000, 1)[0], high: machine.memory(0x1f00000, 1)[0],
    eax: cpu.reg32[0], cr3: cpu.cr[3], code: machine.table.get(1024) === null, mask: interrupts()[0],
    cmos: devices.rtc.cmos_index, timer: devices.pit.counter_reload[0], serial: devices.uart0.line_control,
});
const set = value => {
    for (const at of [0x1000, 0x1000000, 0x1f00000]) machine.memory(at, 1)[0] = value;
    cpu.reg32[0] = cpu.cr[3] = value;
    machine.table.set(1024, value === 1 ? null : machine.table.get(1));
    interrupts()[0] = value;
    io.port_write8(0x70, value);
    for (const [port, byte] of [[0x43, 0x34], [0x40, value], [0x40, 0], [0x3fb, value]]) io.port_write8(port, byte);
};
set(1);
const snapshot = new Snapshot(machine, 0x1000000, 0x1f00000), was = look();
set(2);
const became = look();
const late = machine.compiler();
snapshot.restore();
late.wm.wasm_table.set(1024, machine.table.get(1));
const back = look();
// What leaves the guest by an exception leaves its stack behind.
io.register_write(0xf6, {}, () => { throw new Error("left"); });
const stack = () => machine.wasm.ringdiff_stack_pointer.value - machine.stackTop, stacks = [];
for (let n = 0; n < 3; n++) {
    try { cpu.main_loop(); } catch { stacks.push(stack()); machine.unwind(); stacks.push(stack()); }
}
process.stdout.write(JSON.stringify({ was, became, back, stacks }), () => process.exit());
"""


def test_all_of_a_guest_is_put_back(v86: Backend, tmp_path: Path) -> None:
    rom = bytearray(b"\xff" * 0x10000)
    rom[: len(OUT_FOR_EVER)] = OUT_FOR_EVER
    rom[0xFFF0:0xFFF5] = b"\xea\0\0\0\xf0"  # JMP F000:0000
    (tmp_path / "rom").write_bytes(rom)
    folder = v86.binary or os.environ.get("RINGDIFF_VERSIONS", "") or RUNNER.parents[1] / "build" / "versions"
    command = ["node", "--input-type=module", "-e", PUT_BACK]
    command += [str(RUNNER), str(folder if v86.binary else Path(folder) / "v86@npm"), str(tmp_path / "rom")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    said = json.loads(done.stdout)
    assert [what for what in said["was"] if said["became"][what] == said["was"][what]] == []
    assert said["back"] == {**said["was"], "hole": said["became"]["hole"]}
    left, unwound = said["stacks"][::2], said["stacks"][1::2]
    assert len(left) == 3 and all(depth < 0 for depth in left) and unwound == [0, 0, 0]


def test_memory_does_not_grow_with_deaths(v86: Backend, tmp_path: Path) -> None:
    """One death and hundreds; for each the guest is put back twice."""
    most: list[int] = []
    for number, cases in enumerate([[DEADLY], ["segment/lldt-checks/pm32*", "iret/cs-checks/pm32/cpl0/*"]]):
        folder = tmp_path / str(number)
        folder.mkdir()
        argv = call(v86, folder, "ram", *cases, count=0xFFFFFFFF)
        process = subprocess.Popen(argv)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 40
        ledger = read_stream((folder / "stream").read_bytes())
        assert ledger.complete and len(ledger.ended) >= (1, 100)[number]
        most.append(usage.ru_maxrss)
    assert most[1] < most[0] + (100 << 10)  # KiB


def test_it_says_why_it_died(v86: Backend, tmp_path: Path) -> None:
    argv = call(without_resuming(v86), tmp_path, "ram", DEADLY)
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60)
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
