# SPDX-License-Identifier: BSD-2-Clause
"""The minimiser: a case as a testcase of its own, the search, and a finding of QEMU's cut down, with its report."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from harness import catalog, paths, standalone
from harness.assemble import Assembler
from harness.case import Case
from harness.errors import UserError
from harness.minimise.finding import wanted
from harness.minimise.search import Exhausted, minimise
from harness.minimise.source import Source, judged, of_case
from harness.report.rundir import FieldRow, Row
from harness.tests import emulator

# SYSCALL on QEMU loses the result flags; the case has parameters, MSRs to set up, and STOPs that are not reached.
LOSES_FLAGS = "syscall/syscall-state/long64/cpl0/low=0x12,high=0x0,mask=0x0"
ISSUE = "qemu-syscall-loses-result-flags"


def source(code: str, *parameters: str) -> Source:
    """of_case() of a testcase with these lines of code, its first case."""
    head = ";; title: t\n;; cite: SDM 1\n;; modes: long64\n"
    text = head + "".join(f";; {line}\n" for line in parameters) + code
    folder = Path(os.environ["PYTEST_MINIMISE"], "some")
    folder.mkdir(exist_ok=True)
    (folder / "thing.asm").write_text(text)
    case = next(iter(catalog.load(folder.parent, None).select([])))
    return of_case(case, text)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "testcases").mkdir()
    monkeypatch.setenv("PYTEST_MINIMISE", str(tmp_path / "testcases"))


@pytest.mark.parametrize(("form", "every"), [(of_case, 1), (judged, 4)])
def test_each_testcase_is_the_same_code_as_a_testcase_of_one_case(
    form: Callable[[Case, str], Source], every: int, tmp_path: Path
) -> None:
    """A case of the last body of each file, without its expectations and with them: same id, parameters, code."""
    suite = catalog.load()
    last = {body.testcase.id: body for body in suite.bodies}
    chosen = list(last.values())[::every]
    originals = [body.case(body.indexes[len(body.indexes) // 2]) for body in chosen]
    for case in originals:
        path = tmp_path / "suite" / f"{case.body.testcase.id}.asm"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = Path(paths.ROOT, case.body.testcase.path).read_text()
        path.write_text(form(case, text).text())
    alone = {case.id: case for case in catalog.load(tmp_path / "suite", None).select([])}
    assert alone.keys() == {case.id for case in originals} and len(alone) > 200 // every
    assembler = Assembler()
    before = assembler.bodies([case.body for case in originals])
    after = assembler.bodies([case.body for case in alone.values()])
    for case in originals:
        old, new = before[case.body.id], after[case.body.id]
        assert (old.code, old.script, old.stops) == (new.code, new.script, new.stops), case.id
        assert case.params == alone[case.id].params


CODE = """\
        mov eax, [a]            ; a comment
%ifidn kind, one
        inc eax
%elifidn kind, two
        dec eax
%else
        neg eax
%endif
        SCRIPT
          ON 14, nth 1
            STORE DATA0, 4, 1
            DROPERR
          RETURN 8
        ENDSCRIPT
        LAUNCH
here:   nop
        mov ebx, eax
        STOP
"""
SWEEP, KIND = "sweep: a = 0x12 7", "variant: kind = two one"


def shrunk(needed: list[str], code: str = CODE, *parameters: str) -> Source:
    """What is left if these texts must stay."""

    def holds(candidate: Source) -> bool:
        return all(re.search(pattern, candidate.text()) for pattern in needed)

    return minimise(source(code, *(parameters or (SWEEP, KIND))), holds)


def lines(found: Source) -> list[str]:
    return [line.strip() for line in found.text().splitlines() if not line.startswith(";;")]


def test_only_what_is_needed_stays() -> None:
    assert lines(shrunk(["mov ebx, eax"])) == ["mov ebx, eax"]
    assert lines(shrunk(["LAUNCH", "STOP"])) == ["LAUNCH", "STOP"]
    assert shrunk(["LAUNCH"]).parameters == ()


def test_a_branch_stands_for_its_conditional() -> None:
    assert lines(shrunk(["dec eax"])) == ["dec eax"]
    found = shrunk(["%ifidn two, two|%ifidn kind, one", "dec eax"])
    assert [line for line in lines(found) if "eax" in line] == ["dec eax"]


def test_an_instruction_goes_and_its_label_stays() -> None:
    assert lines(shrunk(["here:"])) == ["here:"]
    assert lines(shrunk(["nop"])) == ["nop"]


def test_a_define_is_written_out() -> None:
    code = "%define WHERE eax\n        mov ebx, [WHERE]\n        LAUNCH\n        STOP\n"
    assert lines(shrunk([r"mov ebx, \[(WHERE|eax)\]", "eax"], code, SWEEP)) == ["mov ebx, [eax]"]


def test_rows_of_a_script_go_inside_it() -> None:
    found = lines(shrunk(["(?s)SCRIPT.*ON 14.*RETURN 8.*ENDSCRIPT"]))
    assert found == ["SCRIPT", "ON 14, nth 1", "RETURN 8", "ENDSCRIPT"]


def test_a_parameter_is_left_out_or_made_plain_or_written_where_it_is_read() -> None:
    assert shrunk([r"\[a\]", "a = "]).text().count("sweep:    a = 0\n") == 1
    found = shrunk([r"mov eax, (\[a\]|0x12)", "a = 0x12|mov eax, 0x12"])
    assert lines(found) == ["mov eax, 0x12"] and found.parameters == ()


def test_the_search_stops_where_it_may_not_go_on() -> None:
    tries = 0

    def holds(candidate: Source) -> bool:
        nonlocal tries
        tries += 1
        if tries > 3:
            raise Exhausted
        return "STOP" in candidate.text()

    begin = source(CODE, SWEEP, KIND)
    assert 0 < minimise(begin, holds).size < begin.size


def a_row(*clusters: str, fields: tuple[FieldRow, ...] = (), verdict: str = "FAIL") -> Row:
    return Row(
        case="t/c/long64/cpl0",
        testcase="t/c",
        topic="t",
        mode="long64",
        backend="b",
        version="1",
        verdict=verdict,
        reason="",
        clusters=list(clusters),
        fields=list(fields),
    )


def a_field(
    name: str, actual: str = "1", expected: str = "0", known: str = "", follows: str = ""
) -> FieldRow:
    entry = FieldRow(name=name, actual=actual, expected=expected, source="manual: SDM 1")
    if known:
        entry["known"] = known
    if follows:
        entry["follows"] = follows
    return entry


def test_a_finding_is_told_from_others() -> None:
    known = a_row(
        "known issue-a", "x t/c DATA0 low16", fields=(a_field("err", known="issue-a"), a_field("DATA0+0x8"))
    )
    assert wanted(known).field == "DATA0"
    assert wanted(known, "issue-a").issue == "issue-a"
    assert wanted(known, "issue-a").shown_by(
        a_row("known issue-a", fields=(a_field("rip", known="issue-a"),))
    )
    assert not wanted(known, "issue-a").shown_by(a_row(fields=(a_field("err"),)))
    assert wanted(known).shown_by(a_row(fields=(a_field("DATA0+0x10"),)))
    assert not wanted(known).shown_by(a_row(fields=(a_field("DATA0+0x10", follows="exit"), a_field("DATA1"))))
    left = a_row("x t/c exit GP->stop", fields=(a_field("exit", "#GP", "stop"),))
    assert not wanted(left).shown_by(a_row(fields=(a_field("exit", "#PF", "stop"),)))
    died = a_row("x t/c hang", verdict="HANG")
    assert wanted(died).hangs and wanted(died).shown_by(a_row(verdict="HANG"))
    assert not wanted(died).shown_by(a_row(verdict="CRASH"))
    with pytest.raises(UserError, match="shows no finding 'rax'; it shows .*DATA0 low16, known issue-a"):
        wanted(known, "rax")
    with pytest.raises(UserError, match="is PASS: there is nothing to keep"):
        wanted(a_row(verdict="PASS"))


def ringdiff(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(paths.ROOT / "ringdiff"), *arguments],
        capture_output=True,
        text=True,
        cwd=paths.ROOT,
        timeout=300,
    )


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A known issue of QEMU's, minimised and written out."""
    folder = tmp_path_factory.mktemp("filed") / "bug"
    done = ringdiff("minimise", LOSES_FLAGS, "-b", "qemu", "--finding", ISSUE, "-o", str(folder), "-q")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith(f"; known {ISSUE}: ")
    return folder


def test_a_finding_of_qemu_is_cut_down(filed: Path) -> None:
    text = (filed / "syscall-state.asm").read_text()
    code = [line.strip() for line in text.splitlines() if not line.startswith(";;")]
    assert "syscall" in " ".join(code)
    assert len(code) <= 12, text
    assert not re.search("efer|cstar", text, re.IGNORECASE)


def test_the_report_says_what_is_wrong_and_why(filed: Path) -> None:
    report = (filed / "report.md").read_text()
    for part in ("# SYSCALL clears CF PF AF ZF SF OF DF", "QEMU (TCG)", LOSES_FLAGS, "| `flags.", "FMASK"):
        assert part in report
    assert (filed / "syscall-state.asm").read_text().rstrip() in report


def test_the_image_fails_on_the_suspect_and_passes_on_the_core(filed: Path) -> None:
    report = (filed / "report.md").read_text().splitlines()
    line = {above.strip()[2:]: below.strip() for above, below in zip(report, report[1:])}
    core = line["reference core"].replace("build/bin/refcore", str(paths.ROOT / "build" / "bin" / "refcore"))
    for command, said in ((line["QEMU"] + " -display none", "FAIL"), (core, "PASS")):
        status, text = emulator.run(["sh", "-c", f"exec {command}"], filed, seconds=30)
        assert status == standalone.EXITS[said] and f"\n{said}" in text


def test_an_image_is_made_of_the_file_too(filed: Path, tmp_path: Path) -> None:
    made = ringdiff("image", str(filed / "syscall-state.asm"), "-o", str(tmp_path / "image"))
    assert made.returncode == 0, made.stderr
    core = [str(paths.ROOT / "build" / "bin" / "refcore"), "--rom", "image", "--cpu", "intel-max"]
    status, text = emulator.run(core, tmp_path, seconds=30)
    assert status == standalone.EXITS["PASS"] and "\nPASS\n" in text
    for path, part in (
        ("testcases/iret/flags.asm", "cases, a stand-alone image has one"),
        ("no.asm", "no such file"),
    ):
        done = ringdiff("image", path, "-o", str(tmp_path / "other"))
        assert done.returncode == 3 and part in done.stderr


def test_what_cannot_be_minimised_is_said() -> None:
    for arguments, code, part in (
        (("iret/no-such-case", "-b", "qemu"), 3, "is no case"),
        (("string/rep-count-zero/long64/cpl0/nothing", "-b", "qemu"), 3, "is no case"),
        ((LOSES_FLAGS,), 3, "--backend"),
        ((LOSES_FLAGS, "-b", "refcore", "-b", "qemu"), 3, "nothing to keep"),
        ((LOSES_FLAGS, "-b", "qemu", "--finding", "rax"), 3, "shows no finding 'rax'"),
    ):
        done = ringdiff("minimise", *arguments)
        assert (done.returncode, len(done.stderr.splitlines())) == (code, 1), done.stderr
        assert part in done.stderr


def test_findings_of_a_run_are_filed_once_each(tmp_path: Path) -> None:
    run, out = str(tmp_path / "run"), tmp_path / "out"
    ringdiff("run", "debug/software-traps/*", "-b", "refcore", "-b", "qemu", "--out", run, "-q")
    ask = ("divergences", run, "-b", "qemu", "--finding", "qemu-icebp", "-o", str(out))
    done = ringdiff(*ask)
    assert done.returncode == 0 and "1/1 qemu-icebp: " in done.stdout, done.stderr
    (folder,) = out.glob("qemu-*/qemu-icebp")
    assert {path.name for path in folder.iterdir()} == {"software-traps.asm", "report.md", "finding.json"}
    assert "db 0xf1" in (folder / "software-traps.asm").read_text()
    facts = json.loads((folder / "finding.json").read_text())
    assert facts["finding"] == "qemu-icebp" and facts["cases"] > 1 and facts["lines"] <= 4
    assert f"({folder.relative_to(out)}/report.md)" in (out / "README.md").read_text()
    (folder / "report.md").write_text("edited")
    assert "there already" in ringdiff(*ask).stdout and (folder / "report.md").read_text() == "edited"
    for more, part in (
        (("-b", "bochs"), "has no backend 'bochs'"),
        (("-b", "qemu", "--finding", "x"), "no finding 'x'"),
    ):
        wrong = ringdiff("divergences", run, *more, "-o", str(out))
        assert wrong.returncode == 3 and part in wrong.stderr
