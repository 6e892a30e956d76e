# SPDX-License-Identifier: BSD-2-Clause
"""Order: files are handed to workers whole, so the longest one goes first."""
from __future__ import annotations

import signal

import pytest

# A shell starts its background jobs with SIGINT ignored, and so would be all that these tests interrupt.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

LONGEST = "test_suite.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name != LONGEST)
