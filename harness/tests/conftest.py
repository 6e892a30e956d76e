# SPDX-License-Identifier: BSD-2-Clause
"""Order: files are handed to workers whole, so the longest one goes first."""
from __future__ import annotations

import pytest

LONGEST = "test_suite.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name != LONGEST)
