# SPDX-License-Identifier: BSD-2-Clause
"""What the kit's own symbols come to, for tests of programs that know some of them."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Mapping
from pathlib import Path

from harness import paths


def kit_values(home: int, expressions: Mapping[str, str], folder: Path) -> dict[str, int]:
    """By name, the value (32 bits) of its expression over the symbols of layout, arena, state and variables."""
    files = ("arena", "layout", "words", "state", "variables")
    includes = "".join(f'%include "{name}.inc"\n' for name in files)
    source, binary = folder / "asm", folder / "bin"
    source.write_text(
        f"%define HOME {home}\n{includes}dd {', '.join(expressions.values())}\n", encoding="ascii"
    )
    command = ["nasm", "-f", "bin", "-I", f"{paths.KIT}/", "-o", str(binary), str(source)]
    subprocess.run(command, check=True)
    return dict(zip(expressions, struct.unpack(f"<{len(expressions)}I", binary.read_bytes())))
