# SPDX-License-Identifier: BSD-2-Clause
"""In-process models leave the records of booting; those that lie, crash or hang are told from cases that fail."""

from __future__ import annotations

import functools
import json
import math
import random
import re
import struct
import subprocess
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from harness import catalog
from harness.assemble import Assembler
from harness.backend import discover, parse_spec, probe
from harness.errors import UserError
from harness.image import Image, build
from harness.ledger import Ledger, read_stream
from harness.selection import Selection, select
from harness.vectors import read as read_vectors
from harness.vectors import registers
from harness.tests.kit_values import kit_values
from harness.tests.test_hostile import hostile

ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / "build" / "bin"
HOST, REFCORE = BIN / "model-host", BIN / "model-refcore.so"
ASAN_HOST = ROOT / "build" / "model" / "asan" / "model-host"
BYE, UNAVAILABLE = 40, 44
CRASH, HANG, SKIP = 43, 42, 44
# One body of each mode, with cases that arrive by faults, traps and scripts.
FEW = ["iret/cs-checks/*/cpl0/*", "segment/lar/*/cpl0/*"]
DEVICES = "a device raises an interrupt or moves A20 in the window; models have none"


@functools.cache
def images(patterns: tuple[str, ...], witness: bool, shard: int = 1) -> tuple[Image, ...]:
    return tuple(build(chosen(patterns, shard), Assembler(), witness=witness))


@functools.cache
def chosen(patterns: tuple[str, ...], shard: int) -> Selection:
    selection = select(catalog.load(), list(patterns))
    return selection.shard(1, shard) if shard > 1 else selection


def write_rom(
    image: Image, path: Path, channel: str = "ram", start: int = 0, skip: Sequence[int] = ()
) -> Path:
    patched = image.patched(channel=channel, start=start, count=0xFFFFFFFF, skip=skip, careful=False)
    path.write_bytes(image.wrapped("rom", patched, Assembler()))
    bodies = {part.body.key: part.body.id for part in image.parts}
    Path(f"{path}.ids").write_text("".join(f"{key:08x} {name}\n" for key, name in bodies.items()))
    return path


def core(rom: Path, cpu: str) -> list[str | Path]:
    return [BIN / "refcore", "--rom", rom, "--memory", "32", "--cpu", cpu]


def take_vectors(image: Image, folder: Path, cpu: str = "intel-max") -> Path:
    path = folder / f"{image.build_id:08x}-{cpu}.vectors"
    if not path.exists():
        rom = write_rom(image, folder / f"{image.build_id:08x}.rom")
        subprocess.run([*core(rom, cpu), "--vectors", path], check=True, timeout=600)
    return path


class Host:
    """One call of the model host; its stream and what it says."""

    def __init__(self, vectors: Path, model: Path, folder: Path, settings: str = "", *more: str) -> None:
        stream = folder / "stream"
        stream.unlink(missing_ok=True)
        command: list[str | Path] = [HOST, "--vectors", vectors, "--model", model, "--stream", stream]
        command += ["--settings", settings, *more]
        ids = next(vectors.parent.glob(f"{vectors.name.split('-')[0]}.rom.ids"), None)
        command += ["--ids", ids] if ids else []
        done = subprocess.run(command, capture_output=True, timeout=900)
        self.code, self.text = done.returncode, done.stderr.decode("utf-8", "replace")
        self.ledger: Ledger = read_stream(stream.read_bytes() if stream.exists() else b"")


def boot_refcore(image: Image, folder: Path, cpu: str) -> Ledger:
    """The same cases, as an ordinary run of the reference core."""
    rom, stream = write_rom(image, folder / "plain.rom", "e9"), folder / "plain"
    subprocess.run([*core(rom, cpu), "--debugcon", stream], check=False, timeout=900)
    return read_stream(stream.read_bytes())


def test_a_skip_just_before_a_batch_that_is_retracted_stays(tmp_path: Path) -> None:
    for image in build(
        hostile("hostile/never-there", "hostile/stray-write-early"), Assembler(), witness=True
    ):
        host = Host(take_vectors(image, tmp_path), REFCORE, tmp_path)
        assert host.code == BYE, host.text


def assert_same(patterns: tuple[str, ...], shard: int, cpu: str, settings: str, folder: Path) -> int:
    """Models give what booting gives, case by case; returns the number of records compared."""
    compared = 0
    for plain, witness in zip(images(patterns, False, shard), images(patterns, True, shard)):
        booted = boot_refcore(plain, folder, cpu)
        host = Host(take_vectors(witness, folder, cpu), REFCORE, folder, settings)
        assert host.code == BYE, host.text
        assert not host.text and not host.ledger.notes
        assert host.ledger.layout == booted.layout
        assert host.ledger.skips.keys() >= booted.skips.keys()
        for mode, baseline in booted.baselines.items():
            assert host.ledger.baselines[mode].data == baseline.data
        for case, record in booted.finals.items():
            mine = host.ledger.finals.get(case)
            if mine is None:
                ended = host.ledger.ended[case]
                assert (ended.code, ended.reason) == (SKIP, DEVICES)
                continue
            assert (mine.launch_data, mine.final_data) == (record.launch_data, record.final_data), case
            assert mine.flags & ~1 == record.flags & ~1
            compared += 1
    return compared


class TestTheSameAsBooting:
    @pytest.mark.parametrize("settings", ["", "deliver=0", "deliver=0,hidden=0,marks=0"])
    @pytest.mark.parametrize("cpu", ["intel-max", "zen"])
    def test_a_sample(self, cpu: str, settings: str, tmp_path: Path) -> None:
        assert assert_same(("*",), 40, cpu, settings, tmp_path) > 1500

    @pytest.mark.slow
    @pytest.mark.parametrize("settings", ["", "deliver=0", "deliver=0,hidden=0,marks=0"])
    @pytest.mark.parametrize("cpu", ["intel-max", "zen"])
    def test_the_whole_suite(self, cpu: str, settings: str, tmp_path: Path) -> None:
        """A boot ends at the first case that shuts down; those come last."""
        assert assert_same(("*",), 1, cpu, settings, tmp_path) > 60000


def test_skipped_cases_survive_a_retracted_batch(tmp_path: Path) -> None:
    """A skip is final at once, but the frames of a batch that its damage takes back come behind it."""
    hostile = catalog.load(ROOT / "harness" / "tests" / "hostile", tmp_path / "catalog")
    names = ["hostile/missing-feature", "hostile/stray-write/*/n=5*"]  # of these, one writes astray
    for image in build(hostile.select(names), Assembler(), witness=True):
        entries = read_vectors(take_vectors(image, tmp_path, "zen")).entries
        skipped = {e.ordinal: e.skipped for e in entries if e.outcome == "skip"}
        assert skipped == {0: 10}
        assert {e.ordinal for e in entries if e.outcome == "record"} == set(range(10, 21))


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("toy") / "toy.so"
    source = ROOT / "harness" / "tests" / "models" / "toy.c"
    include = ROOT / "runners" / "model"
    flags = ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", f"-I{include}"]
    subprocess.run(["cc", *flags, "-o", path, source, "-ldl"], check=True)
    return path


@pytest.fixture(scope="module")
def vectors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of one image: 64-bit home."""
    return take_vectors(images(tuple(FEW), True)[-1], tmp_path_factory.mktemp("vectors"))


@pytest.fixture(scope="module")
def right(vectors: Path, tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    host = Host(vectors, REFCORE, tmp_path_factory.mktemp("right"))
    assert host.code == BYE
    return host.ledger


class TestModelsThatAreWrong:
    def run(self, what: str, toy: Path, vectors: Path, folder: Path, more: str = "", *options: str) -> Host:
        return Host(vectors, toy, folder, f"inner={REFCORE},do={what}{more}", *options)

    def test_a_wrong_result_is_a_difference_in_these_cases_alone(
        self, toy: Path, vectors: Path, right: Ledger, tmp_path: Path
    ) -> None:
        host = self.run("lar", toy, vectors, tmp_path)
        assert host.code == BYE and not host.ledger.ended
        different = {case for case, r in right.finals.items() if not r.same_state(host.ledger.finals[case])}
        assert different
        meant = {
            part.body.key
            for part in images(tuple(FEW), True)[-1].parts
            if part.body.id.startswith("segment/lar/")
        }
        assert {key for key, _ in different} <= meant

    @pytest.mark.parametrize(
        "what, code, reason",
        [
            ("segv", CRASH, "killed by signal 11"),
            ("kill", CRASH, "killed by signal 9"),
            ("exit", CRASH, "exited with status 0"),
            ("overrun", CRASH, "killed by signal"),
            ("error", CRASH, "the toy? says why"),
            ("lacks", SKIP, "the toy? says why"),
            ("decline", SKIP, "the toy? says why"),
            ("limit", HANG, "no end after"),
            ("garbage-end", CRASH, "ended with 99, which is no end"),
            ("garbage-event", CRASH, "claims to deliver events itself"),
            ("cpl", CRASH, "impossible: cpl is above 3"),
            ("flags", CRASH, "impossible: reserved bits of rflags"),
            ("garbage-state", CRASH, "impossible"),
            ("elsewhere", CRASH, "where the kit is not"),
        ],
    )
    def test_one_case_is_charged_and_all_others_are_as_they_should_be(
        self, what: str, code: int, reason: str, toy: Path, vectors: Path, right: Ledger, tmp_path: Path
    ) -> None:
        host = self.run(what, toy, vectors, tmp_path, ",at=cs-checks/long64,nth=5")
        assert host.code == BYE, host.text
        charged = set(host.ledger.ended)
        # a process that was started anew counts the cases anew
        assert charged and all(host.ledger.ended[case].code == code for case in charged)
        assert all(reason in host.ledger.ended[case].reason for case in charged)
        assert host.ledger.finals.keys() | charged == right.finals.keys()
        assert not host.ledger.losses.frames_lost
        for case, record in host.ledger.finals.items():
            assert record.same_state(right.finals[case])

    def test_a_hang_is_ended_and_charged(
        self, toy: Path, vectors: Path, right: Ledger, tmp_path: Path
    ) -> None:
        more = ",at=cs-checks/long64,nth=7"
        host = self.run("hang", toy, vectors, tmp_path, more, "--seconds", "0.1", "--count", "40")
        assert host.code == BYE
        assert host.ledger.ended
        assert {(e.code, e.reason) for e in host.ledger.ended.values()} == {(HANG, "no end after 0.1 s")}

    @pytest.mark.parametrize("what", ["garbage-event", "no-error-code"])
    def test_an_event_that_cannot_be(self, what: str, toy: Path, vectors: Path, tmp_path: Path) -> None:
        host = self.run(what, toy, vectors, tmp_path, ",deliver=0,at=cs-checks/long64")
        assert host.code == BYE and host.ledger.ended
        assert all(e.code == CRASH and "event is impossible" in e.reason for e in host.ledger.ended.values())

    def test_a_model_that_hands_over_what_it_claims_to_deliver(
        self, toy: Path, vectors: Path, right: Ledger, tmp_path: Path
    ) -> None:
        host = self.run("claim-delivery", toy, vectors, tmp_path, ",deliver=0")
        assert host.code == BYE and not host.ledger.finals
        assert {e.code for e in host.ledger.ended.values()} == {CRASH}
        assert len(host.ledger.ended) == len(right.finals)

    def test_what_is_not_claimed_is_a_skip_with_the_reason(
        self, toy: Path, vectors: Path, right: Ledger, tmp_path: Path
    ) -> None:
        host = self.run("claim-nothing", toy, vectors, tmp_path, ",deliver=0")
        assert host.code == BYE and len(host.ledger.ended) == len(right.finals)
        assert {e.reason for e in host.ledger.ended.values()} == {"the model does not translate pages"}

    def test_a_stray_write_outside_the_arena_is_noted_for_its_case(
        self, toy: Path, vectors: Path, right: Ledger, tmp_path: Path
    ) -> None:
        host = self.run("stray", toy, vectors, tmp_path, ",at=cs-checks/long64/cpl0/insn=iretq,nth=3")
        assert host.code == BYE and "physical 0x25000 is 0x5a" in host.text
        assert {note.code for note in host.ledger.notes} == {1}
        # others of its batch are not charged: once for each process that counts to three
        assert len(host.ledger.notes) <= 2
        for case, record in host.ledger.finals.items():
            assert record.same_state(right.finals[case])

    def test_a_stray_write_inside_the_arena_is_a_difference(
        self, toy: Path, vectors: Path, right: Ledger, tmp_path: Path
    ) -> None:
        host = self.run("stray-arena", toy, vectors, tmp_path, ",at=cs-checks/long64/cpl0/insn=iretq")
        assert host.code == BYE and not host.ledger.notes
        different = {case for case, r in right.finals.items() if not r.same_state(host.ledger.finals[case])}
        meant = {
            part.body.key
            for part in images(tuple(FEW), True)[-1].parts
            if "cs-checks/long64/cpl0/insn=iretq" in part.body.id
        }
        assert different and {key for key, _ in different} == meant

    @pytest.mark.parametrize("what", ["die-at-birth", "refuse"])
    def test_a_model_that_cannot_be_created(
        self, what: str, toy: Path, vectors: Path, tmp_path: Path
    ) -> None:
        host = self.run(what, toy, vectors, tmp_path)
        assert host.code in (UNAVAILABLE, CRASH) and not host.ledger.finals
        assert "the toy refuses" in host.text or "outside of any case" in host.text

    def test_what_a_model_prints_is_not_in_the_stream(
        self, toy: Path, vectors: Path, right: Ledger, tmp_path: Path
    ) -> None:
        host = self.run("chatter", toy, vectors, tmp_path)
        assert host.code == BYE and host.ledger.losses.bytes_skipped == 0
        assert host.ledger.finals.keys() == right.finals.keys()

    def test_a_model_that_closes_everything_loses_its_own_cases_only(
        self, toy: Path, vectors: Path, right: Ledger, tmp_path: Path
    ) -> None:
        host = self.run("close", toy, vectors, tmp_path, ",at=cs-checks/long64/cpl0/insn=iretq,nth=2")
        assert host.code in (BYE, CRASH)
        for case, record in host.ledger.finals.items():
            assert record.same_state(right.finals[case])


class TestRanges:
    def test_a_range_has_its_ordinals_and_no_others(
        self, vectors: Path, right: Ledger, tmp_path: Path
    ) -> None:
        host = Host(vectors, REFCORE, tmp_path, "", "--start", "40", "--count", "25", "--skip", "41")
        assert host.code == BYE and len(host.ledger.finals) == 24
        assert host.ledger.hello is not None and host.ledger.hello.start == 40
        for case, record in host.ledger.finals.items():
            assert record.same_state(right.finals[case])


def chunks(data: bytes) -> list[tuple[int, int, bytes]]:
    found, at = [], 16
    while at < len(data):
        kind, flags, length = struct.unpack_from("<IIQ", data, at)
        found.append((kind, flags, data[at + 16 : at + 16 + length]))
        at += 20 + length
    return found


def joined(parts: Sequence[tuple[int, int, bytes]], head: bytes) -> bytes:
    out = [head]
    for kind, flags, payload in parts:
        chunk = struct.pack("<IIQ", kind, flags, len(payload)) + payload
        out.append(chunk + struct.pack("<I", zlib.crc32(chunk)))
    return b"".join(out)


class TestVectorFiles:
    def test_unknown_chunks_are_skipped_unless_critical(self, vectors: Path, tmp_path: Path) -> None:
        data = vectors.read_bytes()
        parts = chunks(data)
        path = tmp_path / "more.vectors"
        path.write_bytes(joined([parts[0], (0x58585858, 0, b"later"), *parts[1:]], data[:16]))
        assert Host(path, REFCORE, tmp_path, "", "--count", "5").code == BYE
        path.write_bytes(joined([parts[0], (0x58585858, 2, b"later"), *parts[1:]], data[:16]))
        refused = Host(path, REFCORE, tmp_path)
        assert refused.code == CRASH and "a chunk that this program does not know" in refused.text

    @pytest.mark.parametrize("cut", [0, 8, 20, 1000, -1, -30])
    def test_a_cut_file_is_refused(self, cut: int, vectors: Path, tmp_path: Path) -> None:
        path = tmp_path / "cut.vectors"
        path.write_bytes(vectors.read_bytes()[:cut])
        host = Host(path, REFCORE, tmp_path)
        assert host.code == CRASH and len(host.text.splitlines()) == 1

    def test_damage_is_refused_or_harmless(self, vectors: Path, tmp_path: Path) -> None:
        """Bytes changed with all CRCs put right; the host may refuse the file, and never dies of it."""
        rng, data = random.Random(1), vectors.read_bytes()
        host = ASAN_HOST if ASAN_HOST.exists() else HOST
        parts = chunks(data)
        for _ in range(60):
            changed = list(parts)
            n = rng.randrange(len(changed))
            kind, flags, payload = changed[n]
            raw = bytearray(zlib.decompress(payload[8:]) if flags & 1 else payload)
            for _ in range(rng.choice((1, 4, 40))):
                if raw:
                    raw[rng.randrange(len(raw))] = rng.choice((0, 1, 0xFF, rng.randrange(256)))
            packed = struct.pack("<Q", len(raw)) + zlib.compress(bytes(raw)) if flags & 1 else bytes(raw)
            changed[n] = kind, flags, packed
            path = tmp_path / "damaged.vectors"
            path.write_bytes(joined(changed, data[:16]))
            command: list[str | Path] = [
                host,
                "--vectors",
                path,
                "--model",
                REFCORE,
                "--stream",
                tmp_path / "s",
                "--count",
                "40",
            ]
            done = subprocess.run(command, capture_output=True, timeout=120)
            assert done.returncode in (BYE, CRASH, UNAVAILABLE), (kind, done.stderr[-2000:])
            assert b"Sanitizer" not in done.stderr, done.stderr[-4000:]


class TestSnapshots:
    def test_the_file_reads_back(self, vectors: Path) -> None:
        taken = read_vectors(vectors)
        bodies = {body.key: body for body in catalog.load().bodies}
        assert taken.home == 64 and taken.profile == "intel-max" and len(taken.entries) > 500
        for entry in taken.entries:
            launch, boundary = registers(entry.launch), registers(entry.boundary)
            assert entry.cpl == launch["cpl"] == bodies[entry.key].cpl
            assert entry.events == 1 and entry.event.kind == 1 and entry.outcome == "record"
            assert boundary["rip"] >= launch["rip"]
            (first, last), *_ = taken.captures
            assert first <= registers(entry.arrival)["rip"] <= last
            place = launch["rip"] + (launch["cs.base"] if taken.bodies[entry.key].mode != 5 else 0)
            code = taken.memory_at_launch(entry, place, 2)
            assert code not in (b"\x0f\x0b", b"\0\0")

    def test_json(self, tmp_path: Path) -> None:
        arguments = [
            "vectors",
            "segment/lar/long64/cpl0/*",
            "--json",
            str(tmp_path),
            "-o",
            str(tmp_path / "v"),
        ]
        done = subprocess.run([ROOT / "ringdiff", *arguments], capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        tests = [test for path in tmp_path.glob("segment.*.json") for test in json.loads(path.read_text())]
        assert len(tests) == len(read_vectors(tmp_path / "v").entries) > 100
        for test in tests:
            assert test["exception"] == {"number": 6, "kind": "fault"} and test["bytes"][-2:] == [15, 11]
            assert test["boundary"]["regs"]["rip"] == test["initial"]["regs"]["rip"] + len(test["bytes"]) - 2
            assert test["name"].startswith("segment/lar/long64/cpl0/")
        assert (tmp_path / "base.long64.json").exists()
        listed = subprocess.run(
            [ROOT / "ringdiff", "vectors", "--list", tmp_path / "v"],
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert listed.returncode == 0 and len(listed.stdout.splitlines()) == 2 + len(tests)

    def test_damage_is_one_line(self, vectors: Path, tmp_path: Path) -> None:
        data, path = vectors.read_bytes(), tmp_path / "damaged"
        for size in (0, 7, 100, len(data) - 1):
            path.write_bytes(data[:size])
            with pytest.raises(UserError):
                read_vectors(path)


class TestTheBackend:
    def test_names_resolve_and_label_says_which_model(self) -> None:
        manifests = discover()
        backend = parse_spec("model:refcore,with=deliver=0,hidden=0", manifests, "amd")
        assert backend.label == "model-refcore" and backend.witness and not backend.hidden
        assert dict(backend.options) == {"with": "deliver=0,hidden=0", "cpu": "zen"}
        assert Path(backend.binary) == REFCORE.resolve()

    @pytest.mark.parametrize("spec", ["model", "model:", "model:nosuch", "model:nosuch.so"])
    def test_a_name_that_is_not_there_is_told_with_those_that_are(self, spec: str) -> None:
        with pytest.raises(UserError, match="names are: .*refcore"):
            parse_spec(spec, discover(), "intel")

    def test_probe(self, toy: Path, tmp_path: Path) -> None:
        found = probe(parse_spec(f"model:{toy}", discover(), "intel"))
        assert found.probe.available and found.version == "1" and found.family == "toy"
        assert found.label == "model-toy" and not found.lacks("long64")
        text = tmp_path / "text.so"
        text.write_text("no object")
        refused = probe(parse_spec(f"model:{text}", discover(), "intel"))
        assert not refused.probe.available and "cannot be loaded" in refused.probe.reason

    @pytest.mark.skipif(not (BIN / "model-unicorn.so").exists(), reason="needs libunicorn's headers")
    def test_a_library_by_a_relative_path_is_refused_before_the_run(self) -> None:
        refused = probe(parse_spec("model:unicorn,with=lib=lib/libunicorn.so.2", discover(), "intel"))
        assert not refused.probe.available and "has to be absolute" in refused.probe.reason

    def test_a_run(self, tmp_path: Path) -> None:
        command = [
            str(ROOT / "ringdiff"),
            "run",
            "iret/cs-checks/pm32/cpl0/*",
            "-b",
            "refcore",
            "-b",
            "model:refcore",
        ]
        out = tmp_path / "out"
        done = subprocess.run([*command, "--out", out], capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        records = {path.name: path.read_bytes() for path in (out / "records").rglob("*") if path.is_file()}
        mine = [data for name, data in records.items() if name.startswith("model-refcore")]
        booted = [data for name, data in records.items() if name.startswith("refcore")]
        assert mine == booted and mine and len(mine[0]) > 10000


@pytest.mark.parametrize("home", [32, 64])
def test_what_vectors_are_taken_from_is_where_the_kit_has_it(home: int, tmp_path: Path) -> None:
    source = (ROOT / "refcore" / "src" / "vectors.c").read_text(encoding="utf-8")
    defined: dict[str, int] = {}
    for name, text in re.findall(r"^    ([A-Z_]+) = ([A-Z_0-9a-fx+* ]+),", source, re.MULTILINE):
        terms = [
            [int(f, 0) if f[0].isdigit() else defined[f] for f in t.split("*")]
            for t in text.replace(" ", "").split("+")
        ]
        defined[name] = sum(map(math.prod, terms))
    names = {
        **{name: name for name in ("ARENA", "ARENA_SIZE", "CODE", "PAYLOAD")},
        **{name: f"{name} - KBASE" for name in ("SHADOW", "VARS", "S_LAUNCH", "S_FINAL")},
        **{
            name: f"{name.lower()} - KBASE" for name in ("ORDINAL", "MODE", "CAREFUL", "HAS_SCRIPT", "IRQ_ON")
        },
        **{"FRAME_AT": "outp - KBASE", "RECORD_AT": "recp - KBASE", "BODY": "body - KBASE"},
        **{"FAULT_LOG": "fault_log - KBASE"},
    }
    assert {name: defined[name] for name in names} == kit_values(home, names, tmp_path)
