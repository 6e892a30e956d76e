# SPDX-License-Identifier: BSD-2-Clause
"""Hidden segment parts from QEMU: the guest panics (pvpanic) at each capture and is paused; the monitor tells
them.
"""
from __future__ import annotations

import json
import re
import select
import time

import boot
import witness

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket

_LINE = re.compile(
    r"^(ES|CS|SS|DS|FS|GS|LDT|TR) *=([0-9a-f]{4}) ([0-9a-f]{8,16}) ([0-9a-f]{8}) ([0-9a-f]{8})", re.MULTILINE
)
_ASK = {"execute": "human-monitor-command", "arguments": {"command-line": "info registers"}}
LOOK_S = 0.02  # between looks at the stream


def device_arguments(monitor: int) -> list[str]:
    """QEMU's: the port that pauses it, and its monitor on an inherited socket. It waits for the first `cont`."""
    return [
        *("-device", f"pvpanic,ioport={witness.PORT},events=1", "-action", "panic=pause", "-S"),
        *("-chardev", f"socket,id=monitor,fd={monitor}", "-mon", "chardev=monitor,mode=control"),
    ]


def segments(text: str) -> bytes:
    """The entries of a HIDDEN frame from what `info registers` prints."""
    found = {}
    for name, *words in _LINE.findall(text):
        selector, base, limit, flags = (int(word, 16) for word in words)
        name = "ldtr" if name == "LDT" else name.lower()
        usable = bool(flags >> 8 & witness.PRESENT)
        if name == "ldtr":  # LLDT of a null selector leaves QEMU's copy of the rights as they were
            usable = usable and bool(selector & ~3)
        found[name] = witness.Segment(selector, flags >> 8, limit, base, usable)
    return witness.pack(found)


class _Monitor:
    """QEMU's machine protocol, as far as stops need it."""

    def __init__(self, ours: socket.socket) -> None:
        self._socket = ours
        self._rest = b""
        self.say({"execute": "qmp_capabilities"}, {"execute": "cont"})

    def fileno(self) -> int:
        return self._socket.fileno()

    def messages(self) -> list[dict[str, object]]:
        """What has come since the last time."""
        try:
            data = self._socket.recv(1 << 16)
        except OSError:
            data = b""
        *lines, self._rest = (self._rest + data).split(b"\n")
        return [json.loads(line) for line in lines if line.strip()]

    def say(self, *commands: object) -> None:
        try:
            self._socket.sendall(b"".join(json.dumps(command).encode() + b"\n" for command in commands))
        except OSError:
            pass  # QEMU has ended, as its process tells


def follow(
    process: boot.Process, channel: witness.ShownChannel, ours: socket.socket, memory: memoryview, out: int
) -> None:
    """Until QEMU has ended or the guest has said BYE. `memory` is the guest's, `out` where its output buffer
    begins.
    """
    monitor = _Monitor(ours)
    poll = select.poll()
    poll.register(monitor, select.POLLIN)
    stopped_at: tuple[int, int] | None = None  # bytes of stream, ordinal

    def word(address: int) -> int:
        return int.from_bytes(memory[address : address + 4], "little")

    looked = time.monotonic()
    while not channel.finished and not process.wait(0):
        for message in monitor.messages() if poll.poll(LOOK_S * 1000) else []:
            if message.get("event") == "STOP":
                stopped_at = word(out + boot.RAM_WRITTEN), word(boot.ORDINAL)
                monitor.say(_ASK, {"execute": "cont"})
            elif isinstance(text := message.get("return"), str) and stopped_at:
                channel.show(*stopped_at, segments(text))
                stopped_at = None
            elif "error" in message:
                process.kill()
                boot.end(boot.EMULATOR_ERROR, f"QEMU's monitor: {message['error']}")
        # While the answer is on its way, the place of its frame in the stream must not be passed.
        if stopped_at is None and time.monotonic() - looked > LOOK_S:
            looked = time.monotonic()
            channel.copy_new()
    channel.copy_new()
    process.kill()
