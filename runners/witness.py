# SPDX-License-Identifier: BSD-2-Clause
"""Hidden segment parts (docs/runner-protocol.md, Hidden segment parts): HIDDEN frames, in their place in the
stream.

The kit's witness build stops at each capture, with the segment registers as the case left them. A frame
belongs between CASE-BEGIN and RECORD; of several stops of a case the last one counts.
"""
from __future__ import annotations

import os
import struct

import boot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PORT = 0xFA  # testcases/kit/witness.inc
NAMES = ("es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr")
SYNC = b"\xf5RD1"
HEADER_SIZE, CRC_SIZE, MAX_PAYLOAD = 12, 4, 0x80000
UNUSABLE = 1 << 8
LOW_BASE = 1 << 9
PRESENT = 1 << 7
_ENTRY = struct.Struct("<HHIQ")
SEGMENTS_SIZE = len(NAMES) * _ENTRY.size
_HIDDEN = 14


def check_image(header: boot.Header, *channels: str) -> None:
    """End the runner if the image would show nothing, or its stream could not take the frames in."""
    if header.channel not in (channels or ("ram", "bochs-ram")):
        boot.end(boot.UNAVAILABLE, f"hidden=1 needs another channel than {header.channel}")
    if not header.witness:
        boot.end(boot.EMULATOR_ERROR, "hidden=1 needs an image of the kit's witness build")


class Segment:
    """One register: selector; rights as bits 8..23 of a descriptor's high doubleword; limit in bytes; base."""

    def __init__(
        self, selector: int, rights: int, limit: int, base: int, usable: bool, low_base: bool = False
    ) -> None:
        self.selector = selector
        self.rights = (rights & 0xF0FF) | (0 if usable else UNUSABLE) | (LOW_BASE if low_base else 0)
        self.limit = limit
        self.base = base

    def packed(self) -> bytes:
        return _ENTRY.pack(self.selector, self.rights, self.limit, self.base & (1 << 64) - 1)


def pack(segments: Mapping[str, Segment]) -> bytes:
    """The entries of a HIDDEN frame; KeyError if a register is missing."""
    return b"".join(segments[name].packed() for name in NAMES)


def frame(ordinal: int, segments: bytes) -> bytes:
    """A HIDDEN frame (docs/record-format.md); it stands outside of the sequence."""
    import zlib

    head = struct.pack("<BBHII", _HIDDEN, 0, 0, 4 + len(segments), ordinal)
    return SYNC + head + segments + struct.pack("<I", zlib.crc32(head + segments))


class ShownChannel(boot.RamChannel):
    """The RAM channel with HIDDEN frames between the guest's own; `more` is called before each look, to
    `show` some.
    """

    def __init__(
        self,
        read: Callable[[int, int], bytes],
        size: int,
        stream: str,
        more: Callable[[ShownChannel], None] = lambda channel: None,
    ) -> None:
        super().__init__(read, size, stream)
        self._more = more
        self._shown: list[tuple[int, bytes]] = []

    def show(self, position: int, ordinal: int, segments: bytes) -> None:
        """A stop after so many bytes of stream."""
        if self._shown and self._shown[-1][0] == position:
            self._shown.pop()
        self._shown.append((position, frame(ordinal, segments)))

    def copy_to(self, written: int) -> None:
        # The last stop at the present end stays: another one of the same case may follow.
        self._more(self)
        while self._shown and self._shown[0][0] < written:
            position, data = self._shown.pop(0)
            super().copy_to(position)
            self.append(data)
        super().copy_to(written)


def from_refcore(path: str) -> Callable[[ShownChannel], None]:
    """Feeds a ShownChannel from the file that refcore --hidden writes, with two words: ordinal, bytes of
    stream.
    """
    file: list[int] = []
    size = SEGMENTS_SIZE + 8

    def more(channel: ShownChannel) -> None:
        if not file:
            try:
                file.append(os.open(path, os.O_RDONLY))
            except FileNotFoundError:
                return
        while True:
            data = os.read(file[0], 1000 * size)
            whole = len(data) - len(data) % size
            os.lseek(file[0], whole - len(data), os.SEEK_CUR)
            for at in range(0, whole, size):
                ordinal, position = struct.unpack_from("<II", data, at + SEGMENTS_SIZE)
                channel.show(position, ordinal, data[at : at + SEGMENTS_SIZE])
            if not whole:
                return

    return more
