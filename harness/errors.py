# SPDX-License-Identifier: BSD-2-Clause
"""What a user did or lacks, as one clear line and an exit code; everything else is a defect of ours."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of `./ringdiff`; docs/cli.md says the same.

    1 is left to `compare`, for what broke (as diff(1) has it), and to Python's own tracebacks: a defect of ours.
    """

    OK = 0  # everything asked for was done; all PASS, KNOWN or SKIP
    USAGE = 3  # the command line is wrong
    INPUT = 3  # an input is wrong: testcase, kit, known issues, image, stream, filter
    UNAVAILABLE = 4  # a tool or backend that was asked for is not installed or cannot run here
    SYSTEM = 5  # output cannot be written: disk full, permission denied
    DIVERGENCE = 10  # the run is done, and a case got FAIL, CRASH, HANG or FIXED
    INCOMPLETE = 10  # cases are MISSING: the run cannot be trusted
    INTERRUPTED = 130  # Ctrl-C


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a text; line and column count from 1, 0 means the whole file (or line)."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.file]
        if self.line:
            parts.append(str(self.line))
            if self.column:
                parts.append(str(self.column))
        return ":".join(parts)


class UserError(Exception):
    """Something the user can put right. `str()` is one line: where, what, and what to do.

    `detail` holds further lines that help (the source line with a caret, an assembler's output);
    the command line prints them after the message.
    """

    def __init__(
        self,
        message: str,
        where: Location | None = None,
        *,
        exit_code: int = ExitCode.INPUT,
        detail: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.exit_code = int(exit_code)
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message
