# SPDX-License-Identifier: BSD-2-Clause
"""What streams add up to: provisional, final, void."""

from __future__ import annotations

import random
from collections.abc import Callable

from harness import record
from harness.ledger import Ledger, encode_ledger, read_stream
from harness.tests.synthetic import layout

KEY = 0x1111


class Guest:
    """Writes a stream frame by frame."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.add(record.encode_hello, home=64, build_id=7, cases=100)
        self.add(record.encode_fields, layout(8))
        self.add(record.encode_baseline, 5, [(7, 1)], 8)

    def add(self, encode: Callable[..., bytes], *arguments: object, **named: object) -> Guest:
        self.frames.append(encode(len(self.frames), *arguments, **named))
        return self

    def begin(self, n: int) -> Guest:
        return self.add(record.encode_case_begin, KEY, n, n)

    def case(self, n: int, value: int = 1, flags: int = 0) -> Guest:
        self.begin(n)
        return self.add(record.encode_record, KEY, n, 5, [], [(9, value)], 8, flags)

    def verified(self, ordinal: int) -> Guest:
        return self.add(record.encode_verified, ordinal)

    def retract(self, ordinal: int) -> Guest:
        return self.add(record.encode_retract, ordinal, 1)

    def bye(self, status: int = 0) -> Guest:
        return self.add(record.encode_bye, status, 0, 0)

    def stream(self) -> bytes:
        return b"".join(self.frames)


def finals(ledger: Ledger) -> dict[int, int]:
    return {index: rec.final_words()[9] for (_, index), rec in ledger.finals.items()}


def test_a_record_is_final_once_verified() -> None:
    ledger = read_stream(Guest().case(0).case(1).verified(2).case(2).bye().stream())
    assert finals(ledger) == {0: 1, 1: 1}
    assert (ledger.complete, ledger.dropped, bool(ledger.losses)) == (True, 1, False)


def test_verified_covers_lower_ordinals_only() -> None:
    ledger = read_stream(Guest().case(0).case(1).case(2).verified(2).bye().stream())
    assert finals(ledger) == {0: 1, 1: 1}


def test_retract_voids_what_is_not_verified_and_nothing_else() -> None:
    guest = Guest().case(0).verified(1).case(1, 66).case(2, 66).retract(1)
    guest.case(1, 2, record.RECORD_FULL_COMPARE).verified(2).case(2, 3).verified(3).bye()
    ledger = read_stream(guest.stream())
    assert finals(ledger) == {0: 1, 1: 2, 2: 3}
    assert ledger.retracted == 2
    assert not ledger.unstable


def test_a_lost_retract_lets_nothing_false_through() -> None:
    for lost in range(3, 13):
        guest = Guest().case(0, 66).case(1, 66).retract(0).case(0, 2).verified(1).case(1, 2).verified(2).bye()
        del guest.frames[lost]
        values = finals(read_stream(guest.stream()))
        assert 66 not in values.values(), f"frame {lost}"


def test_what_is_lost_never_becomes_a_record() -> None:
    rng = random.Random(5)
    for _ in range(300):
        guest = Guest()
        for n in range(30):
            guest.case(n, 1000 + n)
            if n % 4 == 3:
                guest.verified(n + 1)
        guest.bye()
        data = bytearray(guest.stream())
        for _ in range(rng.randint(1, 6)):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        del data[rng.randrange(len(data) // 2, len(data)) :]
        ledger = read_stream(bytes(data))
        assert all(value == 1000 + n for n, value in finals(ledger).items())
        assert not ledger.complete


def test_the_case_in_flight_is_known_when_the_guest_dies() -> None:
    ledger = read_stream(Guest().case(0).verified(1).case(1).begin(2).stream())
    assert ledger.in_flight is not None
    assert (ledger.in_flight.ordinal, ledger.bye, finals(ledger)) == (2, None, {0: 1})


def test_a_second_hello_is_a_reset_and_charges_the_case_in_flight() -> None:
    ledger = read_stream(Guest().case(0).verified(1).case(1).begin(2).stream() + Guest().stream())
    assert ledger.resets == 1
    assert ledger.reset_in is not None and ledger.reset_in.ordinal == 2
    assert finals(ledger) == {0: 1}


def test_boots_add_up() -> None:
    ledger = Ledger()
    for guest in (Guest().case(0).verified(1).case(1), Guest().case(1, 5).verified(2).bye()):
        ledger.begin_stream()
        ledger.feed(guest.stream())
        ledger.end_stream()
    assert (finals(ledger), ledger.boots, ledger.complete) == ({0: 1, 1: 5}, 2, True)


def test_a_case_that_differs_from_run_to_run_is_named() -> None:
    ledger = read_stream(Guest().case(0).verified(1).case(0, 2).verified(1).bye().stream())
    assert ledger.unstable == {(KEY, 0)}


def test_a_stored_stream_depends_on_the_records_alone() -> None:
    plain = read_stream(Guest().case(0).case(1, 2).verified(2).bye().stream())
    guest = (
        Guest()
        .case(0, 9)
        .retract(0)
        .case(0, 1, record.RECORD_FULL_COMPARE)
        .verified(1)
        .case(1, 2)
        .verified(2)
    )
    troubled = read_stream(b"noise" + guest.bye().stream())
    stored = [b"".join(encode_ledger(ledger, sorted(ledger.finals))) for ledger in (plain, troubled)]
    assert stored[0] == stored[1]
    again = read_stream(stored[0])
    assert (finals(again), again.complete, bool(again.losses)) == ({0: 1, 1: 2}, True, False)


def test_a_record_whose_baseline_was_lost_is_lost_too() -> None:
    guest = Guest().case(0).verified(1).bye()
    ledger = read_stream(b"".join(guest.frames[:2] + guest.frames[3:]))
    assert finals(ledger) == {} and ledger.dropped == 1 and ledger.complete
    again = Guest().case(0).verified(1).bye().stream()
    ledger.begin_stream()
    ledger.feed(again)
    ledger.end_stream()
    assert finals(ledger) == {0: 1}
    ledger = read_stream(b"".join(guest.frames[:1] + guest.frames[2:]))
    assert finals(ledger) == {}


def test_ready_counts_in_no_sequence() -> None:
    booted, idle = record.encode_ready(7, 100, 0), record.encode_ready(7, 100, 1)
    run = Guest().case(0).verified(1).bye().stream()
    ledger = read_stream(booted + booted + run + idle)
    assert finals(ledger) == {0: 1} and ledger.complete
    assert not ledger.resets and not ledger.losses
    ledger = read_stream(booted + Guest().begin(3).stream() + booted + run)
    assert ledger.resets == 1 and ledger.reset_in is not None and ledger.reset_in.ordinal == 3
    assert finals(ledger) == {0: 1}


def test_many_records_are_cheap() -> None:
    import time

    guest = Guest()
    for n in range(20_000):
        guest.begin(n).add(record.encode_record, KEY, n, 5, [], [(i, n) for i in range(40)], 8)
        if n % 32 == 31:
            guest.verified(n + 1)
    data = guest.stream()
    began = time.monotonic()
    ledger = read_stream(data)
    assert len(ledger.finals) == 20_000
    assert time.monotonic() - began < 5
