# SPDX-License-Identifier: BSD-2-Clause
"""Hidden segment parts from Bochs: its debugger stops at XCHG BX, BX and prints the segment registers.

The guest writes its stream to port E9h, so frames and the debugger's text come by one way, in the order in
which things happened. Commands are fed ahead: the debugger takes them as it stops.
"""
from __future__ import annotations

import os
import re
import select
import site
import struct
import zlib

import boot
import witness

site.main()  # a runner starts without Debian's modules
from crc32c import crc32c  # noqa: E402

_CHECKS = (zlib.crc32, crc32c)  # by byte 5 of a frame (docs/record-format.md)
_COMMANDS = b"sreg\nxp /1wx %#x\nc\n" % boot.ORDINAL
_BLOCK = _COMMANDS * 64  # less than PIPE_BUF: a pipe takes it whole or not at all
_STOP = b"Magic breakpoint"
_OTHER_STOP = re.compile(rb"\(\d+\)\.\[\d+\] \[0x")  # printed in place of it: the guest was reset
_REGISTER = re.compile(
    rb"(es|cs|ss|ds|fs|gs|ldtr|tr):0x([0-9a-f]{4}), dh=0x([0-9a-f]{8}), dl=0x([0-9a-f]{8}), valid=(\d+)"
)
_PARTS = re.compile(rb"\t.* segment, base=0x([0-9a-f]+), limit=0x([0-9a-f]+)")
_ORDINAL = re.compile(rb"0x0*%x <.*>:\s+0x([0-9a-f]{8})" % boot.ORDINAL)


class Transcript:
    """Bochs' standard output: the guest's frames go to the stream, HIDDEN before the frame that follows a
    stop.
    """

    def __init__(self, stream: int) -> None:
        self._stream = stream
        self._buffer = b""
        self._segments: dict[str, witness.Segment] = {}
        self._last = ""
        self._shown = b""
        self.reset = False  # the debugger stopped for another reason

    def feed(self, data: bytes) -> None:
        """More of it."""
        buffer, at, out = self._buffer + data, 0, b""
        sync = buffer.find(witness.SYNC)
        while at < len(buffer):
            if sync == at:
                size = _frame_size(buffer, at)
                if not size:
                    break
                if size > 1:
                    out += self._shown
                    self._shown = b""
                out += buffer[at : at + size]
                at += size
                sync = buffer.find(witness.SYNC, at)
                continue
            end = buffer.find(b"\n", at, sync if sync > at else len(buffer))
            if end < 0 and sync < 0:
                break
            self._line(buffer[at : end if end >= 0 else sync])
            at = end + 1 if end >= 0 else sync
        self._buffer = buffer[at:]
        while out:
            out = out[os.write(self._stream, out) :]

    def _line(self, line: bytes) -> None:
        if register := _REGISTER.match(line):
            self._register(register)
        elif parts := _PARTS.match(line):
            self._segments[self._last].base = int(parts[1], 16)
            self._segments[self._last].limit = int(parts[2], 16)
        elif ordinal := _ORDINAL.match(line):
            self._shown = witness.frame(int(ordinal[1], 16), witness.pack(self._segments))
        elif _STOP in line:
            self._segments.clear()
        elif _OTHER_STOP.search(line):
            self.reset = True

    def _register(self, found: re.Match[bytes]) -> None:
        high, low = int(found[3], 16), int(found[4], 16)
        limit = low & 0xFFFF | high & 0xF0000
        if high >> 23 & 1:
            limit = limit << 12 | 0xFFF
        base = low >> 16 | (high & 0xFF) << 16 | high & 0xFF000000
        self._last = found[1].decode()
        usable = bool(int(found[5]) & 1)
        self._segments[self._last] = witness.Segment(
            int(found[2], 16), high >> 8, limit, base, usable, low_base=True  # the debugger prints no more
        )


def _frame_size(buffer: bytes, at: int) -> int:
    """Size of the frame at a sync, 1 if it only looks like one, 0 while it is not whole."""
    if len(buffer) - at < witness.HEADER_SIZE:
        return 0
    payload = int(struct.unpack_from("<I", buffer, at + 8)[0])
    check = buffer[at + 5]
    if payload > witness.MAX_PAYLOAD or check >= len(_CHECKS):
        return 1
    end = at + witness.HEADER_SIZE + payload
    if len(buffer) < end + witness.CRC_SIZE:
        return 0
    crc = struct.unpack_from("<I", buffer, end)[0]
    return end + witness.CRC_SIZE - at if _CHECKS[check](buffer[at + 4 : end]) == crc else 1


def run(argv: list[str], fifo: str, stream: str, noise: str) -> tuple[boot.Process, bool]:
    """Bochs to its end, or until the guest has been reset (True)."""
    os.mkfifo(fifo)
    output = os.open(fifo, os.O_RDWR | os.O_NONBLOCK)
    stdin, commands = os.pipe()
    os.write(commands, b"c\n")
    os.set_blocking(commands, False)
    process = boot.Process(argv, stdin, fifo, noise)
    transcript = Transcript(os.open(stream, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644))
    poll = select.poll()
    poll.register(output, select.POLLIN)
    ended = False
    while not (ended or transcript.reset):
        ended = process.wait(0)
        try:
            while True:
                os.write(commands, _BLOCK)
        except BlockingIOError:
            pass
        if poll.poll(0 if ended else 20):
            try:
                while not transcript.reset:
                    transcript.feed(os.read(output, 1 << 18))
            except BlockingIOError:
                pass
    process.kill()
    return process, transcript.reset
