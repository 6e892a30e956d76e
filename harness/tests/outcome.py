# SPDX-License-Identifier: BSD-2-Clause
"""Outcomes of two runs beside each other."""
from __future__ import annotations

from harness.campaign import Outcome


def same_outcome(one: Outcome, other: Outcome) -> bool:
    """Whether both left the same states, or ended in the same way for the same reason."""
    if one.record and other.record:
        return one.record.same_state(other.record)
    return (one.kind, one.reason) == (other.kind, other.reason)
