# SPDX-License-Identifier: BSD-2-Clause
"""A payload wrapped for each way of booting: ROM, multiboot ELF, disk (docs/image-format.md)."""

from __future__ import annotations

import struct

from harness.assemble import Assembler
from harness.errors import UserError

PAYLOAD_ADDRESS = 0x400000
ROM_MAX = 0x200000  # Bochs dies from 4 MiB on
ROM_STUB = 0x100
PAYLOAD_MAX = ROM_MAX - ROM_STUB  # so that every image fits into every wrapping
_ROM_UNIT = 0x10000
_ROM_MIN = 0x20000  # what appears below 1 MiB
_SECTOR = 512
_DISK_UNIT = 0x100000
_DISK_SECTORS_AT = 0x1B4  # in disk.asm
_MULTIBOOT_MAGIC = 0x1BADB002
_ENTRY_AT = 0x10

FORMATS = ("rom", "multiboot", "disk")


def wrap(payload: bytes, format: str, assembler: Assembler) -> bytes:
    """The payload as a bootable file; format is one of FORMATS."""
    if format == "rom":
        return rom(payload, assembler.flat("rom.asm"))
    if format == "multiboot":
        return multiboot(payload)
    if format == "disk":
        return disk(payload, assembler.flat("disk.asm"))
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
    """A raw disk: boot sector, payload, zeros up to a multiple of 1 MiB."""
    if len(sector) != _SECTOR:
        raise UserError(f"disk.asm has {len(sector)} bytes; a boot sector has {_SECTOR}")
    sectors = struct.pack("<I", -(-len(payload) // _SECTOR))
    boot = sector[:_DISK_SECTORS_AT] + sectors + sector[_DISK_SECTORS_AT + 4 :]
    size = -(-(len(boot) + len(payload)) // _DISK_UNIT) * _DISK_UNIT
    return (boot + payload).ljust(size, b"\0")
