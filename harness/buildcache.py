# SPDX-License-Identifier: BSD-2-Clause
"""Files under build/cache/: whole or absent, for any number of processes at once.

The cache only saves time: an entry that is missing, torn, or cannot be written is made anew.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path


def read(path: Path) -> bytes | None:
    """The entry, or None if there is none."""
    try:
        return path.read_bytes()
    except OSError:
        return None


def write(path: Path, data: bytes) -> None:
    """Store an entry; a reader sees the old one or the new one, never a part. Failure is no error."""
    try:
        write_atomic(path, data)
    except OSError:
        pass  # read-only tree or full disk: the next run computes it again


def write_atomic(path: Path, data: bytes) -> None:
    """Write a file by rename in its own folder, which is made if need be; raises OSError."""
    import tempfile

    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def stamp(paths: Iterable[Path]) -> str:
    """A hash over the names and contents of files: what a cache entry depends on."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        content = read(path)
        digest.update(f"{path.name}:{-1 if content is None else len(content)}\n".encode())
        digest.update(content or b"")
    return digest.hexdigest()
