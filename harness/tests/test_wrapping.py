# SPDX-License-Identifier: BSD-2-Clause
"""Each wrapping boots: the payload itself reports how it was entered and that all of it arrived."""

from __future__ import annotations

import shutil
import struct
import subprocess
import time
from pathlib import Path

import pytest

from harness import wrapping
from harness.assemble import Assembler
from harness.errors import UserError
from harness.tests import emulator

SIZE = 0x1F000  # more than a segment, no multiple of the disk loader's chunk
ENTERED_WELL = "[payload:PIBAC]"
QEMU = "qemu-system-x86_64"
BOCHS = "bochs-bin"

needs_qemu = pytest.mark.skipif(not shutil.which(QEMU), reason=f"{QEMU} not found")
needs_bochs = pytest.mark.skipif(not shutil.which(BOCHS), reason=f"{BOCHS} not found")


@pytest.fixture(scope="module")
def assembler(tmp_path_factory: pytest.TempPathFactory) -> Assembler:
    return Assembler(cache=tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def payload(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("payload")
    source = Path(__file__).with_name("payload.asm")
    subprocess.run(["nasm", "-f", "bin", "-o", folder / "payload", source], check=True, timeout=10)
    code = (folder / "payload").read_bytes()
    filler = struct.pack("<%dI" % (SIZE // 4), *(n * 0x9E3779B1 & 0xFFFFFFFF for n in range(SIZE // 4)))
    data = code[:0x0C] + struct.pack("<I", SIZE) + code[0x10:]
    data += filler[len(data) : SIZE - 4]
    total = 0
    for (word,) in struct.iter_unpack("<I", data):
        total = (total << 5 | total >> 27) & 0xFFFFFFFF ^ word
    return data + struct.pack("<I", (total << 5 | total >> 27) & 0xFFFFFFFF)


def run(command: list[str], folder: Path, until: str = "") -> str:
    """Output of an emulator, ended once it said `until`, or after 10 s."""
    return emulator.run(command, folder, seconds=10, until=until, errors=True)[1]


def qemu(folder: Path, *options: str) -> str:
    common = ["-m", "64", "-display", "none", "-nodefaults", "-no-reboot", "-debugcon", "stdio"]
    end = ["-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
    return run([QEMU, *common, *end, *options], folder)


def bochs(folder: Path, *lines: str) -> str:
    settings = [
        "plugin_ctrl: speaker=0, parallel=0, gameport=0, extfpuirq=0, iodebug=0, serial=0, unmapped=1",
        "megs: 64",
        "port_e9_hack: enabled=1",
        "panic: action=fatal",
        "error: action=report",
        "info: action=ignore",
        "debug: action=ignore",
        "log: bochs.log",
        "display_library: term",
        "sound: waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy",
        "cpu: model=corei7_skylake_x, ips=400000000, reset_on_triple_fault=0",
        "clock: sync=none",
    ]
    (folder / "rc").write_text("\n".join([*settings, *lines]) + "\n")
    (folder / "commands").write_text("c\n")
    return run([BOCHS, "-q", "-f", "rc", "-rc", "commands"], folder)


@needs_qemu
@pytest.mark.parametrize("cpu", ["486", "max"])
@pytest.mark.parametrize("machine", ["isapc", "pc", "q35"])
def test_rom_boots_on_qemu(
    tmp_path: Path, payload: bytes, assembler: Assembler, machine: str, cpu: str
) -> None:
    (tmp_path / "rom").write_bytes(wrapping.wrap(payload, "rom", assembler))
    assert ENTERED_WELL in qemu(tmp_path, "-M", machine, "-cpu", cpu, "-bios", "rom")


@needs_qemu
def test_the_payload_notices_a_wrong_bit(tmp_path: Path, payload: bytes, assembler: Assembler) -> None:
    image = bytearray(wrapping.wrap(payload, "rom", assembler))
    image[SIZE - 100] ^= 1
    (tmp_path / "rom").write_bytes(image)
    assert ENTERED_WELL.replace("C", "?") in qemu(tmp_path, "-M", "isapc", "-cpu", "max", "-bios", "rom")


@needs_bochs
def test_rom_boots_on_bochs(tmp_path: Path, payload: bytes, assembler: Assembler) -> None:
    image = wrapping.wrap(payload, "rom", assembler)
    (tmp_path / "rom").write_bytes(image)
    address = (1 << 32) - len(image)
    assert ENTERED_WELL in bochs(tmp_path, f"romimage: file=rom, address={address:#x}", "pci: enabled=0")


@needs_qemu
def test_multiboot_boots_on_qemu(tmp_path: Path, payload: bytes, assembler: Assembler) -> None:
    (tmp_path / "elf").write_bytes(wrapping.wrap(payload, "multiboot", assembler))
    assert ENTERED_WELL in qemu(tmp_path, "-M", "pc", "-cpu", "max", "-kernel", "elf")


def test_multiboot_is_a_well_formed_elf(tmp_path: Path, payload: bytes, assembler: Assembler) -> None:
    if not shutil.which("readelf"):
        pytest.skip("readelf not found")
    (tmp_path / "elf").write_bytes(wrapping.wrap(payload, "multiboot", assembler))
    command = ["readelf", "-W", "-h", "-l", f"{tmp_path}/elf"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    assert done.stderr == ""
    assert "LOAD           0x001000 0x00400000 0x00400000 0x1f000 0x1f000 RWE 0x1000" in done.stdout


@needs_qemu
def test_disk_boots_on_qemu(tmp_path: Path, payload: bytes, assembler: Assembler) -> None:
    (tmp_path / "disk").write_bytes(wrapping.wrap(payload, "disk", assembler))
    drive = "file=disk,format=raw,if=ide,snapshot=on"
    assert ENTERED_WELL in qemu(tmp_path, "-M", "pc", "-cpu", "max", "-drive", drive)


@needs_bochs
def test_disk_boots_on_bochs(tmp_path: Path, payload: bytes, assembler: Assembler) -> None:
    (tmp_path / "disk").write_bytes(wrapping.wrap(payload, "disk", assembler))
    bios = Path("/usr/share/bochs/BIOS-bochs-latest")
    vga = Path("/usr/share/bochs/VGABIOS-lgpl-latest")
    if not bios.exists():
        pytest.skip("the BIOS of Bochs is not installed")
    output = bochs(
        tmp_path,
        f"romimage: file={bios}",
        f"vgaromimage: file={vga}",
        "ata0: enabled=1",
        "ata0-master: type=disk, path=disk, mode=flat",
        "boot: disk",
    )
    assert ENTERED_WELL in output


ISO_ON_QEMU = {
    "cd-rom": "file=iso,format=raw,if=ide,media=cdrom,readonly=on",
    "disk": "file=iso,format=raw,if=ide,snapshot=on",
}


@needs_qemu
@pytest.mark.parametrize("as_what", ISO_ON_QEMU)
def test_iso_boots_on_qemu(tmp_path: Path, payload: bytes, assembler: Assembler, as_what: str) -> None:
    (tmp_path / "iso").write_bytes(wrapping.wrap(payload, "iso", assembler))
    assert ENTERED_WELL in qemu(tmp_path, "-M", "pc", "-cpu", "max", "-drive", ISO_ON_QEMU[as_what])


ISO_ON_BOCHS = {
    "cd-rom": ("ata0-master: type=cdrom, path=iso, status=inserted", "boot: cdrom"),
    "disk": ("ata0-master: type=disk, path=iso, mode=flat", "boot: disk"),
}


@needs_bochs
@pytest.mark.parametrize("as_what", ISO_ON_BOCHS)
def test_iso_boots_on_bochs(tmp_path: Path, payload: bytes, assembler: Assembler, as_what: str) -> None:
    (tmp_path / "iso").write_bytes(wrapping.wrap(payload, "iso", assembler))
    assert ENTERED_WELL in bochs(tmp_path, *ISO_ON_BOCHS[as_what])


@pytest.mark.parametrize(("format", "start"), [("disk", 1), ("iso", 0)])
def test_disks_have_one_active_partition(
    payload: bytes, assembler: Assembler, format: str, start: int
) -> None:
    image = wrapping.wrap(payload, format, assembler)
    entries = [image[at : at + 16] for at in range(0x1BE, 0x1FE, 16)]
    assert entries[0][0] == 0x80 and entries[1:] == [bytes(16)] * 3
    assert struct.unpack("<2I", entries[0][8:]) == (start, len(image) // 512 - start)
    assert image[0x1FE:0x200] == b"\x55\xaa" and len(image) % 0x100000 == 0
    first, sectors = struct.unpack_from("<2I", image, 0x1B0)
    assert image[first * 512 : (first + sectors) * 512].startswith(payload)


def test_the_same_payload_gives_the_same_iso(payload: bytes, assembler: Assembler) -> None:
    first = wrapping.wrap(payload, "iso", assembler)
    time.sleep(1.1)  # dates in a volume count hundredths, but a second is what most tools round to
    assert wrapping.wrap(payload, "iso", assembler) == first


def test_an_iso_without_xorriso_says_what_to_install(
    payload: bytes, assembler: Assembler, monkeypatch: pytest.MonkeyPatch
) -> None:
    assembler.flat("cdrom.asm"), assembler.flat("disk.asm")
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(UserError, match="xorriso not found; install the package xorriso") as caught:
        wrapping.wrap(payload, "iso", assembler)
    assert caught.value.exit_code == 4


@needs_qemu
def test_a_disk_that_cannot_be_read_says_so(tmp_path: Path, payload: bytes, assembler: Assembler) -> None:
    image = wrapping.wrap(payload, "disk", assembler)
    (tmp_path / "disk").write_bytes(image[:0x10000])  # ends in the middle of the payload
    drive = "file=disk,format=raw,if=ide,snapshot=on"
    message = "the BIOS cannot read this disk (INT 13h, AH=42h)"
    command = [
        QEMU,
        "-M",
        "pc",
        "-m",
        "64",
        "-display",
        "none",
        "-nodefaults",
        "-debugcon",
        "stdio",
        "-drive",
        drive,
    ]
    assert message in run(command, tmp_path, until=message)


@pytest.mark.parametrize(
    ("size", "rom_size"),
    [(0x1000, 0x20000), (0x1FF00, 0x20000), (0x1FF10, 0x30000), (wrapping.PAYLOAD_MAX, 0x200000)],
)
def test_rom_size(assembler: Assembler, size: int, rom_size: int) -> None:
    image = wrapping.wrap(bytes(size), "rom", assembler)
    assert len(image) == rom_size
    assert struct.unpack("<I", image[-8:-4])[0] == (1 << 32) - rom_size


def test_a_payload_too_large_for_a_rom_is_refused(assembler: Assembler) -> None:
    with pytest.raises(UserError, match="a ROM holds"):
        wrapping.wrap(bytes(wrapping.PAYLOAD_MAX + 16), "rom", assembler)


def test_disk_is_padded_to_whole_mebibytes(assembler: Assembler) -> None:
    assert len(wrapping.wrap(bytes(0x1000), "disk", assembler)) == 0x100000
    assert len(wrapping.wrap(bytes(0x100000 - 511), "disk", assembler)) == 0x200000


def test_an_unknown_format_is_refused(assembler: Assembler) -> None:
    with pytest.raises(UserError, match="unknown image format 'tape'; known: rom, multiboot, disk, iso"):
        wrapping.wrap(bytes(16), "tape", assembler)
