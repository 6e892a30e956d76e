# SPDX-License-Identifier: BSD-2-Clause
"""What a run leaves behind when it is killed: nothing.

Every process of a session carries the session's token in its environment, whatever group or session it moves to. A
guardian, forked once a session, waits on a pipe that closes when the harness ends in any way, SIGKILL included; it then
kills what still carries the token and removes the session's folder. No runner has to help.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from pathlib import Path

from .errors import ExitCode, UserError

TOKEN_NAME = "RINGDIFF_SESSION"
# The emulators' memory files lie in the session folder: in RAM where that has room for them.
MEMORY_FOLDER = Path("/dev/shm")
MEMORY_NEEDED = 512 << 20


def processes_of(token: str) -> list[int]:
    """The processes of this session, by the token in their environment."""
    mark = f"{TOKEN_NAME}={token}".encode()
    found = []
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        try:
            with open(f"/proc/{entry.name}/environ", "rb") as file:
                if mark in file.read().split(b"\0"):
                    found.append(int(entry.name))
        except OSError:
            continue  # it ended meanwhile, or is not ours
    return found


def kill_all(token: str) -> None:
    """SIGKILL every process of the session; again, until none is left that could still fork."""
    for _ in range(100):
        pids = processes_of(token)
        if not pids:
            return
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
        time.sleep(0.01)


def _session_folder() -> Path:
    places = [Path(tempfile.gettempdir())]
    try:
        room = os.statvfs(MEMORY_FOLDER)
        if room.f_bavail * room.f_frsize >= MEMORY_NEEDED and os.access(MEMORY_FOLDER, os.W_OK | os.X_OK):
            places.insert(0, MEMORY_FOLDER)
    except OSError:
        pass
    reason = ""
    for place in places:
        try:
            return Path(tempfile.mkdtemp(prefix="ringdiff-", dir=place))
        except OSError as error:
            reason = f"{place}: {error.strerror}"
    raise UserError(f"cannot make a scratch folder: {reason}; set TMPDIR", exit_code=ExitCode.SYSTEM)


class Session:
    """A scratch folder and a token for the processes of one run. Use as a context manager, from the main thread."""

    def __init__(self) -> None:
        self.folder = _session_folder()
        self.token = self.folder.name
        read_end, self._alive = os.pipe()
        self._guardian = os.fork()
        if self._guardian == 0:
            self._watch(read_end)
        os.close(read_end)

    def environment(self) -> dict[str, str]:
        """The environment for processes of this session."""
        return {**os.environ, TOKEN_NAME: self.token}

    def _watch(self, read_end: int) -> None:
        """The guardian: only system calls and no return, for it is a copy of a program that may have threads."""
        status = 1
        try:
            # Out of reach of the terminal's Ctrl-C, and holding nothing open that others wait for.
            os.setsid()
            for name in ("SIGINT", "SIGTERM", "SIGHUP"):
                signal.signal(getattr(signal, name), signal.SIG_IGN)
            top = os.sysconf("SC_OPEN_MAX")
            os.closerange(0, read_end)
            os.closerange(read_end + 1, min(top, 1 << 16))
            while os.read(read_end, 1):
                pass
            kill_all(self.token)
            shutil.rmtree(self.folder, ignore_errors=True)
            status = 0
        finally:
            os._exit(status)

    def close(self) -> None:
        """End what still runs and remove the folder."""
        if self._alive >= 0:
            os.close(self._alive)
            self._alive = -1
            os.waitpid(self._guardian, 0)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
