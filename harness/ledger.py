# SPDX-License-Identifier: BSD-2-Clause
"""What the streams of one image on one backend add up to: which records are final, what was skipped, what was lost.

A record is provisional until VERIFIED covers its ordinal. RETRACT voids what is provisional; so does a sequence
gap, because a RETRACT may be among the frames lost; so does the end of a boot without VERIFIED. What is voided is
simply not there: the supervisor runs those ordinals again, or they end as MISSING. Nothing passes that did not run.
A record whose layout or baseline was lost cannot be read and counts as lost too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .record import (
    Baseline,
    Bye,
    ByeStatus,
    CaseBegin,
    CaseEnded,
    Fields,
    Frame,
    Hello,
    Hidden,
    Layout,
    Losses,
    Note,
    Ready,
    Record,
    Retract,
    Skip,
    StreamReader,
    Verified,
    encode_baseline,
    encode_bye,
    encode_fields,
    encode_hello,
    encode_hidden,
    encode_stored_record,
    encode_verified,
)

CaseKey = tuple[int, int]  # body key, raw index


@dataclass(slots=True)
class Ledger:
    """Accumulates the boots of one image. Call `begin_stream`, `feed` ..., `end_stream` once a boot."""

    hello: Hello | None = None
    layout: Layout | None = None
    baselines: dict[int, Baseline] = field(default_factory=dict)
    finals: dict[CaseKey, Record] = field(default_factory=dict)
    hidden: dict[CaseKey, bytes] = field(default_factory=dict)  # of final records: harness.hidden
    skips: dict[int, Skip] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    ended: dict[CaseKey, CaseEnded] = field(default_factory=dict)  # cases charged by a runner that went on
    bye: Bye | None = None
    in_flight: CaseBegin | None = None
    losses: Losses = field(default_factory=Losses)
    boots: int = 0
    resets: int = 0  # HELLO in mid-stream: the guest was reset without the runner's knowledge
    reset_in: CaseBegin | None = None  # the case that was in flight at the last such reset
    retracted: int = 0  # records voided by RETRACT
    dropped: int = 0  # provisional records voided by a gap or by the end of a boot
    unstable: set[CaseKey] = field(default_factory=set)  # final twice, with different states
    frames: int = 0
    _reader: StreamReader = field(default_factory=StreamReader)
    _provisional: dict[CaseKey, tuple[Record, int | None, bytes | None]] = field(default_factory=dict)
    _shown: Hidden | None = None  # of the case in flight
    _gaps_seen: int = 0
    _counted: Losses = field(default_factory=Losses)
    _begun: bool = False
    _torn: bool = False  # this boot has lost frames

    def begin_stream(self) -> None:
        """A new boot begins: its own sequence numbers, nothing in flight, no BYE yet."""
        self._reader = StreamReader()
        self._counted = Losses()
        self._gaps_seen = 0
        self._drop_provisional()
        self.bye = None
        self.in_flight = None
        self._shown = None
        self._begun = False
        self._torn = False
        self.boots += 1

    def feed(self, data: bytes) -> int:
        """Take what the guest said since last time; returns the number of whole frames in it."""
        frames = self._reader.feed(data)
        self._apply_all(frames)
        return len(frames)

    def end_stream(self) -> None:
        """The boot is over. What is still provisional is dropped; `in_flight` tells what was running."""
        self._apply_all(self._reader.finish())
        self._drop_provisional()

    @property
    def complete(self) -> bool:
        """The last boot said BYE with status 0."""
        return self.bye is not None and self.bye.status == ByeStatus.COMPLETE

    @property
    def records_seen(self) -> int:
        """Final and provisional records: for progress display."""
        return len(self.finals) + len(self._provisional)

    def record(self, key: int, index: int) -> Record | None:
        return self.finals.get((key, index))

    def _apply_all(self, frames: Iterable[Frame]) -> None:
        # The reader runs ahead of us by one feed, so gaps are found again here, in their place between frames.
        for frame in frames:
            self._apply(frame)
        losses = self._reader.losses
        self.losses.bytes_skipped += losses.bytes_skipped - self._counted.bytes_skipped
        self.losses.frames_lost += losses.frames_lost - self._counted.frames_lost
        self.losses.malformed += losses.malformed - self._counted.malformed
        self._counted = Losses(losses.bytes_skipped, losses.frames_lost, losses.malformed)

    def _apply(self, frame: Frame) -> None:
        self.frames += 1
        if isinstance(frame, Hidden):
            self._shown = frame
            return
        if isinstance(frame, Ready):
            if self._begun and not frame.idle:
                self._reset()
            self._begun = False
            self._gaps_seen = 0
            return
        if isinstance(frame, Hello) and frame.seq == 0:
            if self._begun:
                self._reset()
        elif frame.seq != self._gaps_seen:
            self._torn = True
            self._drop_provisional()
        self._begun = True
        self._gaps_seen = (frame.seq + 1) & 0xFFFF
        if isinstance(frame, Record):
            self._take_record(frame)
        elif isinstance(frame, CaseBegin):
            self.in_flight = frame
            self._shown = None
        elif isinstance(frame, Verified):
            self._verify(frame.ordinal)
        elif isinstance(frame, Retract):
            self.retracted += len(self._provisional)
            self._provisional.clear()
            self.in_flight = None
        elif isinstance(frame, Skip):
            self.skips[frame.key] = frame
        elif isinstance(frame, Hello):
            self.hello = frame
        elif isinstance(frame, Fields):
            self.layout = frame.layout
        elif isinstance(frame, Baseline):
            self.baselines[frame.mode] = frame
        elif isinstance(frame, Note):
            self.notes.append(frame)
        elif isinstance(frame, CaseEnded):
            self.ended[frame.key, frame.index] = frame
            self.in_flight = None
        elif isinstance(frame, Bye):
            self.bye = frame
            self.in_flight = None

    def _reset(self) -> None:
        self.resets += 1
        self.reset_in = self.in_flight
        self._drop_provisional()
        self.in_flight = None
        self.bye = None

    def _take_record(self, record: Record) -> None:
        begun = self.in_flight
        ordinal = None
        if begun is not None and (begun.key, begun.index) == (record.key, record.index):
            ordinal = begun.ordinal
            self.in_flight = None
        shown, self._shown = self._shown, None
        if self._torn and (self.layout is None or record.mode not in self.baselines):
            self.dropped += 1  # what it is read with was lost
            return
        matches = shown is not None and (ordinal is None or shown.ordinal == ordinal)
        data = shown.data if shown is not None and matches else None
        self._provisional[record.key, record.index] = record, ordinal, data

    def _verify(self, ordinal: int) -> None:
        kept: dict[CaseKey, tuple[Record, int | None, bytes | None]] = {}
        for case, (record, its_ordinal, hidden) in self._provisional.items():
            if its_ordinal is not None and its_ordinal >= ordinal:
                kept[case] = record, its_ordinal, hidden
                continue
            before = self.finals.get(case)
            if before is not None and not (
                before.same_state(record) and self.hidden.get(case, hidden) == hidden
            ):
                self.unstable.add(case)
            self.finals[case] = record
            if hidden is not None:
                self.hidden[case] = hidden
        self._provisional = kept

    def _drop_provisional(self) -> None:
        self.dropped += len(self._provisional)
        self._provisional.clear()


def encode_ledger(ledger: Ledger, cases: Iterable[CaseKey]) -> Iterator[bytes]:
    """The final records of `cases`, as a stream of its own: the same bytes whenever the same was recorded.

    Boot by boot accidents (sequence numbers, reruns, full-compare flags) leave no trace in it, so that two
    runs can be compared with cmp(1). Records of one mode follow their baseline.
    """
    layout, hello = ledger.layout, ledger.hello
    if layout is None or hello is None:
        return
    seq = 0
    yield encode_hello(seq, home=hello.home, build_id=0, cases=len(ledger.finals), cpuid=hello.cpuid)
    seq += 1
    yield encode_fields(seq, layout)
    seq += 1
    for mode, baseline in sorted(ledger.baselines.items()):
        words = sorted(baseline.words(layout.word_size).items())
        yield encode_baseline(seq, mode, words, layout.word_size)
        seq += 1
    count = 0
    for case in cases:
        record = ledger.finals.get(case)
        if record is None:
            continue
        plain = Record(
            record.seq,
            record.key,
            record.index,
            record.mode,
            record.flags & ~1,
            record.word_size,
            record.launch_data,
            record.final_data,
        )
        if case in ledger.hidden:
            yield encode_hidden(0, ledger.hidden[case])
        yield encode_stored_record(seq, plain)
        seq += 1
        count += 1
    yield encode_verified(seq, count)
    yield encode_bye(seq + 1, 0, count, count)


def read_stream(data: bytes) -> Ledger:
    """A whole stored stream at once."""
    ledger = Ledger()
    ledger.begin_stream()
    ledger.feed(data)
    ledger.end_stream()
    return ledger
