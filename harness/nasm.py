# SPDX-License-Identifier: BSD-2-Clause
"""One call of NASM: text to a flat binary and its symbols."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from harness.errors import ExitCode, Location, UserError

_TIMEOUT = 60.0  # seconds; a body takes some ten milliseconds
_ERROR = re.compile(
    r"^(?P<file>[^:\n]+):(?P<line>\d+): (?:\w+ )?(?:error|fatal|panic): (?P<message>.*)$", re.MULTILINE
)
_SYMBOL = re.compile(r"^\s*(?P<values>[0-9A-F]+(?:\s+[0-9A-F]+)?)\s+(?P<name>\S+)$")


@dataclass(frozen=True, slots=True)
class Binary:
    """What NASM made: bytes; labels with their addresses; and names defined by equ."""

    data: bytes
    labels: dict[str, int]
    constants: dict[str, int]


@dataclass(frozen=True, slots=True)
class Nasm:
    """The assembler and what identifies it."""

    path: str
    identity: str  # changes when another version is installed

    @classmethod
    def find(cls, name: str = "nasm") -> Nasm:
        """The assembler on PATH; UserError (exit code 4) if there is none."""
        path = shutil.which(name)
        if path is None:
            raise UserError(
                f"{name} not found; install the package nasm (`make setup` does)",
                exit_code=ExitCode.UNAVAILABLE,
            )
        # Size and time stand for the version: asking for it costs a process.
        status = os.stat(path)
        return cls(path, f"{path}:{status.st_size}:{status.st_mtime_ns}")

    def assemble(self, text: str, include: Path, *, options: tuple[str, ...] = ()) -> Binary:
        """Assemble text as a flat binary. UserError at the place %line gives to the first error."""
        import subprocess
        import tempfile

        with tempfile.TemporaryDirectory(prefix="ringdiff-nasm-") as folder:
            source = f"[map symbols {folder}/map]\n{text}"
            Path(folder, "in.asm").write_text(source, encoding="utf-8")
            command = [
                self.path,
                "-f",
                "bin",
                "-I",
                f"{include}/",
                *options,
                "-o",
                f"{folder}/out",
                f"{folder}/in.asm",
            ]
            try:
                done = subprocess.run(
                    command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_TIMEOUT, errors="replace"
                )
            except subprocess.TimeoutExpired:
                raise UserError(f"nasm took more than {_TIMEOUT:.0f} s; is there an endless macro?") from None
            if done.returncode != 0:
                raise _failure(done.stderr.replace(f"{folder}/in.asm", "(generated)"))
            labels, constants = _symbols(Path(folder, "map").read_text(encoding="utf-8", errors="replace"))
            return Binary(Path(folder, "out").read_bytes(), labels, constants)


def _failure(stderr: str) -> UserError:
    match = _ERROR.search(stderr)
    if match is None:
        last = stderr.strip().splitlines()[-1:] or ["no message"]
        return UserError(f"nasm failed: {last[0]}", detail=stderr.strip())
    where = Location(match["file"], int(match["line"]))
    rest = [line for line in stderr.splitlines() if line != match.group()]
    return UserError(f"nasm: {match['message']}", where, detail="\n".join(rest))


def _symbols(text: str) -> tuple[dict[str, int], dict[str, int]]:
    """Labels (two values a line: real and virtual; the virtual one counts), and constants (one value)."""
    labels: dict[str, int] = {}
    constants: dict[str, int] = {}
    for line in text.splitlines():
        if match := _SYMBOL.match(line):
            values = match["values"].split()
            (labels if len(values) == 2 else constants)[match["name"]] = int(values[-1], 16)
    return labels, constants
