# SPDX-License-Identifier: BSD-2-Clause
"""What the runners written in Python share: the protocol's arguments and exit codes, and the RAM channel.

Only os and sys at import: a runner starts once a boot, and its own start-up counts in the latency of a case.
"""
from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # typing costs more start-up time than all else here
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

BYE, SHUTDOWN, HANG, EMULATOR_ERROR, UNAVAILABLE, LOST = 40, 41, 42, 43, 44, 45

CHANNELS = ("ram", "e9", "uart", "bochs-ram")
RAM_MARK = b"RINGDIFF-OUTPUT\0"
RAM_HEADER = 64
ORDINAL = 0xA20400  # physical: the case being run (testcases/kit/variables.inc)
RAM_WRITTEN = 16  # offset of the number of bytes of stream


def end(code: int, message: str = "") -> NoReturn:
    """Leave with a protocol exit code; the message is the one line the harness shows."""
    if message:
        sys.stderr.write(message.rstrip() + "\n")
        sys.stderr.flush()
    os._exit(code)


class Call:
    """The command line of `probe` and `boot` (docs/runner-protocol.md)."""

    def __init__(self, argv: list[str]) -> None:
        self.verb = argv[1] if len(argv) > 1 else ""
        self.image = self.stream = self.scratch = self.binary = self.boot_image = ""
        self.options: dict[str, str] = {}
        if self.verb not in ("probe", "boot"):
            end(
                EMULATOR_ERROR,
                f"usage: {argv[0]} probe|boot ... (docs/runner-protocol.md); got {self.verb!r}",
            )
        rest = iter(argv[2:])
        for word in rest:
            value = next(rest, None)
            if value is None:
                end(EMULATOR_ERROR, f"argument {word} lacks its value")
            if word == "--opt":
                key, _, setting = value.partition("=")
                self.options[key] = setting
            elif word in ("--image", "--stream", "--scratch", "--binary", "--boot-image"):
                name = word[2:].replace("-", "_")
                setattr(self, name, os.path.abspath(value) if word != "--binary" or "/" in value else value)
            else:
                end(EMULATOR_ERROR, f"unknown argument {word}")
        if self.verb == "boot":
            for name in ("image", "stream", "scratch"):
                if not getattr(self, name):
                    end(EMULATOR_ERROR, f"boot needs --{name}")

    @property
    def hidden(self) -> bool:
        """Whether hidden segment parts are asked for: `runners/witness.py` is imported only then."""
        return self.options.get("hidden", "off") in ("on", "1")

    def refuse_options_other_than(self, *known: str) -> None:
        for key in self.options:
            if key not in known:
                end(UNAVAILABLE, f"unknown option {key!r}; this runner knows {', '.join(known)}")


class Header:
    """The fields of an image header (docs/image-format.md) that a runner needs."""

    def __init__(self, path: str) -> None:
        try:
            with open(path, "rb") as file:
                data = file.read()
        except OSError as error:
            end(EMULATOR_ERROR, f"cannot read image {path}: {error.strerror}")
        self.file_size = len(data)
        self.format = "rom"
        if data.startswith(b"\x7fELF"):
            self.format = "multiboot"
        elif data[0x8001:0x8006] == b"CD001":  # ISO 9660, volume descriptors from sector 16 on
            self.format = "iso"
        elif data[510:512] == b"\x55\xaa" and not data.startswith(b"RINGDIFF"):
            self.format = "disk"
        at = data.find(b"RINGDIFF\1\0")
        while at >= 0 and data[at + 10 : at + 12] not in (b"\x20\0", b"\x40\0"):
            at = data.find(b"RINGDIFF\1\0", at + 1)
        if at < 0:
            end(EMULATOR_ERROR, f"{path} is not a ringdiff image: no header")

        def word(offset: int) -> int:
            return int.from_bytes(data[at + offset : at + offset + 4], "little")

        self.offset = at  # of the header in the file
        channel = word(0x14)
        if channel >= len(CHANNELS):
            end(EMULATOR_ERROR, f"{path}: unknown channel {channel}")
        self.channel = CHANNELS[channel]
        self.start = word(0x18)
        self.count = word(0x1C)
        self.flags = word(0x20)
        self.build_id = word(0x2C)
        self.skip = [word(0x40 + 4 * n) for n in range(min(word(0x34), 64))]
        self.out_base = word(0x24)
        self.out_size = word(0x28)
        self.witness = bool(word(0x20) & 8)


def find_binary(name: str) -> str | None:
    """The executable a shell would start for this name or path, or None."""
    for folder in [""] if "/" in name else os.environ.get("PATH", "/usr/bin:/bin").split(":"):
        path = os.path.join(folder, name)
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None


class Process:
    """One child with its standard streams in files; waits without spinning and without a subprocess module."""

    def __init__(self, argv: list[str], stdin: int, stdout: str, stderr: str) -> None:
        make = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        actions = [
            (os.POSIX_SPAWN_DUP2, stdin, 0),
            (os.POSIX_SPAWN_OPEN, 1, stdout, make, 0o644),
            (os.POSIX_SPAWN_OPEN, 2, stderr, make, 0o644),
        ]
        try:
            self.pid = os.posix_spawn(argv[0], argv, os.environ, file_actions=actions)
        except OSError as error:
            end(UNAVAILABLE, f"cannot start {argv[0]}: {error.strerror}")
        import select

        self._poll = select.poll()
        self._poll.register(os.pidfd_open(self.pid), select.POLLIN)
        self.status: int | None = None

    def wait(self, seconds: float) -> bool:
        """True once the child has ended; `status` is then its exit code, or minus the signal that killed it."""
        if self.status is None and self._poll.poll(seconds * 1000):
            self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.status is not None

    def kill(self) -> None:
        if self.status is None:
            os.kill(self.pid, 9)
            self.wait(10)


class RamChannel:
    """Follows the RAM buffer: copies what the guest has added to the stream file."""

    def __init__(self, read: Callable[[int, int], bytes], size: int, stream: str) -> None:
        self._read = read
        self._size = size
        self._stream = os.open(stream, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self._done = 0
        self.finished = False
        self.rewound = False  # the counter went back: the guest was reset and runs again

    def copy_new(self) -> None:
        head = self._read(0, RAM_HEADER)
        if head[:16] != RAM_MARK:
            return
        # A guest gone wild may write any number here: believe nothing beyond the buffer.
        written = min(int.from_bytes(head[RAM_WRITTEN : RAM_WRITTEN + 4], "little"), self._size - RAM_HEADER)
        if written < self._done or self.rewound:
            self.rewound = True
            return
        self.finished = head[20] == 1
        if self._done < written:
            self.copy_to(written)

    def copy_to(self, written: int) -> None:
        """Copy up to so many bytes of stream."""
        while self._done < written:
            piece = self._read(RAM_HEADER + self._done, min(written - self._done, 1 << 20))
            if not piece:
                return
            self._done += self.append(piece)

    def append(self, piece: bytes) -> int:
        """Bytes to the end of the stream file; how many of them."""
        try:
            return os.write(self._stream, piece)
        except OSError as error:
            end(EMULATOR_ERROR, f"cannot write the stream: {error.strerror}")


def follow(
    process: Process, channel: RamChannel | None, stopped: Callable[[], bool], first: float = 0.001
) -> bool:
    """Copy new bytes until the process has ended; True if it was ended here because the guest had been reset.

    A guest that has said BYE need not end its emulator itself. `stopped` tells that the emulator has stopped
    the guest; `first` is how long (seconds) to wait before the first look.
    """
    pause = first
    halted = False
    while not (halted or process.wait(pause)):
        halted = stopped()
        if channel is not None:
            channel.copy_new()
            if channel.finished:
                process.kill()
                return False
            halted = halted or channel.rewound
        pause = min(pause * 1.2, 0.03)  # each look costs the emulator its caches
    if channel is not None:
        channel.copy_new()
    process.kill()
    return halted


def last_line(path: str, telling: str = "") -> str:
    """The last line of a diagnostics file that says something, warnings aside; rather one with the `telling`
    text.
    """
    try:
        with open(path, "rb") as file:
            text = file.read()[-8192:].decode("utf-8", "replace")
    except OSError:
        return ""
    lines = [line.strip() for line in text.splitlines() if line.strip(" =\t") and "warning:" not in line]
    best = [line for line in lines if telling and telling in line] or lines
    return best[-1] if best else ""
