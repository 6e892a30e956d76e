# SPDX-License-Identifier: BSD-2-Clause
"""Hidden segment parts: frames, what counts of them, and runners that really read them."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from harness import backend as backends
from harness import hidden, paths, record
from harness.arena import load as load_arena
from harness.compare import Mask
from harness.errors import ExitCode, Location, UserError
from harness.hidden import UNUSABLE, Segment, pack, unpack
from harness.known import KnownIssue
from harness.ledger import encode_ledger, read_stream
from harness.record import StreamReader
from harness.tests.synthetic import BOCHS, case_of, evidence, judge, layout
from harness.verdict import Evidence, Voice

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "runners"))
import witness  # noqa: E402
import witness_bochs  # noqa: E402
import witness_qemu  # noqa: E402

FLAT = Segment(0x6B, 0xC0F3, 0xFFFFFFFF, 0)
NULL = Segment(0, UNUSABLE, 0, 0)
GOOD = {name: FLAT for name in hidden.NAMES} | {
    "ldtr": Segment(0x30, 0x82, 0x7F, 0x40400),
    "tr": Segment(0x20, 0x8B, 0xEF, 0x40600),
}
KEY = 0x1111
TEXT = """\
;; title: t
;; cite: SDM 3A 3.4.3 Segment Registers
;; modes: long64
;; cpl: 0
;; expect: rax >= 0
"""


def differing(name: str, a: Segment, b: Segment, long_mode: bool = False) -> list[tuple[str, int, int]]:
    found = hidden.differences(pack(GOOD | {name: a}), pack(GOOD | {name: b}), long_mode)
    return [(field, x, y) for field, x, y, _ in found]


class TestWhatCounts:
    def test_entries_come_back_as_they_went(self) -> None:
        assert unpack(pack(GOOD)) == GOOD
        assert len(pack(GOOD)) == hidden.SIZE == 128

    @pytest.mark.parametrize("name", hidden.COMPARED)
    def test_base_limit_and_rights(self, name: str) -> None:
        one = Segment(0x30, 0x82, 0x7F, 0x1000)
        assert differing(name, one, one) == []
        assert differing(name, one, replace(one, base=0x2000)) == [(f"hidden.{name}.base", 0x1000, 0x2000)]
        assert differing(name, one, replace(one, limit=0xFF)) == [(f"hidden.{name}.limit", 0x7F, 0xFF)]
        ((field, x, y),) = differing(name, one, replace(one, rights=0xE2))
        assert field == f"hidden.{name}.rights" and x ^ y == 0x60

    @pytest.mark.parametrize("name", ("cs", "ss"))
    def test_the_handlers_own_say_nothing(self, name: str) -> None:
        assert differing(name, FLAT, NULL) == []

    def test_accessed_and_busy_are_the_descriptors(self) -> None:
        assert differing("ds", FLAT, replace(FLAT, rights=FLAT.rights & ~1)) == []
        assert differing("tr", GOOD["tr"], replace(GOOD["tr"], rights=0x89)) == []
        assert differing("ldtr", GOOD["ldtr"], replace(GOOD["ldtr"], rights=0x83)) != []

    def test_a_register_without_segment_is_only_that(self) -> None:
        other = Segment(0, UNUSABLE | 0xF3, 0xFFFF, 0x40000)
        assert differing("fs", NULL, other) == []
        assert differing("fs", FLAT, replace(NULL, selector=0x6B)) == [("hidden.fs.unusable", 0, 1)]
        assert differing("fs", NULL, other, long_mode=True) == [("hidden.fs.base", 0, 0x40000)]
        assert differing("es", NULL, other, long_mode=True) == []


class TestStream:
    """CASE-BEGIN, HIDDEN ..., RECORD."""

    def stream(self, *pieces: bytes) -> bytes:
        head = record.encode_hello(0, home=64, build_id=7, cases=9) + record.encode_fields(1, layout(8))
        return head + record.encode_baseline(2, 5, [(7, 1)], 8) + b"".join(pieces)

    def case(self, seq: int, n: int, *between: bytes) -> bytes:
        begin = record.encode_case_begin(seq, KEY, n, n)
        return begin + b"".join(between) + record.encode_record(seq + 1, KEY, n, 5, [], [(9, 1)], 8)

    def test_the_last_frame_of_a_case_counts_and_the_sequence_does_not(self) -> None:
        first, last = pack(GOOD | {"ds": NULL}), pack(GOOD)
        frames = record.encode_hidden(0, first), record.encode_hidden(0, last)
        ledger = read_stream(self.stream(self.case(3, 0, *frames), record.encode_verified(5, 1)))
        assert ledger.hidden == {(KEY, 0): last} and not ledger.losses

    def test_another_cases_frame_is_not_taken(self) -> None:
        late = record.encode_hidden(0, pack(GOOD))
        pieces = self.case(3, 0), late, self.case(5, 1), self.case(7, 2, late), record.encode_verified(9, 3)
        ledger = read_stream(self.stream(*pieces))
        assert len(ledger.finals) == 3 and ledger.hidden == {}

    def test_what_is_retracted_is_gone_with_its_record(self) -> None:
        shown = record.encode_hidden(0, pack(GOOD))
        pieces = (
            self.case(3, 0, shown),
            record.encode_retract(5, 0, 1),
            self.case(6, 0),
            record.encode_verified(8, 1),
        )
        assert read_stream(self.stream(*pieces)).hidden == {}

    def test_stored_records_keep_it(self) -> None:
        shown = record.encode_hidden(0, pack(GOOD))
        ledger = read_stream(
            self.stream(self.case(3, 0, shown), self.case(5, 1), record.encode_verified(7, 2))
        )
        again = read_stream(b"".join(encode_ledger(ledger, sorted(ledger.finals))))
        assert again.hidden == ledger.hidden == {(KEY, 0): pack(GOOD)} and not again.losses

    def test_different_parts_of_one_case_are_unstable(self) -> None:
        frames = [record.encode_hidden(0, pack(GOOD | {"ds": Segment(3, 0xF3, n, 0)})) for n in (1, 2)]
        once, twice = self.case(3, 0, frames[0]), self.case(6, 0, frames[1])
        pieces = once, record.encode_verified(5, 1), twice, record.encode_verified(8, 1)
        assert read_stream(self.stream(*pieces)).unstable == {(KEY, 0)}

    def test_the_runners_encoder_is_the_harness_own(self) -> None:
        segments = {n: witness.Segment(s.selector, s.rights, s.limit, s.base, True) for n, s in GOOD.items()}
        assert witness.pack(segments) == pack(GOOD)
        assert witness.frame(77, pack(GOOD)) == record.encode_hidden(77, pack(GOOD))


class TestVerdict:
    case = case_of(TEXT)

    def piece(self, segments: dict[str, Segment] | None, **final: int) -> Evidence:
        made = evidence(self.case, {}, {"vector": 6, **final})
        return replace(made, hidden=None if segments is None else pack(segments))

    def test_a_different_hidden_part_is_found_on_both_sides(self) -> None:
        bad = GOOD | {"ds": replace(FLAT, limit=0xFFFF)}
        one, other = judge(self.case, [self.piece(GOOD), self.piece(bad)])
        assert [str(r.verdict) for r in (one, other)] == ["FAIL", "FAIL"]
        (finding,) = other.findings
        assert (finding.name, finding.actual, finding.expected) == ("hidden.ds.limit", 0xFFFF, 0xFFFFFFFF)
        assert finding.source.startswith("disagreement with qemu") and finding.follows is None

    def test_a_known_issue_explains_it_and_nothing_else(self) -> None:
        issue = KnownIssue(
            *(
                "bochs-limit",
                "bochs",
                "t",
                ("*",),
                ("hidden.ds.limit",),
                "the manual",
                "SDM",
                "t",
                Location("k"),
            )
        )
        bad = GOOD | {"ds": replace(FLAT, limit=0xFFFF)}
        verdicts = [
            str(r.verdict) for r in judge(self.case, [self.piece(GOOD), self.piece(bad)], issues=[issue])
        ]
        assert verdicts == ["PASS", "KNOWN"]
        worse = bad | {"es": replace(FLAT, base=1)}
        verdicts = [
            str(r.verdict) for r in judge(self.case, [self.piece(GOOD), self.piece(worse)], issues=[issue])
        ]
        assert verdicts == ["FAIL", "FAIL"]

    def test_who_cannot_read_them_is_not_compared(self) -> None:
        results = judge(self.case, [self.piece(GOOD), self.piece(None)])
        assert [str(r.verdict) for r in results] == ["PASS", "PASS"]

    @pytest.mark.parametrize("shown, verdict", ((GOOD, "FIXED"), (None, "PASS")))
    def test_an_issue_is_fixed_only_where_it_could_have_shown(
        self, shown: dict[str, Segment] | None, verdict: str
    ) -> None:
        words = ("hidden.*",), "the manual", "SDM", "t", Location("k")
        issue = replace(KnownIssue("bochs-limit", "bochs", "t", ("*",), *words), always=True)
        core = Voice("refcore", "1.0", "refcore", "intel")
        pieces = [self.piece(GOOD), self.piece(shown)]
        results = judge(self.case, pieces, voices=(core, BOCHS), issues=[issue])
        assert str(results[1].verdict) == verdict

    def test_parts_of_another_selector_follow_from_it(self) -> None:
        bad = GOOD | {"ds": Segment(0x13, 0xC0F3, 0xFFFF, 0)}
        findings = judge(self.case, [self.piece(GOOD, ds=0x6B), self.piece(bad, ds=0x13)])[1].findings
        follows = {f.name: f.follows for f in findings}
        assert follows == {"ds": None, "hidden.ds.selector": "ds", "hidden.ds.limit": "ds"}

    def test_undefined_hides_them(self) -> None:
        text = TEXT + ";; undefined: hidden.ds hidden.es.limit\n"
        (line,) = [case_of(text).body.testcase.undefined]
        mask = Mask([u.name for u in line], load_arena(paths.KIT / "arena.inc"))
        assert (
            mask.hides("hidden.ds.base")
            and mask.hides("hidden.es.limit")
            and not mask.hides("hidden.es.base")
        )
        with pytest.raises(UserError, match="hidden.cs"):
            case_of(TEXT + ";; undefined: hidden.cs\n")


class TestOption:
    def test_a_runner_without_it_says_so(self, tmp_path: Path) -> None:
        (tmp_path / "run").write_text("#!/bin/sh\n")
        (tmp_path / "run").chmod(0o755)
        text = 'protocol = 1\nname = "blind"\nformat = "rom"\nchannel = "ram"\n'
        (tmp_path / "manifest.toml").write_text(text)
        manifests = {"blind": backends.read_manifest(tmp_path / "manifest.toml")}
        with pytest.raises(UserError, match="blind,hidden=1.*cannot read hidden segment parts") as caught:
            backends.select(["blind,hidden=1"], "intel", manifests)
        assert caught.value.exit_code == ExitCode.USAGE

    def test_on_and_off(self) -> None:
        specs = {"qemu": False, "qemu,hidden": True, "qemu,hidden=1": True, "qemu,hidden=0": False}
        assert [one.hidden for one in backends.select(list(specs), "intel")] == list(specs.values())
        with pytest.raises(UserError, match="hidden is one of"):
            backends.select(["qemu,hidden=maybe"], "intel")

    @pytest.mark.parametrize("name", ("refcore", "qemu", "bochs"))
    def test_a_plain_image_is_refused(self, name: str, tmp_path: Path) -> None:
        image = str(tmp_path / "image")
        make = [str(ROOT / "ringdiff"), "image", "segment/pe-round-trip/*", "-o", image]
        subprocess.run(make, capture_output=True, check=True)
        call = [str(ROOT / "runners" / name / "run"), "boot", "--image", image, "--stream", image + ".stream"]
        call += ["--scratch", str(tmp_path), "--opt", "hidden=1"]
        done = subprocess.run(call, capture_output=True, text=True, check=False)
        assert done.returncode in (43, 44) and "hidden=1 needs" in done.stderr


REGISTERS_OF_QEMU = """\
EAX=00000001 EBX=00000000
ES =006b 00000000 ffffffff 00cff300 DPL=3 DS   [-WA]
CS =0008 0000000000000000 ffffffff 00af9b00 DPL=0 CS64 [-RA]
SS =0000 00000000 00000000 00000000
DS =013b 00040000 0000ffff 0000f300 DPL=3 DS16 [-WA]
FS =0000 0000123456789abc 00000000 00000000
GS =0084 00000000 00000fff 0040f300 DPL=3 DS   [-WA]
LDT=0000 00000000 00000000 00008200 DPL=0 LDT
TR =0020 00040600 000000ef 00008900 DPL=0 TSS32-avl
GDT=     00040000 000001ff
"""
TEXT_OF_BOCHS = b"""\
(0) Magic breakpoint
Next at t=40
(0) [0x0000000fe02f] 0008:000000000000e02f (unk. ctxt): mov al, 0x43              ; b043
<bochs:2> sreg
es:0x006b, dh=0x00cff300, dl=0x0000ffff, valid=31
\tData segment, base=0x00000000, limit=0xffffffff, Read/Write, Accessed
cs:0x0008, dh=0x00af9b00, dl=0x0000ffff, valid=1
\tCode segment, base=0x00000000, limit=0xffffffff, Execute/Read, Non-Conforming, Accessed, 64-bit
ss:0x0000, dh=0x00009000, dl=0x00000000, valid=0
ds:0x013b, dh=0x0000f304, dl=0x0000ffff, valid=7
\tData segment, base=0x00040000, limit=0x0000ffff, Read/Write, Accessed
fs:0x0000, dh=0x00001000, dl=0x00000000, valid=0
gs:0x0084, dh=0x0040f300, dl=0x00000fff, valid=7
\tData segment, base=0x00000000, limit=0x00000fff, Read/Write, Accessed
ldtr:0x0000, dh=0x00008200, dl=0x00000000, valid=0
tr:0x0020, dh=0x00008b04, dl=0x060000ef, valid=1
gdtr:base=0x0000000000040000, limit=0x1ff
<bochs:3> xp /1wx 0xa20400
[bochs]:
0x0000000000a20400 <bogus+       0>:\t0x00000005
<bochs:4> c
"""
SEEN = {
    "es": FLAT,
    "ds": Segment(0x13B, 0xF3, 0xFFFF, 0x40000),
    "gs": Segment(0x84, 0x40F3, 0xFFF, 0),
    "fs": NULL,
    "ldtr": NULL,
    "tr": Segment(0x20, 0x8B, 0xEF, 0x40600),
}


class TestWhatTheySay:
    def test_qemu(self) -> None:
        found = witness_qemu.segments(REGISTERS_OF_QEMU)
        assert list(hidden.differences(found, pack(SEEN), False)) == []
        assert unpack(found)["fs"].base == 0x123456789ABC
        assert unpack(found)["cs"].rights == 0xA09B

    @pytest.mark.parametrize("step", (1, 7, 1 << 20))
    def test_bochs(self, step: int, tmp_path: Path) -> None:
        frames = [record.encode_case_begin(n, KEY, n, n + 5) for n in range(2)]
        said = b"banner\n" + frames[0] + TEXT_OF_BOCHS + frames[1]
        path = tmp_path / "stream"
        file = os.open(path, os.O_WRONLY | os.O_CREAT)
        transcript = witness_bochs.Transcript(file)
        for at in range(0, len(said), step):
            transcript.feed(said[at : at + step])
        os.close(file)
        assert not transcript.reset
        reader = StreamReader()
        first, shown, last = reader.feed(path.read_bytes())
        assert isinstance(shown, record.Hidden) and shown.ordinal == 5 and not reader.losses
        assert list(hidden.differences(shown.data, pack(SEEN), False)) == []
        transcript.feed(b"(0).[21] [0x0000000fe03a] 0008:000000000000e03a (unk. ctxt): int3 ; cc\n")
        assert transcript.reset


SAMPLE = (
    "segment/pe-reload/*,mask=30",
    "segment/pe-round-trip/*",
    "segment/segment-limit/vm86/*,offset=0xfffc",
)


def run(folder: Path, *specs: str) -> list[dict[str, object]]:
    """results.jsonl of the sample."""
    call = [str(ROOT / "ringdiff"), "run", "-q", "--out", str(folder)]
    call += [word for spec in specs for word in ("-b", spec)]
    done = subprocess.run([*call, *SAMPLE], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode in (0, 10), done.stdout + done.stderr
    return [json.loads(line) for line in (folder / "results.jsonl").read_text().splitlines()]


def parts(rows: list[dict[str, object]]) -> set[tuple[str, str]]:
    """(backend, field) of hidden parts that were found wrong by themselves."""
    return {
        (str(row["backend"]), entry["name"])
        for row in rows
        for entry in row["fields"]  # type: ignore[attr-defined]
        if entry["name"].startswith("hidden.") and "follows" not in entry
    }


def test_refcore_qemu_and_bochs_agree(tmp_path: Path) -> None:
    shown, plain = tmp_path / "shown", tmp_path / "plain"
    names = "refcore", "qemu", "bochs"
    rows = run(shown, *(f"{name},hidden=1" for name in names))
    assert parts(rows) == set()
    assert not [row for row in rows if row["verdict"] not in ("PASS", "KNOWN")]
    run(plain, *names)
    for name in names:
        one, other = (read_stream((d / "records" / f"{name}-32.stream").read_bytes()) for d in (shown, plain))
        assert one.hidden.keys() == one.finals.keys() and len(one.finals) > 20
        assert not one.losses and not other.hidden
        # the witness build changes nothing that a case can see
        assert one.baselines.keys() == other.baselines.keys()
        assert all(one.baselines[mode].data == other.baselines[mode].data for mode in one.baselines)
        assert all(one.finals[case].same_state(other.finals[case]) for case in one.finals)
        usable = {n for data in one.hidden.values() for n, s in unpack(data).items() if not s.unusable}
        assert usable == set(hidden.NAMES)


def test_a_core_that_drops_hidden_parts_is_found(tmp_path: Path) -> None:
    broken = ROOT / "build" / "refcore" / "defects" / "refcore"
    assert broken.exists(), "run make -C refcore VARIANT=defects first"
    wrapper = tmp_path / "refcore-broken"
    wrapper.write_text(f'#!/bin/sh\nexec {shlex.quote(str(broken))} --defect pe-drops-segments "$@"\n')
    wrapper.chmod(0o755)
    rows = run(tmp_path / "out", f"refcore:{wrapper},hidden=1,label=broken", "refcore,hidden=1")
    assert ("broken", "hidden.ds.base") in parts(rows)


def test_kvm_reads_them_too(tmp_path: Path) -> None:
    (one,) = backends.select(["kvm,hidden=1"], "intel")
    if not backends.probe(one).probe.available:
        pytest.skip(f"no KVM here: {backends.probe(one).probe.reason}")
    run(tmp_path / "out", "refcore,hidden=1", "kvm,hidden=1")
    streams = [
        read_stream(path.read_bytes()) for path in sorted((tmp_path / "out" / "records").glob("kvm-*.stream"))
    ]
    assert streams and all(s.hidden.keys() == s.finals.keys() and s.finals and not s.losses for s in streams)
