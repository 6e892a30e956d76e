# SPDX-License-Identifier: BSD-2-Clause
"""Images: the kit and a body table, as docs/image-format.md lays them out."""

from __future__ import annotations

import struct
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from harness.assemble import Assembled, Assembler, Progress
from harness.case import Body, Case, Requirement
from harness.errors import UserError
from harness.expect.names import MODES
from harness.selection import Part, Selection
from harness.wrapping import PAYLOAD_ADDRESS, PAYLOAD_MAX, wrap

VERSION = 1
CHANNELS = {"ram": 0, "e9": 1, "uart": 2, "bochs-ram": 3}
CAREFUL = 1  # header flag: every case its own batch, with full compare
WITNESS = 8  # header flag: the kit's witness build
SKIP_MAX = 64
TO_THE_END = 0xFFFFFFFF
BODY_TABLE = 0x10000  # payload offset
_BODY_MAGIC = 0x59444F42
_HEADER = struct.Struct("<8sHHIIIIIIIIIIII")  # up to and with kit_size
_SKIP_AT = 0x40
_SKIP_END = _SKIP_AT + 4 * SKIP_MAX
_FIXED_SIZE = 0x200  # header and skip list; the build id covers what follows
_DESCRIPTOR_SIZE = 128
_DESCRIPTOR = struct.Struct("<12IHBBII")
_FLAG_SHUTDOWN = 1
_FLAG_NO_ERROR_CODE = 2


@dataclass(frozen=True)
class Image:
    """One payload and what it holds. Ordinals number its cases from 0."""

    home: int
    payload: bytes
    build_id: int
    parts: tuple[Part, ...]  # in order of ordinals
    assembled: dict[str, Assembled]  # by body id
    witness: bool = False  # of the kit's witness build, for runners that read hidden segment parts

    @property
    def bodies(self) -> list[Body]:
        return [part.body for part in self.parts]

    @cached_property
    def firsts(self) -> list[int]:
        """First ordinal of each part, then the number of cases."""
        firsts = [0]
        for part in self.parts:
            firsts.append(firsts[-1] + len(part.indexes))
        return firsts

    def __len__(self) -> int:
        """Number of cases."""
        return self.firsts[-1]

    def case(self, ordinal: int) -> Case:
        """The case with this ordinal; IndexError beyond the image."""
        if not 0 <= ordinal < len(self):
            raise IndexError(f"the image has {len(self)} cases, no ordinal {ordinal}")
        at = bisect_right(self.firsts, ordinal) - 1
        part = self.parts[at]
        return Case(part.body, part.indexes[ordinal - self.firsts[at]])

    @cached_property
    def _by_key(self) -> dict[int, int]:
        return {part.body.key: at for at, part in enumerate(self.parts)}

    def ordinal(self, key: int, index: int) -> int | None:
        """The ordinal of a body key and raw index, as records give them; None if the image has no such case."""
        at = self._by_key.get(key)
        if at is None:
            return None
        indexes = self.parts[at].indexes
        if isinstance(indexes, range):
            return self.firsts[at] + index if index in indexes else None
        place = bisect_right(indexes, index) - 1
        return self.firsts[at] + place if place >= 0 and indexes[place] == index else None

    def patched(
        self,
        *,
        channel: str,
        start: int = 0,
        count: int = TO_THE_END,
        skip: Iterable[int] = (),
        careful: bool = False,
        out_size: int | None = None,
    ) -> bytes:
        """The payload told what to run: ordinals from start, but none of skip, output to channel."""
        header = list(_HEADER.unpack_from(self.payload))
        skipped = sorted(set(skip))
        if len(skipped) > SKIP_MAX:
            raise ValueError(f"an image skips at most {SKIP_MAX} ordinals, not {len(skipped)}")
        header[5], header[6], header[7] = CHANNELS[channel], start, count
        header[8] = (CAREFUL if careful else 0) | (WITNESS if self.witness else 0)
        if out_size is not None:
            header[10] = out_size
        header[13] = len(skipped)
        skip_list = struct.pack(f"<{len(skipped)}I", *skipped)
        fixed = (_HEADER.pack(*header).ljust(_SKIP_AT, b"\0") + skip_list).ljust(_SKIP_END, b"\0")
        return fixed + self.payload[_SKIP_END:]

    def wrapped(self, format: str, patched: bytes, assembler: Assembler) -> bytes:
        """A patched payload as a bootable file; format is one of wrapping.FORMATS."""
        return wrap(patched, format, assembler)


def build(
    selection: Selection, assembler: Assembler, progress: Progress | None = None, witness: bool = False
) -> list[Image]:
    """Images that hold the selected cases, each once: one a home, more where one would grow too large."""
    assembled = assembler.bodies([part.body for part in selection.parts], progress)
    images: list[Image] = []
    for home in (32, 64):
        parts = sorted((part for part in selection.parts if part.body.home == home), key=_order)
        if parts:
            kit = assembler.kit(home, witness)
            images += [link(home, kit, group, assembled, witness) for group in _groups(parts, assembled)]
    return images


def _order(part: Part) -> tuple[bool, int]:
    """Bodies of a mode together, those that end the guest last."""
    return part.body.testcase.ends_shutdown, MODES[part.body.mode][0]


def _groups(parts: Sequence[Part], assembled: dict[str, Assembled]) -> list[list[Part]]:
    """Parts split so that each group's image fits into a ROM."""
    groups: list[list[Part]] = [[]]
    room = PAYLOAD_MAX - BODY_TABLE - 16
    free = room
    for part in parts:
        need = _size(part, assembled[part.body.id])
        if need > room:
            raise UserError(f"{part.body.id} alone is too large for an image; narrow its sweep")
        if need > free:
            groups.append([])
            free = room
        groups[-1].append(part)
        free -= need
    return groups


def _size(part: Part, assembled: Assembled) -> int:
    """Most bytes that a part takes; less where it shares data with others."""
    blobs = _Blobs(0)
    _descriptor(part, assembled, 0, blobs)
    return _DESCRIPTOR_SIZE + len(blobs.data)


class _Blobs:
    """Data behind the descriptors, 16-byte aligned; equal data is stored once."""

    def __init__(self, address: int) -> None:
        self.data = bytearray()
        self._address = address
        self._known: dict[bytes, int] = {}

    def add(self, blob: bytes) -> int:
        """Physical address of blob, 0 if it is empty."""
        if not blob:
            return 0
        address = self._known.get(blob)
        if address is None:
            address = self._known[blob] = self._address + len(self.data)
            self.data += blob.ljust(-(-len(blob) // 16) * 16, b"\0")
        return address


def link(
    home: int, kit: bytes, parts: Sequence[Part], assembled: dict[str, Assembled], witness: bool = False
) -> Image:
    """One image of the kit and these parts, in this order; UserError if the kit is not one of this format."""
    header = _kit_header(home, kit)
    table_size = 16 + _DESCRIPTOR_SIZE * len(parts)
    blobs = _Blobs(PAYLOAD_ADDRESS + BODY_TABLE + table_size)
    descriptors = bytearray()
    first = 0
    for part in parts:
        descriptors += _descriptor(part, assembled[part.body.id], first, blobs)
        first += len(part.indexes)
    table = struct.pack("<4I", _BODY_MAGIC, len(parts), first, 0) + descriptors + blobs.data
    rest = kit[_HEADER.size : BODY_TABLE].ljust(BODY_TABLE - _HEADER.size, b"\0") + table
    build_id = zlib.crc32(rest[_FIXED_SIZE - _HEADER.size :])
    header[3], header[11] = _HEADER.size + len(rest), build_id
    own = {part.body.id: assembled[part.body.id] for part in parts}
    return Image(home, _HEADER.pack(*header) + rest, build_id, tuple(parts), own, witness)


def _kit_header(home: int, kit: bytes) -> list[int]:
    header = list(_HEADER.unpack_from(kit.ljust(_HEADER.size, b"\0")))
    if header[:3] != [b"RINGDIFF", VERSION, home]:
        raise UserError(f"kit{home}.asm has no header of image format {VERSION} for home {home}")
    if len(kit) > BODY_TABLE:
        raise UserError(f"kit{home}.asm has {len(kit):#x} bytes; the body table begins at {BODY_TABLE:#x}")
    if not PAYLOAD_ADDRESS <= header[4] < PAYLOAD_ADDRESS + len(kit):
        raise UserError(f"kit{home}.asm names an entry point outside of it: {header[4]:#x}")
    if header[12] != PAYLOAD_ADDRESS + BODY_TABLE:
        raise UserError(f"kit{home}.asm looks for the body table at {header[12]:#x}")
    return header


def _descriptor(part: Part, assembled: Assembled, first: int, blobs: _Blobs) -> bytes:
    body = part.body
    testcase = body.testcase
    requirements = b"".join(_requirement(requirement) for requirement in body.requires)
    extents = b"".join(struct.pack("<2I", offset, length) for offset, length in assembled.extents)
    flags = _FLAG_SHUTDOWN if testcase.ends_shutdown else 0
    flags |= 0 if testcase.error_code else _FLAG_NO_ERROR_CODE
    dimensions = b""
    for dimension in testcase.sweep:
        values = blobs.add(struct.pack(f"<{len(dimension.values)}Q", *dimension.values))
        dimensions += struct.pack("<2I", len(dimension.values), values)
    return _DESCRIPTOR.pack(
        body.key,
        body.raw,
        first,
        len(part.indexes),
        blobs.add(_bitmap(part)),
        blobs.add(assembled.code),
        len(assembled.code),
        blobs.add(assembled.script),
        blobs.add(requirements),
        len(body.requires),
        blobs.add(extents),
        len(assembled.extents),
        MODES[body.mode][0],
        body.cpl,
        flags,
        len(testcase.sweep),
        blobs.add(dimensions),
    ).ljust(_DESCRIPTOR_SIZE, b"\0")


def _bitmap(part: Part) -> bytes:
    bits = bytearray(-(-part.body.raw // 32) * 4)
    for index in part.indexes:
        bits[index >> 3] |= 1 << (index & 7)
    return bytes(bits)


def _requirement(requirement: Requirement) -> bytes:
    r = requirement
    return struct.pack("<6I", r.leaf, r.subleaf, r.register, r.mask, r.value, r.negate)
