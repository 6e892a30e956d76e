# SPDX-License-Identifier: BSD-2-Clause
"""Runs images on backends to the end, whatever happens, with limits on all that a guest or an emulator can waste.

A unit is one image (or a range of its ordinals) on one backend. Units run in parallel, one thread each, which only
waits and reads; what to boot next is the business of `harness.campaign`. Each boot's stream is appended to the unit's
journal, so that a killed run can go on.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .backend import Backend
from .campaign import TO_THE_END, Boot, Campaign, Ended, Ending, Outcome
from .errors import ExitCode, UserError
from .guardian import Session
from .journal import Journal
from .ledger import CaseKey, Ledger
from .record import Hello, StreamReader

BYE, SHUTDOWN, HANG, EMULATOR_ERROR, UNAVAILABLE, LOST = 40, 41, 42, 43, 44, 45
ENDINGS = {
    SHUTDOWN: Ending.SHUTDOWN,
    HANG: Ending.HANG,
    UNAVAILABLE: Ending.UNAVAILABLE,
    LOST: Ending.LOST,
}

# A boot whose stream grows beyond this is a flood: the RAM channel cannot exceed 15 MiB.
STREAM_LIMIT = 64 << 20
STREAM_LIMIT_PER_CASE = 64 << 10
FILE_LIMIT = 512 << 20
SCRATCH_LIMIT = 768 << 20
NOISE_LIMIT = 32 << 20
NOISE_KEPT = 4096
# A channel other than RAM has no buffer that fills: this many cases a boot bound what a death can cost.
CASES_PER_STREAMED_BOOT = 20_000
# Over a line of 11 KB/s, where another range costs no boot: what an interrupted run may have to do again.
CASES_PER_ATTENDED_BOOT = 2000
READ_SIZE = 1 << 20


class BootImage(Protocol):
    """What the supervisor needs of an image (harness.execution.Bootable)."""

    @property
    def name(self) -> str:
        ...

    @property
    def build_id(self) -> int:
        ...

    @property
    def cases(self) -> Sequence[CaseKey]:
        """(body key, raw index) by ordinal."""
        ...

    @property
    def shutdown_ordinals(self) -> frozenset[int]:
        """Ordinals of cases that declare `ends: shutdown`."""
        ...

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
        """Write the wrapped image with its header patched."""
        ...


@dataclass(frozen=True, slots=True)
class Unit:
    """Work for one thread. `journal` is the path stem of the files that make it resumable, or None."""

    backend: Backend
    image: BootImage
    start: int = 0
    count: int = TO_THE_END
    journal: Path | None = None
    careful: bool = False  # each case a batch of its own, the whole arena compared


@dataclass(frozen=True, slots=True)
class UnitResult:
    """`ledger` has layout, baselines, CPUID and losses; `outcomes` every case of the unit; `problem` one line or ""."""

    unit: Unit
    ledger: Ledger
    outcomes: dict[CaseKey, Outcome]
    boots: int
    problem: str


Progress = Callable[[Unit, int, int], None]  # unit, cases settled, cases in all; called from worker threads


class Interrupted(Exception):
    """The run was told to stop; inside worker threads only."""


def _tell_user(unit: Unit, line: str) -> None:
    """What the runner of an attended backend wants done; a progress line on the terminal gives way."""
    clear = "\r\x1b[K" if sys.stderr.isatty() else ""
    sys.stderr.write(f"{clear}ringdiff: {unit.backend.label}: {line}\n")
    sys.stderr.flush()


def _image_to_boot(session: Session, unit: Unit) -> Path:
    """Where a person finds the image of an attended unit for as long as the run lasts, and after it was killed."""
    folder = session.folder if unit.journal is None else unit.journal.parent
    return (folder / f"{unit.image.name}.{unit.backend.format}").absolute()


def _write_image(unit: Unit, boot: Boot, channel: str, path: Path) -> None:
    try:
        unit.image.write(
            path,
            format=unit.backend.format,
            channel=channel,
            start=boot.start,
            count=boot.count,
            careful=boot.careful,
            skip=boot.skip,
        )
    except OSError as error:
        raise UserError(f"cannot write image {path}: {error.strerror}", exit_code=ExitCode.SYSTEM) from None


class _Gate:
    """Lets a stream through once it has said HELLO as the image and the boot demand: a stale one gives no records."""

    def __init__(self, ledger: Ledger, build_id: int, start: int) -> None:
        self._ledger = ledger
        self._build_id = build_id
        self._start = start
        self._reader: StreamReader | None = StreamReader()
        self._held = bytearray()
        self.wrong = ""

    @property
    def open(self) -> bool:
        return self._reader is None

    def feed(self, data: bytes) -> None:
        if self.wrong:
            return
        if self._reader is None:
            self._pass(data)
            return
        self._held += data
        for frame in self._reader.feed(data):
            if isinstance(frame, Hello):
                self._judge(frame)
                break
        if not self.wrong and self._reader is None:
            self._pass(bytes(self._held))
            self._held.clear()

    def _judge(self, hello: Hello) -> None:
        if hello.build_id != self._build_id:
            self.wrong = f"the stream is of build {hello.build_id:08x}, the image of {self._build_id:08x}"
        elif hello.start != self._start:
            self.wrong = f"the stream starts at ordinal {hello.start}, the boot at {self._start}"
        else:
            self._reader = None

    def _pass(self, data: bytes) -> None:
        self._ledger.feed(data)
        hello = self._ledger.hello
        if hello is not None and hello.build_id != self._build_id:
            self._judge(hello)


class _Runner:
    """One boot: the runner process, its files, its limits."""

    def __init__(self, session: Session, unit: Unit, boot: Boot, stop: threading.Event, number: str) -> None:
        self._unit = unit
        self._boot = boot
        self._stop = stop
        self._session = session
        self.folder = session.folder / number
        self.stream = self.folder / "stream"
        self._noise = self.folder / "stderr"
        self._relayed = 0  # bytes of the runner's diagnostics that the user has seen
        self._scratch = self.folder / "scratch"

    def run(self, feed: Callable[[bytes], bool], stall_s: float) -> tuple[Ending, str]:
        """Boot and watch; `feed` gets the stream as it grows and returns False to end the boot."""
        backend, boot = self._unit.backend, self._boot
        channel = backend.careful_channel if boot.careful else backend.channel
        try:
            self._scratch.mkdir(parents=True)
            self.stream.touch()
            noise = open(self._noise, "wb")
        except OSError as error:
            raise UserError(
                f"cannot write in {self.folder}: {error.strerror}", exit_code=ExitCode.SYSTEM
            ) from None
        image = self.folder / "image"
        _write_image(self._unit, boot, channel, image)
        limits = [
            "prlimit",
            f"--as={backend.manifest.memory_mib << 20}",
            f"--fsize={FILE_LIMIT}",
            "--core=0",
            "--",
        ]
        call = ["--image", str(image), "--stream", str(self.stream), "--scratch", str(self._scratch)]
        if backend.manifest.attended:
            call += ["--boot-image", str(_image_to_boot(self._session, self._unit))]
        with noise:
            try:
                process = subprocess.Popen(
                    limits + backend.command("boot", *call),
                    stdin=subprocess.DEVNULL,
                    stdout=noise,
                    stderr=noise,
                    start_new_session=True,
                    env=self._session.environment(),
                    cwd=self.folder,
                )
            except OSError as error:
                raise UserError(f"cannot start a runner: {error}", exit_code=ExitCode.SYSTEM) from None
        watch = select.poll()
        handle = os.pidfd_open(process.pid)
        watch.register(handle, select.POLLIN)
        limit = STREAM_LIMIT + STREAM_LIMIT_PER_CASE * boot.count if channel != "ram" else STREAM_LIMIT
        verdict: tuple[Ending, str] | None = None
        try:
            with open(self.stream, "rb") as stream:
                verdict = self._follow(watch, stream.read, feed, stall_s, limit)
                # The group dies before its leader is reaped, so its number cannot have become another's.
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                if verdict is None:
                    while data := stream.read(READ_SIZE):
                        if not feed(data) or stream.tell() > limit:
                            break
        finally:
            os.close(handle)
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._relay()
        return verdict or self._judge(process.wait())

    def _relay(self) -> None:
        """Pass on the whole lines that the runner of an attended backend has written meanwhile."""
        if not self._unit.backend.manifest.attended:
            return
        with open(self._noise, "rb") as file:
            file.seek(self._relayed)
            said = file.read()
        whole = said[: said.rfind(b"\n") + 1]
        self._relayed += len(whole)
        for line in whole.decode("utf-8", "replace").splitlines():
            _tell_user(self._unit, line)

    def _follow(
        self,
        watch: select.poll,
        read: Callable[[int], bytes],
        feed: Callable[[bytes], bool],
        stall_s: float,
        limit: int,
    ) -> tuple[Ending, str] | None:
        """Until the process ends (None) or breaks a limit (what that makes it)."""
        last_byte = last_look = time.monotonic()
        total, pause_ms = 0, 2.0
        while not watch.poll(pause_ms):
            if self._stop.is_set():
                raise Interrupted
            now = time.monotonic()
            data = read(READ_SIZE)
            total += len(data)
            if data:
                last_byte = now
                if not feed(data):
                    return Ending.SHUTDOWN, "the guest was reset"
                if total > limit:
                    return Ending.HANG, f"the guest floods its output: more than {limit >> 20} MiB"
            elif now - last_byte > stall_s and not self._unit.backend.manifest.attended:
                return Ending.HANG, f"no output for {stall_s:g} s"
            if now - last_look > 0.5:
                last_look = now
                self._relay()
                waste = self._waste()
                if waste:
                    return Ending.EMULATOR_ERROR, waste
            pause_ms = 0 if len(data) == READ_SIZE else min(pause_ms * 1.2, 20.0)
        return None

    def _waste(self) -> str:
        try:
            if self._noise.stat().st_size > NOISE_LIMIT:
                return f"the runner floods its diagnostics: more than {NOISE_LIMIT >> 20} MiB"
            used = sum(e.stat(follow_symlinks=False).st_blocks * 512 for e in os.scandir(self._scratch))
        except OSError:
            return ""
        return (
            f"the runner fills the disk: more than {SCRATCH_LIMIT >> 20} MiB" if used > SCRATCH_LIMIT else ""
        )

    def _judge(self, status: int) -> tuple[Ending, str]:
        said = self.diagnostics()
        if status == BYE:
            return Ending.LOST, "the runner saw the guest finish, but the stream has no BYE"
        ending = ENDINGS.get(status, Ending.EMULATOR_ERROR)
        if ending is not Ending.EMULATOR_ERROR or status == EMULATOR_ERROR:
            return ending, said or f"the runner says {ending}"
        how = (
            f"was killed by signal {-status}"
            if status < 0
            else f"ended with status {status}, which is not its to use"
        )
        return ending, f"the runner {how}" + (f": {said}" if said else "")

    def diagnostics(self) -> str:
        """The last line that the runner wrote."""
        try:
            with open(self._noise, "rb") as file:
                file.seek(max(0, self._noise.stat().st_size - NOISE_KEPT))
                lines = file.read().decode("utf-8", "replace").split("\n")
        except OSError:
            return ""
        return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "")

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def _boot_once(
    session: Session,
    unit: Unit,
    campaign: Campaign,
    boot: Boot,
    stop: threading.Event,
    number: str,
    tell: Progress,
) -> tuple[Ended, bytes]:
    """One boot, its stream fed to the ledger; returns how it ended and the stream."""
    ledger = campaign.ledger
    ledger.begin_stream()
    resets = ledger.resets
    gate = _Gate(ledger, unit.image.build_id, boot.start)
    whole = bytearray()

    def feed(data: bytes) -> bool:
        whole.extend(data)
        gate.feed(data)
        tell(unit, campaign.settled, campaign.count)
        return ledger.resets == resets and not gate.wrong

    runner = _Runner(session, unit, boot, stop, number)
    try:
        ending, reason = runner.run(feed, campaign.patience(boot, unit.backend.manifest.stall_s))
    except Interrupted:
        if not unit.backend.manifest.attended:
            raise
        # Minutes of somebody's time are in this stream: it is kept, as that of a line that was cut.
        ending, reason = Ending.LOST, "the run was interrupted"
    finally:
        runner.remove()
    return close_stream(ledger, gate.open, gate.wrong, ending, reason, resets), bytes(whole)


def close_stream(ledger: Ledger, hello: bool, wrong: str, ending: Ending, reason: str, resets: int) -> Ended:
    """End the ledger's stream and tell how the boot ended: the stream knows better than the runner."""
    ledger.end_stream()
    if wrong:
        return Ended(Ending.WRONG_BUILD, wrong, hello=False)
    if ledger.resets > resets:
        return Ended(Ending.SHUTDOWN, "the guest was reset", in_flight=ledger.reset_in)
    if ledger.bye is not None:
        return Ended(Ending.BYE, reason, bye=ledger.bye)
    return Ended(ending, reason, hello=hello, in_flight=ledger.in_flight)


def run_unit(session: Session, unit: Unit, stop: threading.Event, name: str, tell: Progress) -> UnitResult:
    """All boots of one unit, after those that its journal already holds."""
    backend = unit.backend
    campaign = Campaign(
        cases=unit.image.cases,
        start=unit.start,
        count=unit.count,
        ends_in_shutdown=unit.image.shutdown_ordinals,
        volatile=backend.careful_channel != backend.channel,
        careful=unit.careful,
    )
    if backend.manifest.attended:
        path = _image_to_boot(session, unit)
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_image(unit, Boot(campaign.start, campaign.count, False), backend.channel, path)
    journal = None
    if unit.journal is not None:
        identity = {
            "build_id": unit.image.build_id,
            "start": campaign.start,
            "count": campaign.count,
            "backend": backend.label,
            "version": backend.version,
            "options": dict(backend.options),
        }
        journal = Journal(unit.journal, identity)
    try:
        if journal is not None:
            journal.replay(campaign, lambda data, boot: _regate(campaign.ledger, unit, boot, data))
        while (boot := campaign.next_boot()) is not None:
            channel = backend.careful_channel if boot.careful else backend.channel
            most = CASES_PER_ATTENDED_BOOT if backend.manifest.attended else CASES_PER_STREAMED_BOOT
            if channel not in ("ram", "bochs-ram") and boot.count > most:
                boot = Boot(boot.start, most, boot.careful, boot.skip)
            ended, stream = _boot_once(session, unit, campaign, boot, stop, f"{name}.{campaign.boots}", tell)
            campaign.take(boot, ended)
            if journal is not None:
                journal.append(boot, ended, stream)
            if stop.is_set():
                raise Interrupted
    finally:
        if journal is not None:
            journal.close()
    tell(unit, campaign.count, campaign.count)
    return UnitResult(unit, campaign.ledger, campaign.outcomes(), campaign.boots, campaign.abandoned)


def _regate(ledger: Ledger, unit: Unit, boot: Boot, data: bytes) -> None:
    _Gate(ledger, unit.image.build_id, boot.start).feed(data)


def run_units(units: Sequence[Unit], jobs: int, progress: Progress | None = None) -> list[UnitResult]:
    """Run all units, `jobs` at a time, and one on each machine that a person boots; results in the order of `units`.

    Ctrl-C and SIGTERM (as KeyboardInterrupt) end every emulator and remove every scratch file before they pass on. A
    UserError of any unit (disk full, ...) stops the run.
    """
    tell: Progress = progress or (lambda unit, done, total: None)
    stop = threading.Event()
    results: dict[int, UnitResult] = {}
    failures: list[BaseException] = []
    queues: dict[str, list[int]] = {}
    for number, unit in enumerate(units):
        queues.setdefault(unit.backend.binary if unit.backend.manifest.attended else "", []).append(number)
    lock = threading.Lock()

    def work(session: Session, queue: list[int]) -> None:
        while not stop.is_set():
            with lock:
                number = queue.pop(0) if queue else None
            if number is None:
                return
            try:
                results[number] = run_unit(session, units[number], stop, str(number), tell)
            except Interrupted:
                return
            except BaseException as failure:  # handed to the main thread, which alone may report it
                failures.append(failure)
                stop.set()
                return

    in_main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, _interrupt) if in_main else None
    try:
        with Session() as session:
            threads = [
                threading.Thread(target=work, args=(session, queue), daemon=True)
                for machine, queue in queues.items()
                for _ in range(1 if machine else min(jobs, len(queue)))
            ]
            try:
                for thread in threads:
                    thread.start()
                for thread in threads:
                    while thread.is_alive():
                        thread.join(0.2)
            finally:
                stop.set()
                for thread in threads:
                    if thread.ident is not None:
                        thread.join(10)
    finally:
        if in_main:
            signal.signal(signal.SIGTERM, before)
    if failures:
        raise failures[0]
    return [results[number] for number in range(len(units))]


def _interrupt(signum: int, frame: object) -> None:
    raise KeyboardInterrupt
