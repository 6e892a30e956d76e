# SPDX-License-Identifier: BSD-2-Clause
"""Order: files are handed to workers whole, so the longest ones go first. And the launcher's own settings."""
from __future__ import annotations

import gc
import signal

import pytest

# As ./ringdiff has it: whole runs are held here, and the collector would walk over their states time and again.
gc.set_threshold(100_000, 50, 50)

# A shell starts its background jobs with SIGINT ignored, and so would be all that these tests interrupt.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

LONGEST = ("suite", "core", "traces", "supervise", "repeat", "boot_forms", "singlestep", "defects", "kvm")
PLACES = {f"test_{name}.py": n for n, name in enumerate(LONGEST)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: PLACES.get(item.path.name, len(PLACES)))
