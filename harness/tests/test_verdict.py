# SPDX-License-Identifier: BSD-2-Clause
"""Verdicts: expectations, disagreement, known issues, death."""

from __future__ import annotations

from typing import Any

from harness.campaign import Kind
from harness.case import Case
from harness.errors import Location
from harness.expect import parse
from harness.known import KnownIssue
from harness.tests.synthetic import BOCHS, QEMU, case_of, evidence, judge
from harness.verdict import Evidence, Result, Verdict, Voice

HEAD = ";; title: T\n;; cite: SDM 2A X, Operation\n;; modes: long64\n"
CODE = 0x4A000


def case_with(*lines: str) -> Case:
    return case_of(HEAD + "".join(f";; {line}\n" for line in lines))


def final(**changes: int) -> dict[str, Any]:
    """A STOP at CODE, with registers as asked."""
    flags = changes.pop("flags", 0x2)
    slots = [CODE, changes.pop("cs", 8), flags, 0x49F00, changes.pop("ss", 0x10)]
    state: dict[str, Any] = {"rsp": 0x47ED8, "cs": 8, "flags": 2, "vector": 6, "frame": slots}
    state.update({name.replace("m_", "+"): value for name, value in changes.items()})
    return state


def issue(fields: list[str], **more: Any) -> KnownIssue:
    values: dict[str, Any] = {"id": "x", "family": "qemu", "title": "t", "cases": ("*",), "text": "t"}
    values.update(fields=tuple(fields), where=Location("known.toml"), right="r", cite="c")
    values.update(more)
    return KnownIssue(**values)


def run(case: Case, a: dict[str, Any], b: dict[str, Any], **more: Any) -> list[Result]:
    pieces = [evidence(case, {}, a), evidence(case, {}, b)]
    return judge(case, pieces, stops=[CODE], **more)


def verdicts(results: list[Result]) -> list[str]:
    return [str(result.verdict) for result in results]


def names(result: Result) -> list[str]:
    return [finding.name for finding in result.findings]


def test_equal_states_pass() -> None:
    results = run(case_with("expect: exit == stop"), final(rax=1), final(rax=1))
    assert verdicts(results) == ["PASS", "PASS"]
    assert (results[0].reason, results[0].clusters, results[0].findings) == ("", (), ())


def test_an_expectation_judges_a_lone_backend() -> None:
    case = case_with("expect: rax == 5", "expect: exit == stop")
    (result,) = judge(case, [evidence(case, {}, final(rax=4))], [QEMU], stops=[CODE])
    assert result.verdict is Verdict.FAIL
    assert [finding.as_json() for finding in result.findings] == [
        {
            **{"name": "rax", "actual": "4", "expected": "5"},
            "source": "manual: SDM 2A X, Operation (testcases/iret/sample.asm:4)",
        }
    ]


def test_where_an_expectation_tells_who_is_wrong_the_other_is_clean() -> None:
    results = run(case_with("expect: rax == 5"), final(rax=4), final(rax=5))
    assert verdicts(results) == ["FAIL", "PASS"]
    assert names(results[0]) == ["rax"]


def test_a_difference_that_nothing_explains_counts_against_both() -> None:
    results = run(case_with("expect: exit == stop"), final(rbx=1), final(rbx=2))
    assert verdicts(results) == ["FAIL", "FAIL"]
    assert results[0].findings[0].source == "disagreement with bochs 2.7"
    assert (results[0].findings[0].actual, results[0].findings[0].expected) == (1, 2)
    assert results[0].clusters == results[1].clusters == ("bochs~qemu iret/sample rbx 2->1",)


def test_a_known_issue_leaves_the_other_clean() -> None:
    results = run(case_with("expect: exit == stop"), final(rbx=1), final(rbx=2), issues=[issue(["rbx"])])
    assert verdicts(results) == ["KNOWN", "PASS"]
    assert results[0].clusters == ("known x",)
    assert results[0].findings[0].known == "x"


def test_known_is_subtracted_field_by_field() -> None:
    results = run(
        case_with("expect: exit == stop"), final(rbx=1, rdx=1), final(rbx=2), issues=[issue(["rbx"])]
    )
    assert verdicts(results) == ["FAIL", "FAIL"]
    assert [(f.name, f.known) for f in results[0].findings] == [("rdx", None), ("rbx", "x")]
    assert names(results[1]) == ["rdx"]
    assert "known x" in results[0].clusters


def test_a_known_issue_binds_its_condition_version_vendor_and_cases() -> None:
    case = case_with("expect: exit == stop")
    where = Location("known.toml")
    changes: list[tuple[dict[str, Any], str]] = [
        ({"when": parse("exit == stop", where)}, "KNOWN"),
        ({"when": parse("exit == 13", where)}, "FAIL"),
        ({"versions": (("<", "8.0"),)}, "KNOWN"),
        ({"versions": (("<", "7.2"),)}, "FAIL"),
        ({"vendor": "amd"}, "FAIL"),
        ({"cases": ("iret/*",)}, "KNOWN"),
        ({"cases": ("syscall/*",)}, "FAIL"),
        ({"family": "bochs"}, "PASS"),
    ]
    for change, expected in changes:
        results = run(case, final(rbx=1), final(rbx=2), issues=[issue(["rbx"], **change)])
        assert verdicts(results)[0] == expected, change


def test_flags_are_compared_one_by_one() -> None:
    results = run(case_with("expect: exit == stop"), final(flags=0x10002), final(flags=0x0003))
    assert names(results[0]) == ["flags.cf", "flags.rf"]


def test_whole_flags_in_an_expectation_name_the_wrong_ones() -> None:
    for text in ("flags == 0x3", "flags & ~0x10000 == 0x3"):
        results = run(case_with(f"expect: {text}"), final(flags=0x2), final(flags=0x3))
        assert (verdicts(results), names(results[0])) == (["FAIL", "PASS"], ["flags.cf"])


def test_undefined_masks_expectation_and_comparison() -> None:
    lines = ["undefined: flags.af mem(DATA0+8,8) rdx", "expect: flags == 2"]
    a, b = final(flags=0x12, rdx=1, m_c008=5), final(flags=0x2)
    assert verdicts(run(case_with(*lines), a, b)) == ["PASS", "PASS"]
    assert verdicts(run(case_with(*lines[1:]), a, b)) == ["FAIL", "FAIL"]
    assert (
        verdicts(run(case_with(lines[0].replace("undefined", "undefined amd"), lines[1]), a, b))[0] == "FAIL"
    )


def test_undefined_binds_its_condition() -> None:
    a, b = final(flags=0x12), final(flags=0x2)
    for condition, wanted in (("cpl == 0", "PASS"), ("cpl != 0", "FAIL"), ("mode == long64", "PASS")):
        assert verdicts(run(case_with(f"undefined when {condition}: flags.af"), a, b)) == [wanted, wanted]


def test_another_exit_makes_all_else_a_consequence() -> None:
    a = final(rbx=1, rdx=7) | {
        "vector": 13,
        "rsp": 0x47ED0,
        "frame": [0x18, CODE + 9, 8, 0x10002, 0x49F00, 0x10],
    }
    results = run(case_with("expect: exit == stop"), a, final(rbx=2))
    assert verdicts(results) == ["FAIL", "PASS"]
    trunks = [finding.name for finding in results[0].findings if finding.follows is None]
    assert trunks == ["exit"]
    assert {"rip", "err", "rbx", "rdx"} <= set(names(results[0]))
    assert results[0].clusters == ("qemu iret/sample exit #GP->stop",)


def test_a_known_exit_explains_its_consequences() -> None:
    a = final(rbx=1)
    a["vector"] = 13
    results = run(case_with("expect: nfault == 0"), a, final(rbx=2), issues=[issue(["exit"])])
    assert verdicts(results) == ["KNOWN", "PASS"]


def test_sets_name_their_members_and_settle_the_places() -> None:
    a, b = final(), final(m_c010=1)
    results = run(case_with("expect: changed == {DATA0}"), a, b)
    assert verdicts(results) == ["FAIL", "PASS"]
    assert results[0].findings[0].as_json()["actual"] == "unchanged"


def test_memory_expectations_settle_the_place() -> None:
    results = run(case_with("expect: mem(DATA0+0x10, 8) == 1"), final(), final(m_c010=1))
    assert verdicts(results) == ["FAIL", "PASS"]


def test_expectations_bind_their_vendor() -> None:
    case = case_with("expect amd: rax == 5")
    amd = Voice("qemu", "7.2.19", "qemu", "amd")
    pieces = [evidence(case, {}, final(rax=1))]
    assert verdicts(judge(case, pieces, [QEMU], stops=[CODE])) == ["PASS"]
    assert verdicts(judge(case, pieces, [amd], stops=[CODE])) == ["FAIL"]


def test_different_vendors_are_not_compared() -> None:
    case = case_with("expect: exit == stop")
    amd = Voice("other", "1", "other", "amd")
    pieces = [evidence(case, {}, final(rbx=1)), evidence(case, {}, final(rbx=2))]
    assert verdicts(judge(case, pieces, [QEMU, amd], stops=[CODE])) == ["PASS", "PASS"]


def test_a_diverged_set_up_is_no_finding_and_is_said() -> None:
    case = case_with("expect: exit == stop")
    pieces = [evidence(case, {"cr4": 1}, final(rbx=1)), evidence(case, {"cr4": 2}, final(rbx=2))]
    results = judge(case, pieces, stops=[CODE])
    assert verdicts(results) == ["PASS", "PASS"]
    assert results[0].reason == "set-up diverged from bochs: cr4"


def test_skip_and_missing() -> None:
    case = case_with("expect: exit == stop")
    results = judge(
        case, [Evidence(Kind.SKIP, "requires fsgsbase"), Evidence(Kind.MISSING, "its record was lost")]
    )
    assert verdicts(results) == ["SKIP", "MISSING"]
    assert (results[0].reason, results[1].clusters) == ("requires fsgsbase", ("bochs iret/sample missing",))


def test_death_is_a_finding_unless_expected_or_known() -> None:
    for kind, expected in (
        (Kind.SHUTDOWN, "CRASH"),
        (Kind.EMULATOR_ERROR, "CRASH"),
        (Kind.HANG, "HANG"),
    ):
        case = case_with("expect: exit == stop", "expect: rax == 5")
        pieces = [Evidence(kind, "it died"), evidence(case, {}, final(rax=5))]
        results = judge(case, pieces, stops=[CODE])
        assert verdicts(results) == [expected, "PASS"]
        assert names(results[0]) == ["exit"]
        known = judge(case, pieces, issues=[issue(["exit"])], stops=[CODE])
        assert verdicts(known) == ["KNOWN", "PASS"]


def test_an_expected_shutdown_passes_and_its_absence_fails() -> None:
    case = case_with("ends: shutdown", "expect: exit == shutdown")
    died, lived = Evidence(Kind.SHUTDOWN, ""), evidence(case, {}, final())
    assert verdicts(judge(case, [died, lived], stops=[CODE])) == ["PASS", "FAIL"]
    assert verdicts(judge(case, [Evidence(Kind.HANG, ""), died], stops=[CODE])) == ["HANG", "PASS"]


def test_an_issue_that_always_shows_is_fixed_where_it_does_not() -> None:
    case = case_with("expect: rbx == 2")
    always = issue(["rbx"], always=True)
    assert verdicts(run(case, final(rbx=2), final(rbx=2), issues=[always])) == ["FIXED", "PASS"]
    assert verdicts(run(case, final(rbx=1), final(rbx=2), issues=[always])) == ["KNOWN", "PASS"]
    # With nobody to compare and no expectation on the field nobody can tell.
    blind = case_with("expect: exit == stop")
    assert verdicts(judge(blind, [evidence(blind, {}, final())], [QEMU], [always], [CODE])) == ["PASS"]


def test_an_expectation_that_cannot_be_read_fails() -> None:
    case = case_with("expect: err + 1 == 3")
    results = run(case, final(), final())
    assert verdicts(results) == ["FAIL", "FAIL"]
    assert "cannot be evaluated" in results[0].reason


def test_three_voices_each_differing_pair_counts() -> None:
    case = case_with("expect: exit == stop")
    third = Voice("kvm", "6.1", "kvm", "intel")
    pieces = [evidence(case, {}, final(rbx=n)) for n in (1, 2, 2)]
    results = judge(case, pieces, [QEMU, BOCHS, third], stops=[CODE])
    assert verdicts(results) == ["FAIL", "FAIL", "FAIL"]
    known = judge(case, pieces, [QEMU, BOCHS, third], [issue(["rbx"])], [CODE])
    assert verdicts(known) == ["KNOWN", "PASS", "PASS"]


def test_versions_of_one_family_answer_only_for_themselves_where_another_was_asked() -> None:
    case = case_with("expect: exit == stop")
    newer = Voice("qemu@10", "10.0", "qemu", "intel")
    pieces = [evidence(case, {}, final(rax=rax)) for rax in (1, 2, 2)]
    results = judge(case, pieces, [QEMU, newer, BOCHS], stops=[CODE])
    assert verdicts(results) == ["FAIL", "PASS", "FAIL"]  # the third is right or wrong with the second
    assert [finding.source for finding in results[0].findings] == ["disagreement with bochs 2.7"]
    alone = judge(case, pieces[:2], [QEMU, newer], stops=[CODE])
    assert verdicts(alone) == ["FAIL", "FAIL"]


def test_two_that_went_astray_are_not_compared_behind_their_exit() -> None:
    """Both end in an exception where STOP is due: each answers for that, and for nothing that it met on its way."""
    case = case_with("expect: exit == stop")
    strays = [{**final(rax=n, rbx=n), "vector": 13} for n in (1, 2)]
    results = run(case, *strays, issues=[issue(["exit"]), issue(["exit"], id="y", family="bochs")])
    assert verdicts(results) == ["KNOWN", "KNOWN"]
    results = run(case, *strays, issues=[issue(["exit"])])
    assert verdicts(results) == ["KNOWN", "FAIL"]
    assert [f.name for f in results[1].findings if f.follows is None] == ["exit"]


def test_an_expectation_missed_for_one_field_does_not_settle_another_that_is_known_to_be_wrong() -> None:
    """rbx is wrong on the second alone, and known to be; the first misses the expectation by rax, as is known too."""
    case = case_with("expect: rax == 5 or rbx == 9")
    both = [issue(["rax", "rax == 5*"]), issue(["rbx"], id="y", family="bochs")]
    results = run(case, final(rax=4, rbx=1), final(rax=5, rbx=2), issues=both)
    assert "rbx" not in names(results[0])
    assert verdicts(results) == ["KNOWN", "KNOWN"]
    assert "rbx" in names(run(case, final(rax=4, rbx=1), final(rax=5, rbx=2), issues=both[:1])[0])


class TestUnclaimed:
    """Fields that stand in a record but are another implementation's: no verdict by them."""

    MODEL = Voice("model", "1", "model", "intel", ("rbx", "dr*"))

    def verdicts(self, text: str, *finals: dict[str, int]) -> list[str]:
        case = case_with(text)
        pieces = [evidence(case, {}, one) for one in finals]
        return verdicts(judge(case, pieces, [self.MODEL, BOCHS], stops=[CODE]))

    def test_neither_side_answers_for_a_difference(self) -> None:
        assert self.verdicts("expect: exit == stop", final(rbx=1), final(rbx=2)) == ["PASS", "PASS"]
        assert self.verdicts("expect: exit == stop", final(rbx=1, rax=1), final(rbx=2)) == ["FAIL", "FAIL"]

    def test_expectations_of_them_bind_the_others_only(self) -> None:
        assert self.verdicts("expect: rbx == 2", final(rbx=1), final(rbx=2)) == ["PASS", "PASS"]
        assert self.verdicts("expect: rbx == 2", final(rbx=1), final(rbx=1)) == ["PASS", "FAIL"]
        assert self.verdicts("expect: rbx == 2 or rax == 9", final(rbx=1), final(rbx=1)) == ["PASS", "FAIL"]
        assert self.verdicts("expect: rbx == 2 and rax == 9", final(rbx=2), final(rbx=2)) == ["FAIL", "FAIL"]


def test_who_answers_for_a_field_against_a_third_answers_for_it_alone() -> None:
    """The second and the third both miss an event, as is known; the third loses rbx too, which follows from that."""
    case = case_with("expect: nfault == 1")
    core, third = Voice("refcore", "1", "refcore", "intel"), Voice("kvm", "6.1", "kvm", "intel")
    missed = {**final(), "nfault": 0}
    pieces = [evidence(case, {}, one) for one in ({**final(), "nfault": 1}, missed, {**missed, "rbx": 9})]
    issues = [issue(["nfault"]), issue(["nfault"], id="y", family="kvm")]
    assert verdicts(judge(case, pieces, [core, QEMU, third], issues, [CODE])) == ["PASS", "KNOWN", "KNOWN"]
    last = judge(case, [*pieces[1:], pieces[0]], [QEMU, third, core], issues, [CODE])
    assert verdicts(last) == ["KNOWN", "KNOWN", "PASS"]  # in whatever order they were named
    results = judge(case, pieces[1:], [QEMU, third], issues[:1], [CODE])
    assert "rbx" in names(results[0]) and "rbx" in names(results[1])  # nobody else tells who is wrong
