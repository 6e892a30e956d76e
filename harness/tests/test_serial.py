# SPDX-License-Identifier: BSD-2-Clause
"""The hardware runner on a pair of pseudo-terminals: emulators play the machine, a proxy plays a bad line."""

from __future__ import annotations

import json
import os
import pty
import random
import select
import signal
import subprocess
import threading
import time
import tty
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from harness import paths, record

LAUNCHER = str(paths.ROOT / "ringdiff")
REFCORE = str(paths.ROOT / "build/bin/refcore")
# Both homes, few cases; one home, some batches; cases that end in shutdown.
SMALL = ("iret/eip-limit", "iret/rip-canonical", "iret/nested-task")
ONE_IMAGE = ("iret/flags/pm32/cpl0/*",)
SHUTDOWN = ("restart/interrupt-stack-absent",)
TIMEOUT_S = 90

Mangle = Callable[[bytes], bytes]


def unchanged(data: bytes) -> bytes:
    return data


class Cable:
    """A machine's serial line (`machine`) and the host's (`device`), with what happens to the bytes between them."""

    def __init__(self) -> None:
        self._machine, machine_end = pty.openpty()
        self._host, host_end = pty.openpty()
        # Both ends stay open here, as a line is there whether or not somebody listens.
        self._open = [self._machine, self._host, machine_end, host_end]
        for end in (machine_end, host_end):
            tty.setraw(end)
        self.machine, self.device = os.ttyname(machine_end), os.ttyname(host_end)
        self.to_host: Mangle = unchanged
        self.to_machine: Mangle = unchanged
        self.carried = 0
        self._closing = False
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    def _carry(self) -> None:
        pair = (self._machine, self._host)
        for end in pair:
            os.set_blocking(end, False)
        while not self._closing:
            for end in select.select(pair, [], [], 0.1)[0]:
                data = os.read(end, 1024)
                if end == self._machine:
                    self.carried += len(data)
                    self._put(self._host, self.to_host(data))
                else:
                    self._put(self._machine, self.to_machine(data))

    def _put(self, end: int, data: bytes) -> None:
        # A line waits for nobody: what nobody reads is lost, but a reader that is only slow gets its time.
        patience = time.monotonic() + 0.3
        while data and not self._closing and time.monotonic() < patience:
            if select.select([], [end], [], 0.05)[1]:
                data = data[os.write(end, data) :]

    def unplug(self) -> None:
        """Both devices are gone."""
        self._closing = True
        self._thread.join(5)
        while self._open:
            os.close(self._open.pop())

    close = unplug


class Operator:
    """Somebody who does what ringdiff says: boots the newest image of the run whenever the machine is off."""

    def __init__(self, folder: Path, command: Callable[[Path], list[str]]) -> None:
        self._folder = folder
        self._command = command
        self.machine: subprocess.Popen[bytes] | None = None
        self.boots = 0

    def image(self) -> Path | None:
        found = sorted(self._folder.glob("journal/*.iso"), key=lambda path: path.stat().st_mtime_ns)
        return found[-1] if found else None

    def attend(self) -> None:
        if self.machine is not None and self.machine.poll() is None:
            return
        image = self.image()
        if image is not None:
            null = subprocess.DEVNULL
            self.machine = subprocess.Popen(self._command(image), stdin=null, stdout=null, stderr=null)
            self.boots += 1

    def power_off(self) -> None:
        if self.machine is not None and self.machine.poll() is None:
            self.machine.kill()
            self.machine.wait()


def ringdiff(out: Path, spec: str, *more: str) -> list[str]:
    return [LAUNCHER, "run", "-q", "-j", "1", "-b", spec, "--out", str(out), *more]


def records(out: Path) -> dict[str, list[record.Frame]]:
    """By image; without HELLO, which tells the number of boots by nothing but itself."""
    found = {}
    for path in out.glob("records/*.stream"):
        frames = record.StreamReader().feed(path.read_bytes())
        found[path.name.partition("-")[2]] = [
            frame for frame in frames if not isinstance(frame, record.Hello)
        ]
    return found


def verdicts(out: Path) -> dict[str, str]:
    rows = [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]
    return {row["case"]: row["verdict"] for row in rows}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("expected") / "run"
    subprocess.run(ringdiff(out, "refcore", *SMALL), check=True, stdout=subprocess.DEVNULL)
    return out


@pytest.fixture(scope="module")
def one_image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("one") / "run"
    subprocess.run(ringdiff(out, "refcore", *ONE_IMAGE), check=True, stdout=subprocess.DEVNULL)
    return out


@pytest.fixture
def cable() -> Iterator[Cable]:
    made = Cable()
    yield made
    made.close()


def refcore(cable: Cable) -> Callable[[Path], list[str]]:
    options = ["--memory", "32", "--debugcon", "/dev/null", "--serial", cable.machine]
    return lambda image: [REFCORE, "--disk", str(image), *options]


def run(
    cable: Cable,
    operator: Operator,
    out: Path,
    *more: str,
    watch: Callable[[subprocess.Popen[str]], None] = lambda process: None,
    silence: int = 2,
    device: str = "",
) -> tuple[int, str]:
    """A whole run with somebody at the machine; its status and what it said to that person."""
    command = ringdiff(out, f"hardware:{device or cable.device},silence={silence}", *more)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + TIMEOUT_S
    try:
        while process.poll() is None and time.monotonic() < deadline:
            operator.attend()
            watch(process)
            time.sleep(0.05)
        assert process.poll() is not None, "the run does not end"
    finally:
        operator.power_off()
        if process.poll() is None:
            process.kill()
        said = process.communicate()[1]
    return process.returncode, said


def test_a_clean_line(cable: Cable, expected: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    status, said = run(cable, Operator(out, refcore(cable)), out, *SMALL)
    assert status == 0, said
    assert records(out) == records(expected) and records(out)
    assert verdicts(out) == verdicts(expected)
    about = json.loads((out / "run.json").read_text())["backends"][0]
    assert about["version"] == "GenuineIntel 6/8f/8"
    assert about["bytes_skipped"] == about["frames_lost"] == 0
    assert "cases have arrived" in said


def test_noise_and_flipped_bits_are_told_and_made_good(cable: Cable, one_image: Path, tmp_path: Path) -> None:
    chance = random.Random(16550)
    carried = begun = asked = 0
    # The first baseline; then, when the range has begun anew, a record or what is near it, and noise near another.
    hits = {"baseline": 3_000, "flip": 120, "noise": 134}

    def disturb(data: bytes) -> bytes:
        nonlocal carried, begun
        carried += len(data)
        begun += data.count(record.SYNC + bytes([record.FrameType.RECORD]))
        due = [name for name, at in hits.items() if (carried if name == "baseline" else begun) >= at]
        if not due:
            return data
        del hits[due[0]]
        at = chance.randrange(len(data))
        if due[0] == "noise":
            return data[:at] + chance.randbytes(40) + data[at:]
        return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]

    def disturb_first_request(data: bytes) -> bytes:
        nonlocal asked
        asked += 1
        return data[:20] + bytes([data[20] ^ 4]) + data[21:] if asked == 1 and len(data) > 20 else data

    cable.to_host, cable.to_machine = disturb, disturb_first_request
    out = tmp_path / "run"
    status, said = run(cable, Operator(out, refcore(cable)), out, *ONE_IMAGE)
    assert status == 0, said
    assert not hits and asked > 1
    assert records(out) == records(one_image)
    about = json.loads((out / "run.json").read_text())["backends"][0]
    assert about["bytes_skipped"] > 0 and about["frames_lost"] > 0
    assert "lost on the line" in said and "damaged on the line; asking for it again" in said


def test_a_cut_line_and_a_machine_switched_off(cable: Cable, one_image: Path, tmp_path: Path) -> None:
    """In mid-run nothing comes any more; somebody mends the cable and boots the machine again."""
    out = tmp_path / "run"
    operator = Operator(out, refcore(cable))
    left = 15_000

    def cut(data: bytes) -> bytes:
        nonlocal left
        left -= len(data)
        if left < 0:
            operator.power_off()
            cable.to_host = unchanged
            return b""
        return data

    cable.to_host = cut
    status, said = run(cable, operator, out, *ONE_IMAGE)
    assert status == 0, said
    assert left < 0 and operator.boots > 1
    assert records(out) == records(one_image)
    assert "the machine was reset" in said or "nothing came over the line" in said


def test_a_line_that_goes_and_comes_back(cable: Cable, one_image: Path, tmp_path: Path) -> None:
    """As when a USB adapter is pulled out and put back: the same name, another device."""
    out, device = tmp_path / "run", tmp_path / "line"
    cables = [cable]
    device.symlink_to(cable.device)
    operator = Operator(out, lambda image: refcore(cables[-1])(image))

    def pull(process: subprocess.Popen[str]) -> None:
        if len(cables) == 1 and cable.carried > 15_000:
            cables.append(Cable())
            operator.power_off()
            cable.unplug()
            device.unlink()
            device.symlink_to(cables[1].device)

    cable.to_host = at_115200
    try:
        status, said = run(cable, operator, out, *ONE_IMAGE, watch=pull, device=str(device))
    finally:
        for other in cables[1:]:
            other.close()
    assert status == 0, said
    assert f"{device} is gone" in said and "HANG" not in verdicts(out).values()
    assert records(out) == records(one_image)


def at_115200(data: bytes) -> bytes:
    time.sleep(len(data) / 11_520)
    return data


def test_an_interrupted_run_asks_only_for_the_rest(cable: Cable, one_image: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    operator = Operator(out, refcore(cable))
    interrupted = False

    def interrupt(process: subprocess.Popen[str]) -> None:
        nonlocal interrupted
        if cable.carried > 15_000 and not interrupted:
            interrupted = True
            process.send_signal(signal.SIGINT)

    cable.to_host = at_115200
    status, said = run(cable, operator, out, *ONE_IMAGE, watch=interrupt)
    assert status == 130, said
    (journal,) = out.glob("journal/*.stream")
    kept = record.StreamReader().feed(journal.read_bytes())
    assert any(isinstance(frame, record.Verified) for frame in kept)
    cable.to_host = unchanged
    status, said = run(cable, operator, out, *ONE_IMAGE, "--resume")
    assert status == 0, said
    assert "from ordinal" in said
    assert records(out) == records(one_image)


def qemu(cable: Cable) -> Callable[[Path], list[str]]:
    """A PC without a debug exit: after BYE it stays on and listens, and a triple fault boots it again."""
    options = [
        "-M",
        "isapc",
        "-cpu",
        "max,vendor=GenuineIntel",
        "-m",
        "32",
        "-nodefaults",
        "-display",
        "none",
    ]
    options += ["-device", "isa-vga,vgamem_mb=1", "-serial", cable.machine, "-boot", "c"]
    return lambda image: ["qemu-system-x86_64", *options, "-drive", f"file={image},format=raw,if=ide"]


def test_a_machine_that_stays_on_is_booted_once(cable: Cable, tmp_path: Path) -> None:
    out, plain = tmp_path / "run", tmp_path / "plain"
    subprocess.run(ringdiff(plain, "qemu", *SHUTDOWN), check=False, stdout=subprocess.DEVNULL)
    operator = Operator(out, qemu(cable))
    status, said = run(cable, operator, out, *SHUTDOWN, silence=10)
    assert status in (0, 10), said
    mine, theirs = verdicts(out), verdicts(plain)
    # What is known of QEMU is not known of a machine on a line.
    assert mine.keys() == theirs.keys() and "MISSING" not in mine.values() and "HANG" not in mine.values()
    assert {n: f for n, f in records(out).items()} == {n: f for n, f in records(plain).items()}
    homes = len(list(records(out)))
    assert operator.boots <= homes
    assert said.count("the machine was reset") >= 1


def test_a_machine_that_runs_already_is_stopped(cable: Cable, tmp_path: Path) -> None:
    """It was booted before anybody listened; its run of many cases ends at the next batch."""
    filters: Sequence[str] = ("iret/flags/pm32/*",)
    image = tmp_path / "early.iso"
    subprocess.run(
        [LAUNCHER, "image", *filters, "--channel", "uart", "--format", "iso", "-o", str(image)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    operator = Operator(tmp_path / "run", qemu(cable))
    listening = threading.Event()

    def drop(data: bytes) -> bytes:
        return at_115200(data) if listening.is_set() else at_115200(data)[:0]

    def listen(process: subprocess.Popen[str]) -> None:
        if time.monotonic() > begun + 1:
            listening.set()
            cable.to_host = unchanged

    cable.to_host = drop
    operator.machine = subprocess.Popen(qemu(cable)(image), stdin=subprocess.DEVNULL)
    deadline = time.monotonic() + 20
    while cable.carried < 10_000 and time.monotonic() < deadline:
        time.sleep(0.02)
    begun = time.monotonic()
    status, said = run(cable, operator, tmp_path / "run", *filters, watch=listen)
    assert status in (0, 10), said
    assert operator.boots == 0
    assert "asking it to stop" in said
    assert "MISSING" not in verdicts(tmp_path / "run").values()


def test_only_a_named_line_is_available() -> None:
    for spec, words in (("hardware", "name its serial line"), ("hardware:/dev/null", "no serial line")):
        done = subprocess.run([LAUNCHER, "backends", spec], capture_output=True, text=True, check=False)
        assert done.returncode == 4 and words in done.stdout
