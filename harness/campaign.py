# SPDX-License-Identifier: BSD-2-Clause
"""Which boots it takes to bring every case of an image to its outcome, whatever the guest does.

A campaign owns the ledger of one image on one backend and decides, after each boot, what to boot next. It starts no
process and reads no clock: the same boots with the same endings give the same outcomes, which is also how a run that
was killed is resumed. The rules:

- A boot runs from the first open ordinal. After PARTIAL the next boot goes on from there.
- When a guest dies, what was not VERIFIED is run again with CAREFUL, up to the case in flight. If that kills the guest
  again, the case is charged; the run goes on behind it. So one kill from outside costs no case its true record.
- A case declared to end in shutdown is charged at once.
- A runner that resumes its guest from a snapshot keeps these rules itself and charges cases by frames of its own.
- What got lost on the way (noise, flipped bits) is run again at most twice, then MISSING.
- Every boot brings some ordinal forward, or one of a few counters that end the campaign with one clear reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from .ledger import CaseKey, Ledger
from .record import Bye, ByeStatus, CaseBegin, CaseEnded, Record

TO_THE_END = 0xFFFFFFFF

# How often an ordinal whose frames got lost is run in all.
ATTEMPTS = 3
# How many boots in a row may bring nothing forward, bring forward only losses, or end before HELLO.
FRUITLESS_BOOTS = 6
BARREN_BOOTS = 100
SILENT_BOOTS = 3
# Where guest memory dies with its process, the last cases before a death may be unseen: so many are rerun with care.
UNSEEN = 128
NOTE_UNREPAIRABLE = 3
# What a runner's ENDED frame says, by the exit codes of docs/runner-protocol.md.
SHUTDOWN_CODE, HANG_CODE, UNAVAILABLE_CODE = 41, 42, 44


class Ending(StrEnum):
    """How a boot ended, from the runner's exit code and the supervisor's limits."""

    BYE = "bye"
    LOST = "lost"  # the runner saw the guest finish, but BYE never reached us
    SHUTDOWN = "shutdown"
    HANG = "hang"
    EMULATOR_ERROR = "emulator-error"
    UNAVAILABLE = "unavailable"
    WRONG_BUILD = "wrong-build"


class Kind(StrEnum):
    RECORD = "record"
    SHUTDOWN = "shutdown"
    HANG = "hang"
    EMULATOR_ERROR = "emulator-error"
    SKIP = "skip"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case. `requirement` is the index of the first requirement not met, for SKIP."""

    kind: Kind
    reason: str = ""
    record: Record | None = None
    requirement: int = -1


@dataclass(frozen=True, slots=True)
class Boot:
    """What is patched into the image header for one boot."""

    start: int
    count: int
    careful: bool
    skip: tuple[int, ...] = ()

    @property
    def end(self) -> int:
        return self.start + self.count


@dataclass(frozen=True, slots=True)
class Ended:
    """How a boot ended. `in_flight` is the case that had begun and left no record."""

    ending: Ending
    reason: str = ""
    hello: bool = True
    bye: Bye | None = None
    in_flight: CaseBegin | None = None


@dataclass(slots=True)
class Campaign:
    """`cases` gives (body key, raw index) by ordinal; `ends_in_shutdown` the ordinals expected to kill the guest."""

    cases: Sequence[CaseKey]
    start: int = 0
    count: int = TO_THE_END
    ends_in_shutdown: frozenset[int] = frozenset()
    volatile: bool = False  # the backend's guest memory dies with its process
    careful: bool = False  # every boot is
    ledger: Ledger = field(default_factory=Ledger)
    charged: dict[int, Outcome] = field(default_factory=dict)
    abandoned: str = ""
    boots: int = 0
    _ordinals: dict[CaseKey, int] = field(default_factory=dict)
    _attempts: dict[int, int] = field(default_factory=dict)
    _deaths: dict[int, int] = field(default_factory=dict)
    _hung_bodies: set[int] = field(default_factory=set)
    _front: int = 0
    _careful_until: int = -1
    _fruitless: int = 0
    _silent: int = 0
    _barren: int = 0
    _settled_before: int = 0
    _brought: int = 0

    def __post_init__(self) -> None:
        self.count = max(0, min(self.count, len(self.cases) - self.start))
        self._front = self.start
        self._ordinals = {self.cases[o]: o for o in range(self.start, self.end)}

    @property
    def end(self) -> int:
        return self.start + self.count

    @property
    def settled(self) -> int:
        """How many cases have an outcome, provisional records included: for progress display."""
        return min(
            self.count,
            self.ledger.records_seen + len(self.charged) + len(self.ledger.ended) + self._skipped(),
        )

    def _skipped(self) -> int:
        skips = self.ledger.skips
        if not skips:
            return 0
        return sum(self.cases[o][0] in skips for o in range(self.start, self.end))

    def _is_open(self, ordinal: int) -> bool:
        case = self.cases[ordinal]
        ledger = self.ledger
        return not (
            case in ledger.finals
            or ordinal in self.charged
            or case in ledger.ended
            or case[0] in ledger.skips
        )

    def next_boot(self) -> Boot | None:
        """The next boot, or None when every case has its outcome."""
        if self.abandoned:
            return None
        while self._front < self.end and not (
            self._is_open(self._front) and not self._attempts.get(self._front)
        ):
            self._front += 1
        if self._front < self.end:
            return self._forward(self._front)
        for ordinal, attempts in sorted(self._attempts.items()):
            if attempts < ATTEMPTS and self._is_open(ordinal):
                return self._repair(ordinal)
        return None

    def _forward(self, start: int) -> Boot:
        if start <= self._careful_until:
            return self._boot(start, min(self._careful_until + 1, self.end), True)
        if start in self.ends_in_shutdown:
            end = start + 1
            while end < self.end and end in self.ends_in_shutdown:
                end += 1
            return self._boot(start, end, True)
        # Cases that end in shutdown come last in an image: the others finish without them, with a BYE.
        end = min((o for o in self.ends_in_shutdown if o > start), default=self.end)
        return self._boot(start, min(end, self.end), False)

    def _repair(self, start: int) -> Boot:
        # First together with its neighbours, then alone: a boot that ends early must not cost those behind it.
        end = start + 1
        while (
            self._attempts[start] == 1
            and end < self.end
            and self._attempts.get(end) == 1
            and self._is_open(end)
        ):
            end += 1
        return self._boot(start, end, True)

    def _boot(self, start: int, end: int, careful: bool) -> Boot:
        skip = tuple(sorted(o for o in self.charged if start <= o < end))[:64]
        return Boot(start, end - start, careful or self.careful, skip)

    def patience(self, boot: Boot, stall_s: float) -> float:
        """Seconds of silence to allow: a body that has hung before need not be waited for as long again."""
        if self._hung_bodies and any(
            self.cases[o][0] in self._hung_bodies for o in (boot.start, boot.end - 1)
        ):
            return max(2.0, stall_s / 4)
        return stall_s

    def take(self, boot: Boot, ended: Ended) -> None:
        """Account for a boot whose stream the ledger has been fed completely (`end_stream` included)."""
        self.boots += 1
        self._silent = 0 if ended.hello else self._silent + 1
        if ended.ending in (Ending.UNAVAILABLE, Ending.WRONG_BUILD):
            self.abandoned = ended.reason
        elif ended.ending is Ending.BYE and ended.bye is not None:
            self._take_bye(boot, ended, ended.bye)
        elif ended.ending is Ending.LOST:
            self._tried(boot.start, self._last_seen(boot, ended) + 1)
        elif ended.hello:
            self._take_death(boot, ended)
        settled = len(self.ledger.finals) + len(self.charged) + len(self.ledger.ended) + self._skipped()
        brought = settled + sum(self._attempts.values())
        self._fruitless = 0 if brought > self._brought else self._fruitless + 1
        self._barren = 0 if settled > self._settled_before else self._barren + 1
        self._settled_before, self._brought = settled, brought
        if self.abandoned:
            return
        if self._silent >= SILENT_BOOTS:
            self.abandoned = (
                f"{self._silent} boots in a row ended before the guest said anything: {ended.reason}"
            )
        elif self._fruitless >= FRUITLESS_BOOTS or self._barren >= BARREN_BOOTS:
            self.abandoned = f"{self._barren} boots in a row brought no result; the last one: {ended.reason}"

    def _take_bye(self, boot: Boot, ended: Ended, bye: Bye) -> None:
        if bye.status == ByeStatus.GAVE_UP:
            self._take_death(boot, ended)
        elif bye.status == ByeStatus.PARTIAL:
            self._tried(boot.start, min(bye.next_ordinal, boot.end))
        else:
            self._tried(boot.start, boot.end)

    def _tried(self, start: int, end: int) -> None:
        """These ordinals have run; those still open have lost their frames."""
        for ordinal in range(start, min(end, self.end)):
            if self._is_open(ordinal):
                self._attempts[ordinal] = self._attempts.get(ordinal, 0) + 1

    def _first_open(self, boot: Boot) -> int:
        return next((o for o in range(boot.start, boot.end) if self._is_open(o)), boot.end)

    def _last_seen(self, boot: Boot, ended: Ended) -> int:
        if ended.in_flight is not None and boot.start <= ended.in_flight.ordinal < boot.end:
            return ended.in_flight.ordinal
        return min(self._first_open(boot), boot.end - 1)

    def _culprit(self, boot: Boot, ended: Ended) -> int | None:
        """The ordinal that the guest was running when it died, if the stream says so."""
        if ended.bye is not None and ended.bye.status == ByeStatus.GAVE_UP:
            for note in reversed(self.ledger.notes):
                if note.code == NOTE_UNREPAIRABLE:
                    return self._ordinals.get((note.key, note.index))
        begun = ended.in_flight
        if begun is None or not boot.start <= begun.ordinal < boot.end:
            return None
        return begun.ordinal if self.cases[begun.ordinal] == (begun.key, begun.index) else None

    def _take_death(self, boot: Boot, ended: Ended) -> None:
        culprit = self._culprit(boot, ended)
        first = self._first_open(boot)
        if first == boot.end and culprit is None:
            return  # it died after its work was done
        suspect = first if culprit is None else culprit
        self._deaths[suspect] = self._deaths.get(suspect, 0) + 1
        if not self._is_chargeable(suspect, boot, ended, culprit is not None):
            self._careful_until = max(self._careful_until, suspect + (UNSEEN if self.volatile else 0))
            return
        if not self._is_open(suspect):
            return
        kind = Kind(ended.ending) if ended.ending in (Ending.SHUTDOWN, Ending.HANG) else Kind.EMULATOR_ERROR
        reason = (
            ended.reason if culprit is not None else f"the guest died before this case began: {ended.reason}"
        )
        self.charged[suspect] = Outcome(kind, reason)
        if kind is Kind.HANG:
            self._hung_bodies.add(self.cases[suspect][0])
        if boot.careful:
            # In a careful boot everything before the culprit was verified one by one; what is open got lost.
            self._tried(boot.start, suspect)

    def _is_chargeable(self, suspect: int, boot: Boot, ended: Ended, seen: bool) -> bool:
        deaths = self._deaths[suspect]
        if not seen:
            return deaths > 2
        outright = ended.ending in (Ending.SHUTDOWN, Ending.HANG)
        if suspect in self.ends_in_shutdown and outright:
            return True
        if not boot.careful:
            return False
        if ended.ending is Ending.HANG and self.cases[suspect][0] in self._hung_bodies:
            return True
        return deaths > 1 or ended.ending is Ending.SHUTDOWN

    def outcomes(self) -> dict[CaseKey, Outcome]:
        """Every case of the range with its outcome; nothing counts as run that left no verified record."""
        result: dict[CaseKey, Outcome] = {}
        for ordinal in range(self.start, self.end):
            case = self.cases[ordinal]
            record = self.ledger.finals.get(case)
            if record is not None:
                result[case] = Outcome(Kind.RECORD, record=record)
            elif ordinal in self.charged:
                result[case] = self.charged[ordinal]
            elif case in self.ledger.ended:
                result[case] = _charged_by_runner(self.ledger.ended[case])
            elif case[0] in self.ledger.skips:
                result[case] = Outcome(Kind.SKIP, requirement=self.ledger.skips[case[0]].requirement)
            elif self.abandoned:
                result[case] = Outcome(Kind.MISSING, self.abandoned)
            else:
                times = self._attempts.get(ordinal, 0)
                result[case] = Outcome(Kind.MISSING, f"its record was lost in each of {times} boots")
        return result


def _charged_by_runner(ended: CaseEnded) -> Outcome:
    kinds = {
        SHUTDOWN_CODE: Kind.SHUTDOWN,
        HANG_CODE: Kind.HANG,
        UNAVAILABLE_CODE: Kind.SKIP,
    }
    return Outcome(kinds.get(ended.code, Kind.EMULATOR_ERROR), ended.reason)
