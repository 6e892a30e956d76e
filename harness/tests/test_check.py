# SPDX-License-Identifier: BSD-2-Clause
"""Which CRC the kit ends its frames with (docs/record-format.md, Frame): what it says of itself, and when."""
from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from harness import catalog, paths, record, selection
from harness.assemble import Assembler
from harness.execution import Bootable
from harness.image import build
from harness.record import FrameType, Record

KNOWN_TEXT = b"The quick brown fox jumps over."  # testcases/kit/check.inc: the instruction must get it right
CRC32, CRC32C = 0, 1


@pytest.fixture(scope="module")
def rom(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An image of 32-bit cases that sends its stream to port E9h."""
    assembler = Assembler()
    chosen = selection.select(catalog.load(), ["iret/cs-checks/pm32/*"])
    assert chosen.parts
    file = tmp_path_factory.mktemp("check") / "rom"
    image = Bootable(build(chosen, assembler)[0], assembler)
    image.write(file, format="rom", channel="e9", start=0, count=64, careful=False, skip=())
    return file.read_bytes()


def stream(rom: bytes, cpu: str, folder: Path) -> bytes:
    (folder / "rom").write_bytes(rom)
    core, file = str(paths.ROOT / "build/bin/refcore"), str(folder / "rom")
    command = [core, "--rom", file, "--cpu", cpu, "--debugcon", "-"]
    return subprocess.run(command, capture_output=True, timeout=60).stdout


def kinds(data: bytes) -> set[int]:
    """Byte 5 of all frames, which must all be readable."""
    reader = record.StreamReader()
    frames = reader.feed(data) + reader.finish()
    assert frames and isinstance(frames[-1], record.Bye) and not reader.losses
    found, at = set(), 0
    while at < len(data):
        found.add(data[at + 5])
        length = int.from_bytes(data[at + 8 : at + 12], "little")
        at += record.HEADER_SIZE + length + record.CRC_SIZE
    return found


def records(data: bytes) -> list[Record]:
    return [frame for frame in record.StreamReader().feed(data) if isinstance(frame, Record)]


def test_the_instruction_where_it_is_the_faster_one(rom: bytes, tmp_path: Path) -> None:
    assert kinds(stream(rom, "intel-max", tmp_path)) == {CRC32C}


def test_the_table_where_there_is_no_such_instruction(rom: bytes, tmp_path: Path) -> None:
    assert kinds(stream(rom, "pentium", tmp_path)) == {CRC32}


def test_the_table_where_the_instruction_is_wrong(rom: bytes, tmp_path: Path) -> None:
    """As seen from the kit: the sum it gets for its known text is not the one it knows."""
    assert rom.count(KNOWN_TEXT) == 1
    wrong = stream(rom.replace(KNOWN_TEXT, KNOWN_TEXT.swapcase()), "intel-max", tmp_path)
    assert kinds(wrong) == {CRC32}
    assert len(records(wrong)) == 64
    assert records(wrong) == records(stream(rom, "intel-max", tmp_path))


@pytest.mark.parametrize("check", [CRC32, CRC32C, 2, 255])
def test_a_frame_is_read_by_the_check_that_it_names(check: int) -> None:
    """A CRC-32 under another name is no frame, and neither is a kind of check that nobody knows."""
    payload = (7).to_bytes(4, "little")
    for by in (CRC32, CRC32C):
        frame = bytearray(record.encode_frame(FrameType.VERIFIED, 0, payload))
        frame[5] = check
        frame[-4:] = record.CHECKS[by](bytes(frame[4:-4])).to_bytes(4, "little")
        reader = record.StreamReader()
        found = reader.feed(bytes(frame)) + reader.finish()
        assert found == ([record.Verified(0, 7)] if check == by else [])
        assert bool(reader.losses) == (check != by)
        if check == by:
            assert frame == record.encode_frame(FrameType.VERIFIED, 0, payload, check)
