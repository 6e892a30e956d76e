# SPDX-License-Identifier: BSD-2-Clause
"""Every way to boot brings the same records, and an image of one case judges as the harness does."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness import catalog, paths, record, standalone
from harness.arena import load as load_arena
from harness.assemble import Assembler
from harness.backend import Backend, discover, probe, select
from harness.bootlines import commands
from harness.catalog import Catalog
from harness.image import Image, build
from harness.judgetable import PlaceRow, place_rows
from harness.manual import make_mask
from harness.places import Places
from harness.selection import Part, Selection
from harness.tests import emulator

# real, pm32, paged and long64; traps, faults with error codes, restarts, SYSRET
SAMPLE = (
    "iret/real-flags/real/*",
    "interrupt/idt-limit/*",
    "debug/software-traps/pm32-p32/*",
    "syscall/sysret-ss-rpl/*",
    "string/rep-fault-resumed/pm32-pae/*",
)
FORMS = {
    "refcore": ("rom", "multiboot", "disk", "iso"),
    "qemu": ("rom", "multiboot", "disk", "iso"),
    "bochs": ("rom", "multiboot", "disk", "iso"),  # multiboot by GRUB from a CD-ROM: it has no such loader
}
PASSING = {
    "real": "debug/data-breakpoint/real/cpl0/size=1,kind=load,access=0x10,len=0,watch=1",
    "pm32": "debug/data-breakpoint/pm32/cpl0/size=1,kind=load,access=0x10,len=0,watch=3",
    "long64": "debug/data-breakpoint/long64/cpl0/size=1,kind=load,access=0x10,len=0,watch=3",
}
# QEMU 7.2 leaves RF clear in fault frames, forgets accessed bits, takes a #DB where none is due.
DIVERGING = (
    "iret/cs-checks/pm32/cpl0/insn=iretd,sel=LCODE_3,rpl=3",
    "syscall/syscall-state/long64/cpl0/low=0x12,high=0x0,mask=0x0",
    "debug/data-breakpoint/long64/cpl0/size=2,kind=load,access=0x11,len=0,watch=3",
)
UNMET = {
    32: "io/cli-sti-pvi/pm32/cpl0/insn=cli,iopl=0,old_if=0,virtual=0",
    64: "io/cli-sti-pvi/long64/cpl0/insn=cli,iopl=0,old_if=0,virtual=0",
}
TITLES = {"refcore": "reference core", "qemu": "QEMU", "bochs": "Bochs"}
LINE = re.compile(r"  (then )?(\S+): got (.+), expected (.+)")


def chosen(spec: str, profile: str = "intel") -> Backend:
    backend = probe(select([spec], profile)[0])
    if not backend.probe.available:
        pytest.fail(f"{spec}: {backend.probe.reason}; run ./setup and make refcore")
    return backend


@pytest.fixture(scope="module")
def assembler() -> Assembler:
    return Assembler()


@pytest.fixture(scope="module")
def cases() -> Catalog:
    return catalog.load()


@pytest.fixture(scope="module")
def images(cases: Catalog, assembler: Assembler) -> list[Image]:
    return build(cases.select(SAMPLE), assembler)


def frames(stream: bytes) -> list[bytes]:
    """The frames of a stream among noise, as they are."""
    found = []
    at = stream.find(record.SYNC)
    while at >= 0:
        end = at + 12 + int.from_bytes(stream[at + 8 : at + 12], "little")
        check = record.CHECKS[stream[at + 5] % len(record.CHECKS)]
        if check(stream[at + 4 : end]).to_bytes(4, "little") == stream[end : end + 4]:
            found.append(stream[at : end + 4])
            at = end + 3
        at = stream.find(record.SYNC, at + 1)
    return found


def booted(backend: Backend, image: bytes, folder: Path) -> list[bytes]:
    folder.mkdir(parents=True)
    (folder / "scratch").mkdir()
    (folder / "image").write_bytes(image)
    arguments = ["--image", folder / "image", "--stream", folder / "stream", "--scratch", folder / "scratch"]
    done = subprocess.run(
        backend.command("boot", *map(str, arguments)), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 40, done.stderr
    return frames((folder / "stream").read_bytes())


@pytest.mark.parametrize("name", FORMS)
def test_every_form_brings_the_same_records(
    name: str, images: list[Image], assembler: Assembler, tmp_path: Path
) -> None:
    backend = chosen(name)
    assert {part.body.mode for image in images for part in image.parts} >= {"real", "pm32", "long64"}
    for image in images:
        payload = image.patched(channel="e9")
        streams = {
            form: booted(
                backend, image.wrapped(form, payload, assembler), tmp_path / f"{form}{image.build_id}"
            )
            for form in FORMS[name]
        }
        rom = streams["rom"]
        assert rom[0][4] == record.FrameType.HELLO and rom[-1][4] == record.FrameType.BYE
        assert sum(frame[4] == record.FrameType.RECORD for frame in rom) >= len(image) > 30
        for form, stream in streams.items():
            assert stream == rom, form


def run_line(line: str, folder: Path) -> tuple[int, str]:
    """Exit status and text of an emulator started as a bug report says; ended after 30 s."""
    line = line.replace("build/bin/refcore", str(paths.ROOT / "build" / "bin" / "refcore"))
    line = line.replace("| bochs ", "| bochs-bin ")
    if line.startswith("qemu"):
        line += " -display none"
    return emulator.run(["sh", "-c", line if "|" in line else f"exec {line}"], folder, seconds=30)


class Maker:
    """Stand-alone images, each made once."""

    def __init__(self, cases: Catalog, assembler: Assembler) -> None:
        self.cases = cases
        self.assembler = assembler
        self._expected: dict[tuple[str, str], standalone.Expected] = {}

    def expected(self, case_id: str, profile: str = "intel") -> standalone.Expected:
        case = self.cases.case(case_id)
        assert case is not None, case_id
        if (case_id, profile) not in self._expected:
            self._expected[case_id, profile] = standalone.expected_record(case, "refcore", profile)
        return self._expected[case_id, profile]

    def write(
        self, case_id: str, form: str, folder: Path, *, profile: str = "intel", on: str = ""
    ) -> dict[str, str]:
        """Writes FOLDER/image; the command lines that boot it, with the CPU models of profile `on`."""
        case = self.cases.case(case_id)
        assert case is not None, case_id
        image = build(Selection([Part(case.body, [case.index])]), self.assembler)[0]
        payload = standalone.standalone(case, self.expected(case_id, profile), image, self.assembler)
        data = image.wrapped(form, payload, self.assembler)
        (folder / "image").write_bytes(data)
        cpu = {name: manifest.cpu.get(on or profile, "") for name, manifest in discover().items()}
        return commands(form, "image", len(data), cpu)


@pytest.fixture(scope="module")
def maker(cases: Catalog, assembler: Assembler) -> Maker:
    return Maker(cases, assembler)


def answer(text: str) -> str:
    """What follows the announcement of the case."""
    return text[text.index("running CASE ") :].split("\n", 1)[1]


@pytest.mark.parametrize("name", TITLES)
@pytest.mark.parametrize(("mode", "form"), [("real", "rom"), ("pm32", "iso"), ("long64", "disk")])
def test_a_case_passes_by_itself(mode: str, form: str, name: str, maker: Maker, tmp_path: Path) -> None:
    lines = maker.write(PASSING[mode], form, tmp_path)
    status, text = run_line(lines[TITLES[name]], tmp_path)
    assert answer(text).startswith("\nPASS\n"), text
    assert status == standalone.EXITS["PASS"] or name == "bochs"
    head = " ".join(text[: text.index("running CASE ")].split())
    for part in ("SDM 3B", PASSING[mode], "intel profile, CPU intel-max", "build "):
        assert part in head
    assert "warning" not in head


def test_a_stick_and_a_kernel_are_ways_to_boot_too(maker: Maker, tmp_path: Path) -> None:
    for form, title in (("disk", "QEMU, USB"), ("iso", "QEMU, USB"), ("multiboot", "QEMU")):
        status, text = run_line(maker.write(PASSING["pm32"], form, tmp_path)[title], tmp_path)
        assert (status, answer(text)) == (standalone.EXITS["PASS"], "\nPASS\n"), (form, text)
    status, text = run_line(maker.write(PASSING["long64"], "multiboot", tmp_path)["reference core"], tmp_path)
    assert (status, answer(text)) == (standalone.EXITS["PASS"], "\nPASS\n")


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, str]]]:
    """Case -> the fields that the harness finds wrong on QEMU, compared with the reference core."""
    folder = tmp_path_factory.mktemp("run")
    command = [str(paths.ROOT / "ringdiff"), "run", "-q", "-b", "refcore", "-b", "qemu", "--out", str(folder)]
    subprocess.run([*command, *DIVERGING], capture_output=True, check=False, timeout=60, cwd=paths.ROOT)
    rows = [json.loads(line) for line in (folder / "results.jsonl").read_text().splitlines()]
    return {row["case"]: row["fields"] for row in rows if row["backend"] == "qemu"}


@pytest.mark.parametrize("case_id", DIVERGING)
def test_a_case_fails_by_itself_in_the_fields_that_the_verdict_lists(
    case_id: str, maker: Maker, verdicts: dict[str, list[dict[str, str]]], tmp_path: Path
) -> None:
    status, text = run_line(maker.write(case_id, "rom", tmp_path)["QEMU"], tmp_path)
    found = {match[2]: match for match in map(LINE.fullmatch, answer(text).splitlines()) if match}
    fields = verdicts[case_id]
    assert fields
    assert {name for name, m in found.items() if not m[1]} == {
        f["name"] for f in fields if "follows" not in f
    }
    assert {name for name, m in found.items() if m[1]} == {f["name"] for f in fields if "follows" in f}
    for f in fields:
        if f["name"] != "exit":
            assert int(found[f["name"]][3], 0) == int(f["actual"], 0)
            assert int(found[f["name"]][4], 0) == int(f["expected"], 0)
        else:
            assert (found["exit"][3], found["exit"][4]) == (f["actual"], f["expected"])
    count = sum("follows" not in f for f in fields)
    assert f"\nFAIL: {count} field(s) differ" in text and status == standalone.EXITS["FAIL"]


def test_a_wrong_expectation_is_noticed_whatever_it_is_about(maker: Maker, tmp_path: Path) -> None:
    """One word of the expected record is changed at a time: the reference core's own answer must name it."""
    case = maker.cases.case(PASSING["long64"])
    assert case is not None
    image = build(Selection([Part(case.body, [case.index])]), maker.assembler)[0]
    expected = maker.expected(PASSING["long64"])
    state = expected.state
    assert state is not None
    arena = state.layout.fields["arena"][1]
    words = {
        "rbx": state.layout.fields["rbx"][0],
        "dr6": state.layout.fields["dr6"][0],
        "cr4": state.layout.fields["cr4"][0],
        "lstar": state.layout.fields["lstar"][0],
        "fx.xmm3": state.layout.fields["fx"][0] + (160 + 48) // 8,
        "DATA2+0x40": state.arena.region("DATA2").offset // 8 + 8,
        "gdt.UDATA": state.arena.selectors["UDATA"] // 8,
        "idt[13]": state.arena.region("VECTORS").offset // 8 + 26,
    }
    for name, index in words.items():
        changed = type(state)(
            state.record, state.layout, state.baseline, state.facts, state.arena
        )  # its own copy
        changed.final_words[index] = changed.word(index) ^ 0x5A << 8
        changed.final_arena.word_at = {**changed.final_arena.word_at, **changed.final_words}
        assert index < arena or name in state.layout.fields or name.startswith("fx.")
        wrong = standalone.Expected(expected.source, expected.vendor, expected.mask_vendor, changed)
        payload = standalone.standalone(case, wrong, image, maker.assembler)
        (tmp_path / "image").write_bytes(image.wrapped("rom", payload, maker.assembler))
        status, text = run_line("build/bin/refcore --rom image --cpu intel-max", tmp_path)
        found = [match[2] for match in map(LINE.fullmatch, answer(text).splitlines()) if match]
        assert (found, status) == ([name], standalone.EXITS["FAIL"]), text


def test_serial_line_and_screen_say_the_same(maker: Maker, tmp_path: Path) -> None:
    lines = maker.write(PASSING["long64"], "disk", tmp_path)
    refcore = lines["reference core"] + " --serial serial"
    _, text = run_line(refcore, tmp_path)
    assert (tmp_path / "serial").read_bytes().decode().replace("\r\n", "\n") == text
    # Without the exit port the machine stays, and with it the screen.
    line = lines["QEMU"].replace(
        "-device isa-debug-exit,iobase=0xf4,iosize=4", "-monitor unix:monitor,server,wait"
    )
    cells = screen_of(line + " -display none -serial file:com1", tmp_path)
    rows = [cells[at : at + 160 : 2].decode("cp437").rstrip() for at in range(0, 4000, 160)]
    shown = [row for row in rows if row]
    assert shown[0] == "ringdiff: one case that judges itself" and shown[-1] == "PASS"
    assert "".join(shown) == "".join(text.split("\n"))
    assert cells[rows.index("PASS") * 160 + 1] == 0x2F
    assert (tmp_path / "com1").read_bytes().decode().replace("\r\n", "\n") == text


def screen_of(line: str, folder: Path) -> bytes:
    """The text screen of a QEMU that was started by this line, once the guest has said PASS."""
    with open(folder / "debug", "wb") as log:
        process = subprocess.Popen(
            line.split(), cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.DEVNULL
        )
    monitor = socket.socket(socket.AF_UNIX)
    try:
        end = time.monotonic() + 20
        while not (folder / "monitor").exists() and time.monotonic() < end:
            time.sleep(0.01)
        monitor.connect(str(folder / "monitor"))
        while b"PASS\n" not in (folder / "debug").read_bytes() and time.monotonic() < end:
            time.sleep(0.01)
        monitor.sendall(f'pmemsave 0xb8000 4000 "{folder}/screen"\nquit\n'.encode())
        process.wait(10)
        return (folder / "screen").read_bytes()
    finally:
        monitor.close()
        process.kill()
        process.wait()


def test_another_vendor_is_warned_of(maker: Maker, tmp_path: Path) -> None:
    for mode in ("pm32", "long64"):
        lines = maker.write(PASSING[mode], "rom", tmp_path, profile="amd", on="intel")
        _, text = run_line(lines["QEMU"], tmp_path)
        assert (
            "warning: the expected record is of a processor that says AuthenticAMD; this one says GenuineIntel\n"
            in text
        )


@pytest.mark.parametrize("home", UNMET)
def test_what_the_processor_lacks_is_no_failure(home: int, maker: Maker, tmp_path: Path) -> None:
    status, text = run_line(maker.write(UNMET[home], "rom", tmp_path)["QEMU"], tmp_path)
    assert "NOT JUDGED: this processor lacks something that the case requires: vme\n" in text
    assert status == standalone.EXITS["NOT JUDGED"]


def test_a_case_that_must_end_in_a_shutdown_says_so_first(maker: Maker, tmp_path: Path) -> None:
    case_id = next(c.id for c in maker.cases.select() if c.body.testcase.ends_shutdown)
    status, text = run_line(maker.write(case_id, "rom", tmp_path)["reference core"], tmp_path)
    assert text.endswith(
        f"running CASE {case_id}\n(it must end in a shutdown: the machine resets or stops now)\n"
    )
    assert status == 70


def test_a_case_that_survives_its_shutdown_fails(maker: Maker, tmp_path: Path) -> None:
    for mode in PASSING:
        case = maker.cases.case(PASSING[mode])
        assert case is not None
        image = build(Selection([Part(case.body, [case.index])]), maker.assembler)[0]
        wrong = standalone.Expected("nobody", standalone.VENDORS["intel"], "intel", None)
        payload = standalone.standalone(case, wrong, image, maker.assembler)
        (tmp_path / "image").write_bytes(image.wrapped("rom", payload, maker.assembler))
        status, text = run_line("build/bin/refcore --rom image --cpu intel-max", tmp_path)
        assert re.search(r"\n  exit: got (#DB|stop), expected shutdown\n\nFAIL: 1 field", text), text
        assert status == standalone.EXITS["FAIL"]


def test_a_record_that_the_manual_contradicts_is_refused(tmp_path: Path) -> None:
    command = [str(paths.ROOT / "ringdiff"), "image", DIVERGING[1], "--expected", "qemu", "-o"]
    done = subprocess.run(
        [*command, str(tmp_path / "x")], capture_output=True, text=True, timeout=60, cwd=paths.ROOT
    )
    assert done.returncode == 3 and not (tmp_path / "x").exists()
    assert "qemu cannot say what to expect of" in done.stderr and "known issue qemu-" in done.stderr


def test_the_command_line_tells_how_to_boot(tmp_path: Path) -> None:
    out = tmp_path / "a case.iso"
    command = [str(paths.ROOT / "ringdiff"), "image", PASSING["pm32"], "--format", "iso", "-o", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=paths.ROOT)
    assert done.returncode == 0, done.stderr
    line = next(line for line in done.stdout.splitlines() if "refcore --disk" in line)
    status, text = run_line(line.strip(), tmp_path)
    assert (status, answer(text)) == (standalone.EXITS["PASS"], "\nPASS\n")
    for words in ("stand-alone", "-cdrom", "usb-storage", "type=cdrom", "FAIL 3"):
        assert words in done.stdout
    plain = subprocess.run(
        [*command, "--records"], capture_output=True, text=True, timeout=60, cwd=paths.ROOT
    )
    assert plain.stdout.startswith(f"{out}: home 32, 1 cases, build ")


def names_by_rows(rows: list[PlaceRow], offset: int) -> str:
    """The name of an arena offset, looked up as judgememory.inc does."""
    row = next(row for row in rows if row.start <= offset < row.end)
    number = (offset - row.base) // row.element
    if row.kind == 1:
        return f"{row.name}[{number}]"
    if row.kind == 2:
        return f"{row.name}+{number * row.element:#x}" if number else row.name
    return f"{row.name}{number << 12:#x}" if row.kind == 3 else row.name


class _Words:
    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self, offset: int, size: int) -> int:
        return int.from_bytes(self.data[offset : offset + size], "little")


def all_names(places: Places, word: int, data: bytes) -> Iterator[tuple[int, str]]:
    for offset in range(0, len(data), word):
        other = bytearray(data)
        other[offset : offset + word] = bytes(byte ^ 0xFF for byte in data[offset : offset + word])
        for name in places.differing(_Words(data), _Words(bytes(other)), [offset]):
            yield offset, name


@pytest.mark.parametrize("mode", PASSING)
def test_places_have_the_names_that_the_harness_gives_them(mode: str, maker: Maker) -> None:
    state = maker.expected(PASSING[mode]).state
    assert state is not None
    case = maker.cases.case(PASSING[mode])
    assert case is not None
    mask = make_mask(case.body, "intel", load_arena())
    data = bytes(state.final_arena.read(at, 1) for at in range(0x10000))
    rows = place_rows(state, mask, data)
    assert len(rows) < 500
    for offset, name in all_names(state.places, state.layout.word_size, data):
        assert names_by_rows(rows, offset) == name
