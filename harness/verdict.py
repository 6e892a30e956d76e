# SPDX-License-Identifier: BSD-2-Clause
"""Verdicts: what each backend's outcome of a case is worth (docs/verdicts.md).

Expectations judge every backend by itself. Then the final states are compared field by field among backends with the
same CPU vendor. Where an expectation or a known issue already tells who is wrong, the other one is clean; where
nothing does, the difference counts against both. A different launch state is no finding: the set-up diverged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache

from harness import cluster
from harness.arena import Arena
from harness.campaign import Kind
from harness.case import Body, Case, Testcase
from harness.compare import Difference, Mask, differences, launch_differences, shown
from harness.expect import Env, Value
from harness.known import Globs, KnownIssue, KnownIssues
from harness.manual import Breach, applicable, breaches, make_mask, source_of
from harness.record import Layout, Record
from harness.state import DeadState, Facts, State


class Verdict(str, Enum):
    PASS = "PASS"
    FAIL = "FAIL"
    SKIP = "SKIP"
    KNOWN = "KNOWN"
    FIXED = "FIXED"
    CRASH = "CRASH"
    HANG = "HANG"
    MISSING = "MISSING"

    def __str__(self) -> str:
        return self.value


NEEDS_ATTENTION = frozenset({Verdict.FAIL, Verdict.FIXED, Verdict.CRASH, Verdict.HANG, Verdict.MISSING})


@dataclass(frozen=True, slots=True)
class Voice:
    """One backend of a run. Forks share a family and count as one voice."""

    name: str
    version: str
    family: str
    vendor: str  # CPU vendor of the run's profile: intel or amd
    unclaimed: tuple[str, ...] = ()  # globs over fields that are another's: it is not judged by them

    def claims(self, name: str) -> bool:
        """Whether this field's value is the backend's own."""
        return not self.unclaimed or not _globs(self.unclaimed).match(name)


@lru_cache(maxsize=None)
def _globs(globs: tuple[str, ...]) -> Globs:
    return Globs(globs)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What became of one case on a backend, with all that its record needs to be read."""

    kind: Kind
    reason: str = ""
    record: Record | None = None
    layout: Layout | None = None
    baseline: Mapping[int, int] = field(default_factory=dict)
    hidden: bytes | None = None  # hidden segment parts, where the runner could read them


@dataclass(frozen=True)
class Finding:
    """One field that is not as it should be. `follows`: a mere consequence of that other field."""

    name: str
    actual: Value
    expected: Value
    source: str
    peer_family: str = ""
    known: str | None = None
    follows: str | None = None

    def as_json(self) -> dict[str, str]:
        data = {
            "name": self.name,
            "actual": shown(self.name, self.actual),
            "expected": shown(self.name, self.expected),
            "source": self.source,
        }
        if self.known is not None:
            data["known"] = self.known
        if self.follows is not None:
            data["follows"] = self.follows
        return data


@dataclass(frozen=True)
class Result:
    """The verdict of one case on one backend; as_json is a line of results.jsonl."""

    case: str
    testcase: str
    mode: str
    voice: Voice
    verdict: Verdict
    reason: str = ""
    clusters: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    def as_json(self) -> dict[str, object]:
        return {
            "case": self.case,
            "testcase": self.testcase,
            "topic": self.testcase.split("/", 1)[0],
            "mode": self.mode,
            "backend": self.voice.name,
            "version": self.voice.version,
            "verdict": str(self.verdict),
            "reason": self.reason,
            "clusters": list(self.clusters),
            "fields": [finding.as_json() for finding in self.findings],
        }


REFERENCE = "refcore"
"""The family whose silence about a field means that the field is right."""


@dataclass(slots=True)
class IssueCount:
    """How often a known issue was in scope of a case that could show it, and how often it showed."""

    judged: int = 0
    matched: int = 0


@dataclass
class _Seat:
    """One backend's part in the judging of one case."""

    voice: Voice
    evidence: Evidence
    env: Env
    state: State | None
    issues: tuple[KnownIssue, ...]
    breaches: list[Breach] = field(default_factory=list)
    findings: dict[str, Finding] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    compared_with: list[_Seat] = field(default_factory=list)

    def saw_the_same(self, evidence: Evidence) -> bool:
        """Whether another backend's record is the same in all: then it need not be judged twice."""
        mine = self.evidence
        return (
            mine.record is not None
            and evidence.record is not None
            and mine.baseline is evidence.baseline
            and mine.record.same_state(evidence.record)
            and mine.layout == evidence.layout
            and mine.hidden == evidence.hidden
        )

    def known(self, name: str) -> str | None:
        return next((issue.id for issue in self.issues if issue.covers_field(name)), None)

    def breached(self, name: str) -> bool:
        """Whether an expectation already says that this backend has this field wrong."""
        plain = name.removeprefix("arrival.")
        group = plain.split("+")[0]  # `changed` and mem() speak of DATA0, a difference of DATA0+0x10
        for breach in self.breaches:
            if breach.name in (name, plain, group) or plain in breach.covers or group in breach.covers:
                return True
            if breach.name == "cpl" and plain in ("cs", "ss"):
                return True
        return False

    def add(self, finding: Finding) -> None:
        self.findings.setdefault(finding.name, finding)


class Judge:
    """Judges case after case, and counts what the known issues explain."""

    def __init__(self, voices: Sequence[Voice], known: KnownIssues, arena: Arena) -> None:
        self.voices = tuple(voices)
        self.arena = arena
        self._issues = [known.for_backend(v.family, v.version, v.vendor) for v in voices]
        self._masks: dict[tuple[str, str], Mask] = {}
        self.issue_counts: dict[tuple[str, str], IssueCount] = {
            (issue.id, voice.name): IssueCount()
            for voice, issues in zip(self.voices, self._issues)
            for issue in issues
        }

    def judge(self, case: Case, facts: Facts, evidence: Sequence[Evidence]) -> list[Result]:
        """One result a backend, in the order of the voices."""
        testcase, case_id = case.body.testcase, case.id
        seats: list[_Seat] = []
        for n, item in enumerate(evidence):
            seats.append(self._seat(n, case_id, facts, item, seats))
        for seat in seats:
            self._expectations(seat, case.body, seats)
        for vendor in dict.fromkeys(v.vendor for v in self.voices):
            mask = self._mask(case.body, vendor)
            group = [seat for seat in seats if seat.voice.vendor == vendor and seat.state is not None]
            pairs = [(a, b) for i, a in enumerate(group) for b in group[i + 1 :]]
            for a, b in sorted(pairs, key=_order):
                if not _settled_by_another_family(a, b):
                    _compare(a, b, mask)
        return [self._result(seat, case, case_id, testcase) for seat in seats]

    def _mask(self, body: Body, vendor: str) -> Mask:
        key = body.id, vendor
        if key not in self._masks:
            self._masks[key] = make_mask(body, vendor, self.arena)
        return self._masks[key]

    def _seat(self, n: int, case_id: str, facts: Facts, evidence: Evidence, before: Sequence[_Seat]) -> _Seat:
        state: State | None = None
        env: Env
        if evidence.kind is Kind.RECORD and evidence.record is not None and evidence.layout is not None:
            state = next((seat.state for seat in before if seat.saw_the_same(evidence)), None)
            if state is None:
                state = State(
                    evidence.record,
                    evidence.layout,
                    evidence.baseline,
                    facts,
                    self.arena,
                    evidence.hidden,
                )
            env = state
        else:
            env = DeadState(_DEAD_EXIT.get(evidence.kind, "none"), facts, self.arena)
        issues = tuple(issue for issue in self._issues[n] if issue.covers_case(case_id) and issue.holds(env))
        return _Seat(self.voices[n], evidence, env, state, issues)

    def _expectations(self, seat: _Seat, body: Body, seats: Sequence[_Seat]) -> None:
        testcase, mask = body.testcase, self._mask(body, seat.voice.vendor)
        kind = seat.evidence.kind
        if kind in (Kind.SKIP, Kind.MISSING):
            return
        dead = seat.state is None
        died_as_expected = testcase.ends_shutdown and kind is Kind.SHUTDOWN
        mine = seat.voice.vendor, seat.voice.unclaimed
        twin = next(
            (s for s in seats if s.state is seat.state and (s.voice.vendor, s.voice.unclaimed) == mine), seat
        )
        if twin is not seat and not dead:
            seat.breaches = twin.breaches
        else:
            seat.breaches = breaches(testcase, seat.voice.vendor, seat.env, mask, dead)
        seat.breaches = [
            breach for breach in seat.breaches if all(map(seat.voice.claims, (breach.name, *breach.covers)))
        ]
        if testcase.ends_shutdown and not died_as_expected:
            actual = seat.state.exit if seat.state is not None else _DEAD_EXIT[kind]
            source = source_of(testcase, 0).replace(":0)", ", ends: shutdown)")
            seat.breaches = [Breach("exit", actual, "shutdown", source), *seat.breaches]
        elif dead and not died_as_expected and not any(b.name == "exit" for b in seat.breaches):
            source = "no guest may die where no shutdown is expected"
            seat.breaches = [Breach("exit", _DEAD_EXIT[kind], "a record", source), *seat.breaches]
        trunk = "exit" if any(b.name == "exit" for b in seat.breaches) else None
        for breach in sorted(seat.breaches, key=lambda b: b.name != "exit"):
            follows = trunk if breach.name != trunk else None
            known = None if follows else seat.known(breach.name)
            seat.add(
                Finding(
                    breach.name, breach.actual, breach.expected, breach.source, known=known, follows=follows
                )
            )

    def _result(self, seat: _Seat, case: Case, case_id: str, testcase: Testcase) -> Result:
        findings = tuple(seat.findings.values())
        trunks = [finding for finding in findings if finding.follows is None]
        fixed = self._count_issues(seat, trunks, testcase)
        verdict = _verdict(seat.evidence.kind, trunks, testcase)
        reasons = [seat.evidence.reason] if seat.evidence.reason else []
        if fixed:
            reasons.append(f"known issue {', '.join(fixed)} no longer shows")
            if verdict in (Verdict.PASS, Verdict.KNOWN):
                verdict = Verdict.FIXED
        reasons += [_describe(f) for f in trunks if f.known is None][:3]
        if verdict is Verdict.KNOWN:
            reasons += [f"known issue {name}" for name in dict.fromkeys(f.known for f in trunks)]
        reasons += seat.notes
        return Result(
            case_id,
            testcase.id,
            case.body.mode,
            seat.voice,
            verdict,
            "; ".join(reasons),
            _clusters(seat, trunks, testcase, verdict),
            findings,
        )

    def _count_issues(self, seat: _Seat, trunks: Sequence[Finding], testcase: Testcase) -> list[str]:
        """Count; and name the issues that should have shown here and did not."""
        explained = {finding.known for finding in trunks}
        fixed = []
        for issue in seat.issues:
            count = self.issue_counts[issue.id, seat.voice.name]
            if issue.id in explained:
                count.judged += 1
                count.matched += 1
            elif seat.state is not None and _could_show(issue, seat, testcase):
                count.judged += 1
                if issue.always and not any(issue.covers_field(f.name) for f in trunks):
                    fixed.append(issue.id)
        return fixed


_DEAD_EXIT = {
    Kind.SHUTDOWN: "shutdown",
    Kind.HANG: "hang",
    Kind.EMULATOR_ERROR: "emulator_error",
}


def _could_show(issue: KnownIssue, seat: _Seat, testcase: Testcase) -> bool:
    """Would the issue have been noticed, if it were still there?"""
    if any(f.follows is None and f.name == "exit" for f in seat.findings.values()):
        return False  # another defect has taken the case elsewhere
    for expect in applicable(testcase, seat.voice.vendor):
        if any(issue.covers_field(name) for name in expect.expr.names()):
            return True
    hidden_only = all(name.startswith("hidden.") for name in issue.fields)
    return any(  # another emulator may well share the defect
        peer.voice.family == REFERENCE
        and not (hidden_only and None in (seat.evidence.hidden, peer.evidence.hidden))
        and not any(set(other.fields) & set(issue.fields) for other in peer.issues)
        for peer in seat.compared_with
    )


def _order(pair: tuple[_Seat, _Seat]) -> tuple[bool, bool]:
    """The reference core's comparisons first, those within a code base last: each may settle later ones."""
    families = [seat.voice.family for seat in pair]
    return families[0] == families[1], REFERENCE not in families


def _settled_by_another_family(a: _Seat, b: _Seat) -> bool:
    """Two versions of one code base need not be set against each other where both were compared with a third party.

    Wherever they differ one of them differs from that one too, and only that one has anything to answer for.
    """
    return a.voice.family == b.voice.family and any(
        peer is other and peer.voice.family != a.voice.family
        for peer in a.compared_with
        for other in b.compared_with
    )


def _compare(a: _Seat, b: _Seat, mask: Mask) -> None:
    assert a.state is not None and b.state is not None
    diverged = launch_differences(a.state, b.state) if a.state is not b.state else []
    if diverged:
        shown = ", ".join(diverged[:4]) + (", ..." if len(diverged) > 4 else "")
        a.notes.append(f"set-up diverged from {b.voice.name}: {shown}")
        b.notes.append(f"set-up diverged from {a.voice.name}: {shown}")
        return
    a.compared_with.append(b)
    b.compared_with.append(a)
    found = differences(a.state, b.state, mask) if a.state is not b.state else []
    found = [one for one in found if a.voice.claims(one.name) and b.voice.claims(one.name)]
    if "exit" in a.findings and "exit" in b.findings:
        # Both have gone astray, and answer for that: what they met on their ways is no finding of its own.
        found = [difference for difference in found if difference.name == "exit"]
    blame: dict[str, tuple[bool, bool]] = {}  # trunk -> who answers for it
    for difference in found:
        if difference.follows is None:
            blame[difference.name] = _blame(a, b, difference)
    for difference in found:
        follows = difference.follows
        answers = blame.get(follows or difference.name)
        if answers is None:  # follows a field that `undefined` hides
            answers, follows = _blame(a, b, difference), None
        for seat, other, actual, expected, guilty in (
            (a, b, difference.a, difference.b, answers[0]),
            (b, a, difference.b, difference.a, answers[1]),
        ):
            if guilty:
                known = None if follows else seat.known(difference.name)
                source = f"disagreement with {other.voice.name} {other.voice.version}".rstrip()
                seat.add(
                    Finding(difference.name, actual, expected, source, other.voice.family, known, follows)
                )


def _blame(a: _Seat, b: _Seat, difference: Difference) -> tuple[bool, bool]:
    """Which of the two answers for a difference: by expectation, else by known issue, else both.

    An expectation speaks of several fields, and may be missed for another one than this: where a known issue says that
    the field is wrong on the other side alone, it is. Last, one that answers for the field already, against a third
    with whom the other agrees.
    """
    name = difference.name

    def missed(seat: _Seat, other: _Seat) -> bool:
        if not seat.breached(name):
            return False
        return name in seat.findings or seat.known(name) is not None or other.known(name) is None

    guilty = missed(a, b), missed(b, a)
    if not any(guilty):
        guilty = a.known(name) is not None, b.known(name) is not None
    if not any(guilty) and any(peer is other for peer in a.compared_with for other in b.compared_with):
        guilty = name in a.findings, name in b.findings
    return guilty if any(guilty) else (True, True)


def _verdict(kind: Kind, trunks: Sequence[Finding], testcase: Testcase) -> Verdict:
    if kind is Kind.SKIP:
        return Verdict.SKIP
    if kind is Kind.MISSING:
        return Verdict.MISSING
    if not trunks:
        return Verdict.PASS
    if all(finding.known is not None for finding in trunks):
        return Verdict.KNOWN
    if kind is Kind.HANG:
        return Verdict.HANG
    if kind is Kind.EMULATOR_ERROR or (kind is Kind.SHUTDOWN and not testcase.ends_shutdown):
        return Verdict.CRASH
    return Verdict.FAIL


def _describe(finding: Finding) -> str:
    actual, expected = shown(finding.name, finding.actual), shown(finding.name, finding.expected)
    return f"{finding.name} is {actual}, not {expected} ({finding.source})"


def _clusters(
    seat: _Seat, trunks: Sequence[Finding], testcase: Testcase, verdict: Verdict
) -> tuple[str, ...]:
    family = seat.voice.family
    if verdict in (Verdict.CRASH, Verdict.HANG, Verdict.MISSING):
        return (cluster.death_key(family, testcase.id, str(verdict)),)
    keys = []
    for finding in trunks:
        if finding.known is not None:
            keys.append(cluster.known_key(finding.known))
            continue
        families = [family, finding.peer_family] if finding.peer_family else [family]
        keys.append(cluster.key(families, testcase.id, finding.name, finding.actual, finding.expected))
    return tuple(dict.fromkeys(keys))
