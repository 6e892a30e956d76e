# SPDX-License-Identifier: BSD-2-Clause
"""Names of the state, derived from words: frames of every home, exits, sets."""

from __future__ import annotations

from typing import Any

import pytest

from harness.record import RECORD_FAULT_LIMIT
from harness.state import DeadState, StateUnavailable
from harness.tests.synthetic import case_of, facts, state, the_arena

LONG = ";; title: T\n;; cite: C\n;; modes: long64\n;; sweep: base = 0x10 0x13\n"
ALL32 = ";; title: T\n;; cite: C\n;; modes: real pm32*\n;; cpl: 0 3\n"
CODE, STACK0, DATA0 = 0x4A000, 0x47000, 0x4C000


def long64_frame(err: int | None = None, cs: int = 0x63, vector: int = 13) -> dict[str, Any]:
    slots = [CODE + 0x10, cs, 0x10246, 0x49EF0, 0x6B]
    top = STACK0 + 0xF00
    if err is None:
        return {"rsp": top - 40, "cs": 8, "ss": 0, "flags": 0x46, "vector": vector, "frame": [*slots, 7]}
    return {"rsp": top - 48, "cs": 8, "ss": 0, "flags": 0x46, "vector": vector, "frame": [err, *slots]}


def test_ia32e_frame_with_error_code() -> None:
    s = state(case_of(LONG), {}, long64_frame(0x18))
    assert [s.name(n) for n in ("exit", "err", "rip", "cs", "flags", "rsp", "ss", "cpl")] == [
        *(13, 0x18, CODE + 0x10, 0x63, 0x10246, 0x49EF0, 0x6B, 3)
    ]
    assert s.index("frame", 0) == CODE + 0x10
    assert s.name("flags.rf") == 1 and s.name("arrival.flags.rf") == 0
    assert (s.name("arrival.cs"), s.name("arrival.rsp"), s.name("arrival.cpl")) == (8, STACK0 + 0xF00 - 48, 0)


def test_ia32e_frame_without_error_code_is_known_by_the_alignment_of_rsp() -> None:
    s = state(case_of(LONG), {}, long64_frame(None))
    assert (s.name("err"), s.name("rip"), s.name("ss")) == (None, CODE + 0x10, 0x6B)
    assert s.index("frame", 40) is None


def test_upper_bytes_of_a_selector_slot_do_not_count() -> None:
    final = long64_frame(None)
    frame = final["frame"]
    assert isinstance(frame, list)
    frame[1] |= 0xDEAD0000
    assert state(case_of(LONG), {}, final).name("cs") == 0x63


def test_stop_is_ud2_at_a_stop_and_nowhere_else() -> None:
    final = long64_frame(None, vector=6)
    assert state(case_of(LONG), {}, final, stops=[CODE + 0x10]).exit == "stop"
    assert state(case_of(LONG), {}, final, stops=[CODE + 0x12]).exit == 6
    assert state(case_of(LONG), {}, long64_frame(None, vector=13), stops=[CODE + 0x10]).exit == 13


def test_fault_limit() -> None:
    assert state(case_of(LONG), {}, long64_frame(None), flags=RECORD_FAULT_LIMIT).exit == "fault_limit"


def pm32_frame(slots: list[int], vector: int, top: int = 0x49F00) -> dict[str, Any]:
    return {
        **{"rsp": top - 4 * len(slots), "cs": 8, "ss": 0x10, "flags": 0x46, "vector": vector, "frame": slots},
        **{"idt_base": 0x41000, "+1000": 0, f"+{0x1000 + 8 * vector + 4:x}": 0x8E00, "+14": 0x00CF9300},
    }


@pytest.mark.parametrize(
    ("vector", "error_code", "expected"),
    [
        (13, True, 0x50),
        (13, False, None),
        (6, True, None),
        (14, True, 0x50),
        (1, True, None),
        (21, True, 0x50),
    ],
)
def test_pm32_error_code_by_vector_unless_the_testcase_says_no(
    vector: int, error_code: bool, expected: int | None
) -> None:
    text = ALL32 + ("" if error_code else ";; error_code: no\n")
    slots = [*([0x50] if expected is not None else []), CODE, 8, 0x46]
    s = state(case_of(text, "pm32"), {}, pm32_frame(slots, vector))
    assert (s.name("err"), s.name("rip"), s.name("cs"), s.name("flags")) == (expected, CODE, 8, 0x46)


def test_pm32_same_privilege_has_no_stack_in_its_frame() -> None:
    s = state(case_of(ALL32, "pm32"), {}, pm32_frame([CODE, 8, 0x46], 6))
    assert (s.name("rsp"), s.name("ss"), s.name("cpl")) == (0x49F00, 0x10, 0)


def test_pm32_outer_privilege() -> None:
    s = state(case_of(ALL32, "pm32", 3), {}, pm32_frame([CODE, 0x63, 0x46, 0x49E00, 0x6B], 6))
    assert (s.name("rsp"), s.name("ss"), s.name("cpl")) == (0x49E00, 0x6B, 3)


def test_pm32_interrupted_virtual_8086_mode() -> None:
    slots = [0xA000, 0x4000, 0x20202, 0x9F00, 0x4001, 1, 2, 3, 4]
    s = state(case_of(ALL32, "pm32"), {}, pm32_frame(slots, 6), stops=[0x4A000])
    assert [s.name(n) for n in ("rsp", "ss", "es", "ds", "fs", "gs", "cpl")] == [
        0x9F00,
        0x4001,
        1,
        2,
        3,
        4,
        3,
    ]
    assert s.exit == "stop"


@pytest.mark.parametrize(("rip", "expected"), [(0xA000, "stop"), (0x4A000, "stop"), (0xA001, 6)])
def test_pm32_stop_in_a_segment_with_a_base(rip: int, expected: int | str) -> None:
    """By its descriptor's base, or flat, as SYSENTER leaves CS."""
    final = pm32_frame([rip, 0x18, 0x46], 6)
    final.update({"+18": 0x0000FFFF, "+1c": 0x00009B04})
    assert state(case_of(ALL32, "pm32"), {}, final, stops=[0x4A000]).exit == expected


def test_pm32_frame_on_a_flat_stack_whose_descriptor_has_a_base() -> None:
    final = pm32_frame([0x4A000, 8, 0x46], 6, top=DATA0 + 0x800)
    final.update({"ss": 0x20, "+20": 0x06000067, "+24": 0x00008B04})
    final.update({"+c7f4": 0x4A000, "+c7f8": 8, "+c7fc": 0x46})
    for found, expected in ((True, {"frame"}), (False, {"DATA0"})):
        changed = state(case_of(ALL32, "pm32"), {}, final).name("changed")
        assert isinstance(changed, frozenset)
        assert changed & {"frame", "DATA0"} == expected, found
        final.pop("frame", None)


def test_pm32_16_bit_gate() -> None:
    final = pm32_frame([0x1234 | 8 << 16, 0x46], 6)
    final[f"+{0x1000 + 8 * 6 + 4:x}"] = 0x8600
    final["rsp"] = 0x49F00 - 6
    s = state(case_of(ALL32, "pm32"), {}, final)
    assert (s.name("rip"), s.name("cs"), s.name("flags"), s.name("rsp")) == (0x1234, 8, 0x46, 0x49F00)


def test_pm32_task_gate_finds_what_was_interrupted_in_the_old_tss() -> None:
    final = pm32_frame([0], 8)
    final[f"+{0x1000 + 8 * 8 + 4:x}"] = 0x8500
    final.update({"+620": CODE + 5, "+624": 0x10202, "+628": 0x77, "+638": 0x49E80, "+64c": 8, "+650": 0x10})
    s = state(case_of(ALL32, "pm32"), {"tr": 0x20}, final)
    assert [s.name(n) for n in ("rip", "flags", "rax", "rsp", "cs", "ss", "err")] == [
        *(CODE + 5, 0x10202, 0x77, 0x49E80, 8, 0x10, 0)
    ]


def test_real_mode_words_are_packed_and_have_no_error_code() -> None:
    final = {"rsp": 0x9EFA, "ss": 0x4000, "vector": 13, "frame": [0xA010 | 0x4000 << 16, 0x10246]}
    s = state(case_of(ALL32, "real"), {}, final)
    assert (s.name("rip"), s.name("cs"), s.name("flags")) == (0xA010, 0x4000, 0x246)
    assert (s.name("err"), s.name("cpl"), s.name("rsp"), s.name("ss"), s.linear_rip) == (
        *(None, 0, 0x9F00, 0x4000),
        0x4A010,
    )
    final["vector"] = 6
    assert state(case_of(ALL32, "real"), {}, final, stops=[0x4A010]).exit == "stop"


def test_real_mode_stack_wraps_at_64_kib() -> None:
    final = {"rsp": 0xFFFA, "ss": 0x4000, "vector": 6, "frame": [0, 0]}
    assert state(case_of(ALL32, "real"), {}, final).name("rsp") == 0


def test_launch_baseline_and_parameters() -> None:
    s = state(
        case_of(LONG, index=1), {"rax": 5}, {**long64_frame(), "rcx": 9}, baseline={"rcx": 4, "cr4": 0x20}
    )
    assert [s.name(n) for n in ("launch.rax", "rax", "launch.rcx", "rcx", "cr4", "launch.cr4")] == [
        *(5, 5, 4, 9, 0x20, 0x20)
    ]
    assert [s.name(n) for n in ("base", "mode", "launch_cpl", "DATA0", "UDATA", "PF", "long64")] == [
        *(0x13, "long64", 0, DATA0, 0x68, 14, "long64")
    ]


def test_regs_takes_the_stack_pointer_as_interrupted() -> None:
    final = long64_frame()
    s = state(case_of(LONG), {"rsp": 0x49EF0, "rbx": 3}, {**final, "rbx": 3, "rdx": 1})
    assert s.name("regs") == frozenset({"rdx"})
    assert state(case_of(LONG), {"rsp": 0x49EF8}, final).name("regs") == frozenset({"rsp"})


def test_changed_names_places() -> None:
    top = STACK0 - 0x40000 + 0xF00
    final = {
        **long64_frame(0),
        **{f"+{top - 48 + 8 * n:x}": n + 1 for n in range(6)},
        **{"+c010": 1, "+600": 1, "+60": 0x00CFFB000000FFFF, "+20": 0x00008B0000000067, "+40c": 5},
        **{"+10d0": 1, "+168": 7, "+2000": 0x1000},
    }
    baseline = {"+60": 0x00CFFA000000FFFF, "+20": 0x0000890000000067}
    s = state(case_of(LONG), {}, final, baseline=baseline)
    assert s.name("changed") == frozenset(
        {
            *("frame", "DATA0", "tss", "gdt.UCODE32.a", "gdt.KTSS.busy", "ldt.LDATA_0"),
            *("idt[13]", "gdt[45]", "PT_TOP"),
        }
    )


def test_accessed_and_dirtied_are_sets_of_pages() -> None:
    pte = 0x5000 + 8 * (DATA0 >> 12)
    final = {
        **long64_frame(),
        f"+{pte:x}": 0x67,
        f"+{pte + 8:x}": 0x27,
        f"+{pte + 16:x}": 0x07,
        "+2000": 0x27,
    }
    baseline = {f"+{pte + 8 * n:x}": 7 for n in range(3)} | {"+2000": 7}
    s = state(case_of(LONG), {}, final, baseline=baseline)
    assert s.name("accessed") == frozenset({"DATA0", "DATA1"})
    assert s.name("dirtied") == frozenset({"DATA0"})
    assert s.name("changed") == frozenset()


def test_memory_reads_any_bytes() -> None:
    s = state(case_of(LONG), {"+c008": 0x1122334455667788}, {**long64_frame(), "+c010": 0x99})
    assert s.call("mem", [DATA0 + 8, 4]) == 0x55667788
    assert s.call("mem", [DATA0 + 0xE, 4]) == 0x00991122
    assert s.call("launch_mem", [DATA0 + 0xE, 4]) == 0x1122
    assert s.call("mem", [0x10, 4]) == 0


def test_faults_that_a_script_handled() -> None:
    none = (1 << 64) - 1
    log = [14, 2, DATA0, CODE, 1, none, 0, CODE + 1]
    s = state(case_of(LONG), {}, {**long64_frame(), "nfault": 2, "fault": log})
    assert s.name("nfault") == 2
    assert [s.index(f"fault.{p}", 0) for p in ("vector", "err", "cr2", "rip")] == [14, 2, DATA0, CODE]
    assert (s.index("fault.err", 1), s.index("fault.vector", 2)) == (None, None)


def test_an_unknown_name_is_no_value() -> None:
    with pytest.raises(StateUnavailable):
        state(case_of(LONG), {}, long64_frame()).name("nonsense")


def test_a_dead_guest_has_parameters_and_an_exit_only() -> None:
    case = case_of(LONG)
    dead = DeadState("shutdown", facts(case), the_arena())
    assert (dead.name("exit"), dead.name("base"), dead.name("DATA0"), dead.name("shutdown")) == (
        *("shutdown", 0x10, DATA0),
        "shutdown",
    )
    with pytest.raises(StateUnavailable):
        dead.name("rax")
    with pytest.raises(StateUnavailable):
        dead.index("frame", 0)
