# SPDX-License-Identifier: BSD-2-Clause
"""A payload wrapped for each way of booting: ROM, multiboot ELF, disk, CD-ROM (docs/image-format.md)."""

from __future__ import annotations

import struct
import zlib

from harness.assemble import Assembler
from harness.errors import ExitCode, UserError

PAYLOAD_ADDRESS = 0x400000
ROM_MAX = 0x200000  # Bochs dies from 4 MiB on
ROM_STUB = 0x100
PAYLOAD_MAX = ROM_MAX - ROM_STUB  # so that every image fits into every wrapping
_ROM_UNIT = 0x10000
_ROM_MIN = 0x20000  # what appears below 1 MiB
_SECTOR = 512
_DISK_UNIT = 0x100000
_DISK_FIRST_AT = 0x1B0  # in disk.asm: first sector, number of sectors, disk signature
_PARTITION_AT = 0x1BE
_PARTITION_TYPE = 0xDA  # no file system
_CD_SECTOR = 2048
_CD_LOAD_SECTORS = _CD_SECTOR // _SECTOR  # what the BIOS loads; its own limit lies at 60
_BOOT_RECORD_AT = 17 * _CD_SECTOR  # El Torito 1.0, Boot Record Volume Descriptor
_CD_TIME = 1704067200  # 2024-01-01: the same payload gives the same file
_MULTIBOOT_MAGIC = 0x1BADB002
_ENTRY_AT = 0x10

FORMATS = ("rom", "multiboot", "disk", "iso")


def wrap(payload: bytes, format: str, assembler: Assembler) -> bytes:
    """The payload as a bootable file; format is one of FORMATS."""
    if format == "rom":
        return rom(payload, assembler.flat("rom.asm"))
    if format == "multiboot":
        return multiboot(payload)
    if format == "disk":
        return disk(payload, assembler.flat("disk.asm"))
    if format == "iso":
        return iso(payload, assembler.flat("cdrom.asm"), assembler.flat("disk.asm"))
    raise UserError(f"unknown image format '{format}'; known: {', '.join(FORMATS)}")


def rom(payload: bytes, stub: bytes) -> bytes:
    """A flat file whose last byte is at 4 GiB - 1: payload, filler, stub with the reset vector."""
    if len(stub) != ROM_STUB:
        raise UserError(f"rom.asm has {len(stub)} bytes; it must have {ROM_STUB}")
    if len(payload) > PAYLOAD_MAX:
        raise UserError(f"the payload has {len(payload)} bytes; a ROM holds {PAYLOAD_MAX}")
    size = max(_ROM_MIN, -(-(len(payload) + ROM_STUB) // _ROM_UNIT) * _ROM_UNIT)
    base = struct.pack("<I", (1 << 32) - size)
    return payload.ljust(size - ROM_STUB, b"\xff") + stub[:-8] + base + stub[-4:]


def multiboot(payload: bytes) -> bytes:
    """An ELF32 file with a multiboot 1 header, one segment, entered at the payload's entry."""
    (entry,) = struct.unpack_from("<I", payload, _ENTRY_AT)
    offset = 0x1000
    ident = b"\x7fELF" + bytes([1, 1, 1]) + bytes(9)
    # ET_EXEC, EM_386, EV_CURRENT; program headers follow this one, no sections
    header = ident + struct.pack("<HHIIIIIHHHHHH", 2, 3, 1, entry, 52, 0, 0, 52, 32, 1, 0, 0, 0)
    segment = struct.pack(
        "<8I", 1, offset, PAYLOAD_ADDRESS, PAYLOAD_ADDRESS, len(payload), len(payload), 7, offset
    )
    magic = struct.pack("<3I", _MULTIBOOT_MAGIC, 0, -_MULTIBOOT_MAGIC & 0xFFFFFFFF)
    head = (header + segment).ljust(0x60, b"\0") + magic
    return head.ljust(offset, b"\0") + payload


def disk(payload: bytes, sector: bytes) -> bytes:
    """A raw disk for IDE or USB: boot sector with a partition table, payload, zeros up to a multiple of 1 MiB."""
    size = _disk_size(_SECTOR + len(payload))
    boot = _master_boot_record(sector, payload, first=1, partition=1, end=size // _SECTOR)
    return (boot + payload).ljust(size, b"\0")


def iso(payload: bytes, loader: bytes, sector: bytes) -> bytes:
    """A CD-ROM with an El Torito boot image; its first sector makes the same file a bootable disk.

    UserError (exit code 4) without xorriso.
    """
    if len(loader) != _CD_SECTOR:
        raise UserError(f"cdrom.asm has {len(loader)} bytes; a sector of a CD-ROM has {_CD_SECTOR}")
    boot_file = loader + payload.ljust(-(-len(payload) // _CD_SECTOR) * _CD_SECTOR, b"\0")
    volume = _xorriso(boot_file)
    first = _boot_image_sector(volume) * _CD_LOAD_SECTORS
    if volume[(first + _CD_LOAD_SECTORS) * _SECTOR :][: len(payload)] != payload:
        raise UserError("xorriso put the boot image elsewhere than its boot catalog says")
    size = _disk_size(len(volume))
    boot = _master_boot_record(
        sector, payload, first=first + _CD_LOAD_SECTORS, partition=0, end=size // _SECTOR
    )
    return (boot + volume[_SECTOR:]).ljust(size, b"\0")


def _disk_size(size: int) -> int:
    return -(-size // _DISK_UNIT) * _DISK_UNIT


def _master_boot_record(sector: bytes, payload: bytes, *, first: int, partition: int, end: int) -> bytes:
    """The boot sector told where the payload lies; one active partition, of the sectors from `partition` to `end`."""
    if len(sector) != _SECTOR:
        raise UserError(f"disk.asm has {len(sector)} bytes; a boot sector has {_SECTOR}")
    place = struct.pack("<3I", first, -(-len(payload) // _SECTOR), zlib.crc32(payload))
    # Cylinder, head and sector say no more than that LBA counts.
    entry = struct.pack(
        "<B3sB3s2I", 0x80, b"\xfe\xff\xff", _PARTITION_TYPE, b"\xfe\xff\xff", partition, end - partition
    )
    head = sector[:_DISK_FIRST_AT] + place
    return head.ljust(_PARTITION_AT, b"\0") + entry + sector[_PARTITION_AT + len(entry) :]


def _xorriso(boot_file: bytes) -> bytes:
    """An ISO 9660 volume with this El Torito boot image, not emulating a disk."""
    import os
    import shutil
    import subprocess
    import tempfile
    from pathlib import Path

    path = shutil.which("xorriso")
    if path is None:
        raise UserError(
            "xorriso not found; install the package xorriso (`make setup` does)",
            exit_code=ExitCode.UNAVAILABLE,
        )
    with tempfile.TemporaryDirectory(prefix="ringdiff-iso-") as folder:
        files = Path(folder, "files")
        files.mkdir()
        (files / "ringdiff.bin").write_bytes(boot_file)
        for dated in (files / "ringdiff.bin", files):
            os.utime(dated, (_CD_TIME, _CD_TIME))
        command = [path, "-no_rc", "-as", "mkisofs", "-quiet", "-V", "RINGDIFF", "-o", f"{folder}/iso"]
        command += ["-c", "boot.cat", "-b", "ringdiff.bin", "-no-emul-boot", "-boot-info-table"]
        command += ["-boot-load-size", str(_CD_LOAD_SECTORS), str(files)]
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={**os.environ, "SOURCE_DATE_EPOCH": str(_CD_TIME)},
            text=True,
            errors="replace",
        )
        if done.returncode != 0:
            last = done.stderr.strip().splitlines()[-1:] or ["no message"]
            raise UserError(f"xorriso failed: {last[0]}", detail=done.stderr.strip())
        return Path(folder, "iso").read_bytes()


def _boot_image_sector(volume: bytes) -> int:
    """Where the boot catalog's default entry says that the boot image begins (El Torito 1.0, figures 3 and 7)."""
    record = volume[_BOOT_RECORD_AT : _BOOT_RECORD_AT + _CD_SECTOR]
    if record[:7] != b"\0CD001\1" or not record[7:].startswith(b"EL TORITO SPECIFICATION"):
        raise UserError("xorriso wrote no El Torito boot record")
    (catalog,) = struct.unpack_from("<I", record, 0x47)
    (sector,) = struct.unpack_from("<I", volume, catalog * _CD_SECTOR + 0x20 + 8)
    return int(sector)
