# SPDX-License-Identifier: BSD-2-Clause
"""Testcases that misbehave, on QEMU: what a case does is charged to it alone, all others get their records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from harness import backend, paths
from harness.arena import load as load_arena
from harness.assemble import Assembler
from harness.campaign import Kind, Outcome
from harness.case import Case
from harness.catalog import load
from harness.execution import Bootable, case_facts
from harness.image import build
from harness.ledger import Ledger
from harness.record import Record
from harness.selection import Selection
from harness.state import State
from harness.supervise import Unit, run_units

HOSTILE = Path(__file__).parent / "hostile"
STALL_S = 2.0
OUTSIDE = 0xD40  # arena offset between regions: nothing hot, nothing a testcase owns


@dataclass(frozen=True)
class Done:
    """A finished run: outcomes by case id, and what is needed to read its records."""

    outcomes: dict[str, Outcome]
    cases: dict[str, Case]
    ledgers: list[Ledger]
    assembler: Assembler

    def record(self, case_id: str) -> Record:
        record = self.outcomes[case_id].record
        assert record is not None, f"{case_id}: {self.outcomes[case_id]}"
        return record

    def violations(self) -> list[str]:
        """Expectations that do not hold, among cases that have a record."""
        arena = load_arena(paths.KIT / "arena.inc")
        wrong = []
        for case_id, outcome in self.outcomes.items():
            if outcome.record is None:
                continue
            case = self.cases[case_id]
            ledger = next(one for one in self.ledgers if one.record(case.body.key, case.index))
            assert ledger.layout is not None
            facts = case_facts(case, self.assembler.body(case.body))
            words = ledger.baselines[outcome.record.mode].words(ledger.layout.word_size)
            state = State(outcome.record, ledger.layout, words, facts, arena)
            for expect in case.body.testcase.expects:
                if expect.when is not None and not expect.when.eval(state):
                    continue
                if not expect.expr.eval(state):
                    wrong.append(f"{case_id}: {expect.text}")
        return wrong


@cache
def qemu() -> backend.Backend:
    (one,) = backend.select(["qemu"], "intel")
    one = backend.probe(one)
    if not one.probe.available:
        pytest.fail(f"the suite's tests need QEMU: {one.probe.reason}")
    return replace(one, manifest=replace(one.manifest, stall_s=STALL_S))


def run(selection: Selection, channel: str = "ram", one: backend.Backend | None = None) -> Done:
    assembler = Assembler()
    images = [Bootable(image, assembler) for image in build(selection, assembler)]
    chosen = replace(one or qemu(), channel=channel, careful_channel=channel)
    results = run_units([Unit(chosen, image) for image in images], 2)
    by_key = {(case.body.key, case.index): case for case in selection}
    outcomes = {by_key[key].id: outcome for result in results for key, outcome in result.outcomes.items()}
    cases = {case.id: case for case in by_key.values()}
    assert outcomes.keys() == cases.keys()
    return Done(outcomes, cases, [result.ledger for result in results], assembler)


def hostile(*patterns: str) -> Selection:
    return load(HOSTILE, paths.CACHE / "hostile").select(patterns)


def suite(*patterns: str) -> Selection:
    return load().select(patterns)


def others(done: Done, guilty: str) -> Iterable[str]:
    return (case_id for case_id in done.outcomes if not case_id.endswith(f"n={guilty}"))


@pytest.mark.parametrize("name", ["hostile/stray-write", "hostile/real-stray-write"])
def test_stray_write_is_charged_to_its_case(name: str) -> None:
    done = run(hostile(name))
    assert done.violations() == []
    assert all(outcome.kind is Kind.RECORD for outcome in done.outcomes.values())
    assert sum(ledger.retracted for ledger in done.ledgers) > 0
    for case_id in done.outcomes:
        record = done.record(case_id)
        found = any(index * record.word_size == OUTSIDE for index in record.final_words())
        assert found == case_id.endswith("n=57"), case_id


def test_kit_damage_is_repaired_and_charged() -> None:
    done = run(hostile("hostile/kit-damage"))
    assert done.violations() == []
    noted = {(note.key, note.index, note.code) for ledger in done.ledgers for note in ledger.notes}
    expected = set()
    for case in done.cases.values():
        victim = case.body.variants["victim"]
        if case.params["n"] == 57 and victim != "shadow":  # the shadow is only compared with, and put back
            expected.add((case.body.key, case.index, 2 if victim == "copy" else 1))
    assert noted == expected


def test_a_case_that_ends_the_guest_is_charged_alone() -> None:
    done = run(hostile("hostile/own-tables"))
    assert done.violations() == []
    for case_id, outcome in done.outcomes.items():
        assert outcome.kind is (Kind.SHUTDOWN if case_id.endswith("n=23") else Kind.RECORD), case_id


def test_a_case_without_stack_double_faults() -> None:
    done = run(hostile("hostile/own-stack"))
    assert done.violations() == []
    assert all(outcome.kind is Kind.RECORD for outcome in done.outcomes.values())


def test_a_hang_is_charged_alone() -> None:
    done = run(hostile("hostile/hang"))
    assert done.violations() == []
    for case_id, outcome in done.outcomes.items():
        assert outcome.kind is (Kind.HANG if case_id.endswith("n=23") else Kind.RECORD), case_id


@pytest.mark.parametrize("channel", ["ram", "e9"])
def test_noise_on_the_channel_costs_no_record(channel: str) -> None:
    done = run(hostile("hostile/flood"), channel)
    assert done.violations() == []
    assert all(outcome.kind is Kind.RECORD for outcome in done.outcomes.values())


def test_a_fault_in_the_set_up_is_told_apart() -> None:
    done = run(hostile("hostile/set-up-fault"))
    for case_id in done.outcomes:
        assert done.record(case_id).setup_fault == case_id.endswith("n=23")
    assert all("n=23" in line for line in done.violations())


def test_a_late_fault_in_the_set_up_costs_nothing_else() -> None:
    """Its record takes the place of the launch half, which says what the set-up has changed. Not on QEMU: the reserved
    bit of CR4 makes it hang (known issue qemu-control-register-vmexit)."""
    (core,) = backend.select(["refcore"], "intel")
    done = run(hostile("hostile/set-up-fault-late"), one=backend.probe(core))
    for case_id in done.outcomes:
        assert done.record(case_id).setup_fault == case_id.endswith("n=23")
    assert all("n=23" in line for line in done.violations())
    assert all(ledger.retracted == 0 and not ledger.notes for ledger in done.ledgers)


def test_control_registers_of_the_set_up_count_for_the_window() -> None:
    done = run(hostile("hostile/control-registers"))
    assert done.violations() == []
    assert all(outcome.kind is Kind.RECORD for outcome in done.outcomes.values())


SAMPLE = ("syscall/sysret-ss-rpl", "iret/real-flags", "iret/data-segments", "syscall/sysenter-state/pm32-pae")


def test_records_do_not_depend_on_image_run_or_shard() -> None:
    whole = run(suite(*SAMPLE))
    again = run(suite(*SAMPLE))
    shards = [run(suite(*SAMPLE).shard(i, 2)) for i in (1, 2)]
    for case_id in whole.outcomes:
        record = whole.record(case_id)
        assert again.record(case_id).same_state(record), case_id
        (home,) = [shard for shard in shards if case_id in shard.outcomes]
        assert home.record(case_id).same_state(record), case_id
    for case_id in list(whole.outcomes)[::101]:
        assert run(suite(case_id)).record(case_id).same_state(whole.record(case_id)), case_id


def test_channels_carry_the_same_records() -> None:
    by_ram, by_port = run(suite(SAMPLE[0])), run(suite(SAMPLE[0]), "e9")
    for case_id in by_ram.outcomes:
        assert by_port.record(case_id).same_state(by_ram.record(case_id)), case_id
