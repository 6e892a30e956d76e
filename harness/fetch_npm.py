# SPDX-License-Identifier: BSD-2-Clause
"""npm packages, of exactly the versions and contents that a lock file names, in a folder of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

from harness import paths
from harness.errors import ExitCode, UserError
from harness.fetch import Tell, now
from harness.fetchtable import Fetchable
from harness.versions import NPM, Fetched

_FILES = ("package.json", "package-lock.json")


def fetch(entry: Fetchable, made: Path, work: Path, tell: Tell) -> Fetched:
    """Fills `made` from the registry that this machine's npm uses. UserError, in one line, for whatever goes wrong."""
    if shutil.which("npm") is None:
        raise UserError(
            f"cannot fetch {entry.name}: npm not found; install nodejs and npm",
            exit_code=ExitCode.UNAVAILABLE,
        )
    for name in _FILES:
        shutil.copy(paths.ROOT / entry.npm / name, made / name)
    tell("packages")
    # No scripts: nothing of a package runs before somebody boots an image on it.
    argv = [
        "npm",
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--omit=dev",
        f"--cache={work / 'cache'}",
    ]
    environment = {**os.environ, "npm_config_update_notifier": "false"}
    done = subprocess.run(
        argv,
        cwd=made,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode:
        raise UserError(f"cannot fetch {entry.name}: {_reason(done.stderr)}", exit_code=ExitCode.UNAVAILABLE)
    about = made / "node_modules" / entry.name / "package.json"
    version = str(json.loads(about.read_text(encoding="utf-8"))["version"])
    return Fetched(entry.name, NPM, version, version, ".", now(), (f"{entry.name} {version}",))


def _reason(errors: str) -> str:
    """The first of npm's errors that is a sentence."""
    said = [
        line.partition(" ")[2].removeprefix("error ")
        for line in errors.splitlines()
        if " err" in line.lower()
    ]
    said = [line for line in said if not line.startswith(("code ", "errno ", "syscall ", "network "))]
    return said[0] if said else (errors.strip().splitlines() or ["npm failed and said nothing"])[-1]
