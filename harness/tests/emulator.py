# SPDX-License-Identifier: BSD-2-Clause
"""An emulator as a test starts it by hand: in a process group of its own that does not outlive the call."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import time
from pathlib import Path

ADDRESS_SPACE = 4 << 30
FILE_SIZE = 64 << 20


def run(
    command: list[str],
    folder: Path,
    *,
    seconds: float,
    until: str = "",
    errors: bool = False,
) -> tuple[int, str]:
    """Exit status (-1: it had to be ended) and output, standard error too with `errors`.

    It runs in `folder`, leaves the output in its file `log`, and is killed with its whole group after so many
    seconds or once it has said `until`. Memory and output are bounded.
    """

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
        resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_SIZE, FILE_SIZE))

    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "TERM": "dumb"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT if errors else subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=limit,
        )
        try:
            end = time.monotonic() + seconds
            while process.poll() is None and time.monotonic() < end:
                if until and until in (folder / "log").read_text(errors="replace"):
                    break
                time.sleep(0.01)
            ended = process.poll()
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
    return -1 if ended is None else ended, (folder / "log").read_text(errors="replace")
