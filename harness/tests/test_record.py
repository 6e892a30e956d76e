# SPDX-License-Identifier: BSD-2-Clause
"""The stream reader: whole frames, noise, gaps, and anything at all."""

from __future__ import annotations

import random
import time

import pytest

from harness import record
from harness.record import CpuidEntry, Frame, Layout, StreamReader
from harness.tests.synthetic import layout


def sample(count: int = 40, word_size: int = 8) -> list[bytes]:
    """The frames of a small but complete stream."""
    cpuid = [CpuidEntry(0, 0, 13, 0x756E6547, 0x6C65746E, 0x49656E69), CpuidEntry(1, 0, 0x306A9, 1, 2, 3)]
    frames = [
        record.encode_hello(0, home=8 * word_size, build_id=0xABCD, cases=count, cpuid=cpuid),
        record.encode_fields(1, layout(word_size)),
        record.encode_baseline(2, 5, [(7, 0x1234), (9, (1 << 8 * word_size) - 1)], word_size),
    ]
    for n in range(count):
        frames.append(record.encode_case_begin(len(frames), 0x1111, n, n))
        frames.append(
            record.encode_record(len(frames), 0x1111, n, 5, [(1, n)], [(2, n), (3, n * n)], word_size)
        )
    frames.append(record.encode_skip(len(frames), 0x2222, 1, 5))
    frames.append(record.encode_retract(len(frames), 3, 1))
    frames.append(record.encode_note(len(frames), 0x1111, 2, 1))
    frames.append(record.encode_verified(len(frames), count))
    frames.append(record.encode_bye(len(frames), 0, count, count))
    return frames


def read(data: bytes, sizes: random.Random | None = None) -> tuple[list[Frame], StreamReader]:
    reader = StreamReader()
    frames: list[Frame] = []
    while data:
        size = sizes.randint(1, 300) if sizes else len(data)
        frames += reader.feed(data[:size])
        data = data[size:]
    return frames + reader.finish(), reader


@pytest.mark.parametrize("word_size", [4, 8])
def test_every_frame_comes_back_as_it_was_written(word_size: int) -> None:
    frames, reader = read(b"".join(sample(3, word_size)))
    assert not reader.losses
    hello, fields, baseline, begin, rec = frames[:5]
    assert isinstance(hello, record.Hello)
    assert (hello.vendor_id, hello.vendor, hello.build_id, hello.cases) == (
        "GenuineIntel",
        "intel",
        0xABCD,
        3,
    )
    assert isinstance(fields, record.Fields)
    assert fields.layout == layout(word_size) and fields.layout.word_size == word_size
    assert isinstance(baseline, record.Baseline)
    assert baseline.words(word_size) == {7: 0x1234, 9: (1 << 8 * word_size) - 1}
    assert begin == record.CaseBegin(3, 0x1111, 0, 0)
    assert isinstance(rec, record.Record)
    last = frames[8]
    assert isinstance(last, record.Record)
    assert (last.launch_words(), last.final_words()) == ({1: 2}, {2: 2, 3: 4})
    assert frames[-5:] == [
        record.Skip(9, 0x2222, 1, 5),
        record.Retract(10, 3, 1),
        record.Note(11, 0x1111, 2, 1),
        record.Verified(12, 3),
        record.Bye(13, 0, 3, 3),
    ]


def test_how_the_bytes_arrive_does_not_matter() -> None:
    data = b"noise" + b"\xf5RD" * 3 + b"".join(sample())
    whole, _ = read(data)
    for seed in range(20):
        pieces, reader = read(data, random.Random(seed))
        assert pieces == whole
        assert reader.losses.bytes_skipped == 5 + 9


def test_noise_between_frames_costs_no_frame_and_is_counted() -> None:
    rng = random.Random(1)
    clean = sample()
    noise = [rng.randbytes(rng.randint(1, 50)) + record.SYNC[: rng.randint(0, 4)] for _ in clean]
    frames, reader = read(b"".join(n + frame for n, frame in zip(noise, clean)))
    assert frames == read(b"".join(clean))[0]
    assert reader.losses.bytes_skipped == sum(map(len, noise))
    assert reader.losses.frames_lost == 0


def test_a_flipped_bit_costs_at_most_the_frame_it_hits() -> None:
    clean = sample(12)
    expected = read(b"".join(clean))[0]
    data = b"".join(clean)
    starts = [sum(map(len, clean[:n])) for n in range(len(clean) + 1)]
    for bit in range(0, 8 * len(data), 5):
        broken = bytearray(data)
        broken[bit // 8] ^= 1 << bit % 8
        frames, reader = read(bytes(broken))
        hit = next(n for n in range(len(clean)) if bit // 8 < starts[n + 1])
        survivors = expected[:hit] + expected[hit + 1 :]
        assert frames == survivors, f"bit {bit} of frame {hit}"
        assert reader.losses.bytes_skipped == len(clean[hit])
        assert reader.losses.frames_lost == (1 if hit < len(clean) - 1 else 0)


def test_a_truncated_stream_yields_all_whole_frames() -> None:
    clean = sample(5)
    data = b"".join(clean)
    expected = read(data)[0]
    for length in range(len(data)):
        frames, reader = read(data[:length])
        whole = sum(1 for n in range(len(clean)) if sum(map(len, clean[: n + 1])) <= length)
        assert frames == expected[:whole]
        assert reader.losses.bytes_skipped == length - sum(map(len, clean[:whole]))


def test_lost_frames_show_as_sequence_gaps() -> None:
    clean = sample(10)
    del clean[5:9]
    del clean[12]
    _, reader = read(b"".join(clean))
    assert reader.losses.frames_lost == 5


def test_a_stream_that_begins_late_has_lost_frames() -> None:
    _, reader = read(b"".join(sample(4)[3:]))
    assert reader.losses.frames_lost == 3


def test_sequence_numbers_wrap() -> None:
    data = record.encode_hello(0, home=64, build_id=1, cases=1)
    data += b"".join(record.encode_verified(n & 0xFFFF, n) for n in range(1, 0x10010))
    frames, reader = read(data)
    assert len(frames) == 0x10010
    assert not reader.losses


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (record.FrameType.FIELDS, b"xyz 1 arena\n"),
        (record.FrameType.FIELDS, b"0 99999999 arena\n"),
        (record.FrameType.FIELDS, b"0 1\n"),
        (record.FrameType.FIELDS, b"0 1 \xff\n"),
        (record.FrameType.FIELDS, b""),
        (record.FrameType.HELLO, b"\x01\x00\x40\x07" + bytes(24)),
        (record.FrameType.HELLO, b"\x01\x00\x40\x08" + bytes(20) + b"\xff\xff\xff\xff"),
    ],
)
def test_a_sound_frame_with_a_senseless_payload_is_malformed(kind: int, payload: bytes) -> None:
    frames, reader = read(record.encode_frame(kind, 0, payload))
    assert frames == []
    assert reader.losses.malformed == 1


@pytest.mark.parametrize("kind", list(record.FrameType))
def test_any_payload_under_a_right_crc_is_survived(kind: int) -> None:
    rng = random.Random(kind)
    for _ in range(300):
        payload = rng.randbytes(rng.randint(0, 80))
        frames, reader = read(record.encode_frame(kind, 0, payload))
        assert len(frames) <= 1
        for frame in frames:
            if isinstance(frame, record.Record):
                frame.launch_words(), frame.final_words()
        assert bool(frames) or bool(reader.losses)


def test_a_frame_type_of_the_future_is_passed_over_without_loss() -> None:
    frames, reader = read(record.encode_frame(77, 0, b"hidden") + record.encode_verified(1, 3))
    assert frames == [record.Unknown(0, 77, b"hidden"), record.Verified(1, 3)]
    assert not reader.losses


def test_no_input_raises_and_no_byte_is_unaccounted_for() -> None:
    rng = random.Random(99)
    clean = b"".join(sample())
    for round_number in range(400):
        data = bytearray(clean)
        for _ in range(rng.randint(1, 30)):
            at = rng.randrange(len(data))
            choice = rng.randrange(5)
            if choice == 0:
                data[at] ^= 1 << rng.randrange(8)
            elif choice == 1:
                del data[at : at + rng.randint(1, 60)]
            elif choice == 2:
                data[at:at] = rng.randbytes(rng.randint(1, 60))
            elif choice == 3:
                data[at:at] = record.SYNC + rng.randbytes(8)
            else:
                data[at:at] = data[rng.randrange(len(data)) :][: rng.randint(1, 200)]
        frames, reader = read(bytes(data), random.Random(round_number) if round_number % 2 else None)
        used = len(data) - reader.losses.bytes_skipped
        assert 16 * (len(frames) + reader.losses.malformed) <= used <= len(data)


def test_pure_noise_and_floods_take_no_time() -> None:
    began = time.monotonic()
    header = record.SYNC + bytes([record.FrameType.FIELDS, 0, 0, 0]) + (0x7FFF0).to_bytes(4, "little")
    frames, reader = read(header * 200_000)
    assert frames == []
    assert reader.losses.bytes_skipped == 12 * 200_000
    assert time.monotonic() - began < 20


def test_a_layout_names_its_words() -> None:
    small = Layout([(0, 8192, "arena"), (8192, 1, "rax"), (8194, 2, "frame")])
    assert [small.name_at(i) for i in (0, 8191, 8192, 8193, 8195, 9000)] == [
        "arena",
        "arena",
        "rax",
        "",
        "frame",
        "",
    ]
    assert (small.word_size, Layout([(0, 16384, "arena")]).word_size) == (8, 4)
