# SPDX-License-Identifier: BSD-2-Clause
"""ENDED frames: cases that a runner charges itself when it resumes its guest behind them."""

from __future__ import annotations

import pytest

from harness import record
from harness.campaign import Boot, Campaign, Ended, Ending, Kind
from harness.ledger import Ledger
from harness.record import CaseEnded, StreamReader
from harness.tests.synthetic import layout

CASES = [(7, n) for n in range(6)]


def ended(ordinal: int, code: int, reason: str) -> tuple[object, ...]:
    return record.encode_ended, 7, ordinal, ordinal, code, reason


def case(ordinal: int) -> list[tuple[object, ...]]:
    return [
        (record.encode_case_begin, 7, ordinal, ordinal),
        (record.encode_record, 7, ordinal, 5, [], [(0x2000, ordinal + 1)], 8),
    ]


def stream(frames: list[tuple[object, ...]]) -> bytes:
    opening = [(record.encode_fields, layout(8)), *frames]
    data = record.encode_hello(0, home=64, build_id=1, cases=len(CASES))
    for seq, (encode, *arguments) in enumerate(opening, 1):
        data += encode(seq, *arguments)  # type: ignore[operator]
    return data


def run(campaign: Campaign, frames: list[tuple[object, ...]]) -> None:
    """One boot that says this and BYE."""
    boot = campaign.next_boot()
    assert boot is not None
    campaign.ledger.begin_stream()
    campaign.ledger.feed(stream([*frames, (record.encode_bye, 0, len(CASES), len(CASES))]))
    campaign.ledger.end_stream()
    campaign.take(boot, Ended(Ending.BYE, bye=campaign.ledger.bye))


def test_the_frame_survives_the_stream() -> None:
    reader = StreamReader()
    (frame,) = reader.feed(record.encode_ended(0, 7, 3, 9, 43, "suberror 1 at cd 30 – dead"))
    assert frame == CaseEnded(0, 7, 3, 9, 43, "suberror 1 at cd 30 – dead")
    assert not reader.losses


def test_a_frame_that_is_too_short_is_no_frame() -> None:
    reader = StreamReader()
    assert not reader.feed(record.encode_frame(record.FrameType.ENDED, 0, bytes(15))) and not reader.finish()
    assert reader.losses.bytes_skipped


def test_a_boot_that_went_on_behind_its_deaths() -> None:
    campaign = Campaign(CASES)
    frames: list[tuple[object, ...]] = [
        *case(0),
        (record.encode_case_begin, 7, 1, 1),
        (record.encode_retract, 0, 3),
    ]
    frames += [*case(0), (record.encode_verified, 1), (record.encode_case_begin, 7, 1, 1)]
    frames += [ended(1, 43, "KVM_EXIT_INTERNAL_ERROR"), *case(2), (record.encode_verified, 3)]
    frames += [(record.encode_case_begin, 7, 3, 3), ended(3, 41, "triple fault")]
    frames += [(record.encode_case_begin, 7, 4, 4), ended(4, 42, "no output")]
    frames += [(record.encode_case_begin, 7, 5, 5), ended(5, 44, "unemulated: INT n")]
    run(campaign, frames)
    assert campaign.next_boot() is None
    found = [(o.kind, o.reason) for o in campaign.outcomes().values()]
    assert found == [
        (Kind.RECORD, ""),
        (Kind.EMULATOR_ERROR, "KVM_EXIT_INTERNAL_ERROR"),
        (Kind.RECORD, ""),
        (Kind.SHUTDOWN, "triple fault"),
        (Kind.HANG, "no output"),
        (Kind.SKIP, "unemulated: INT n"),
    ]
    assert campaign.settled == len(CASES)


def test_what_was_retracted_is_no_result() -> None:
    campaign = Campaign(CASES)
    run(
        campaign, [*case(0), (record.encode_retract, 0, 3), ended(1, 43, "dead"), (record.encode_verified, 6)]
    )
    assert campaign.next_boot() == Boot(0, 1, True)


@pytest.mark.parametrize("code", [0, 40, 43, 0xFFFFFFFF])
def test_an_unknown_code_is_an_emulator_error(code: int) -> None:
    ledger = Ledger()
    campaign = Campaign(CASES[:1], ledger=ledger)
    run(campaign, [(record.encode_case_begin, 7, 0, 0), ended(0, code, "odd")])
    assert campaign.outcomes()[7, 0].kind is Kind.EMULATOR_ERROR
