# SPDX-License-Identifier: BSD-2-Clause
"""Where the parts of the source tree lie."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTCASES = ROOT / "testcases"
KIT = TESTCASES / "kit"
CACHE = ROOT / "build" / "cache"


def shown(path: Path | str) -> str:
    """A path as messages show it: relative to the current directory where that is shorter."""
    text = str(path)
    relative = os.path.relpath(text)
    return relative if len(relative) < len(text) else text
