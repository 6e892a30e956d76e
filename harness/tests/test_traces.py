# SPDX-License-Identifier: BSD-2-Clause
"""Golden records: a replay sees every change, a damaged trace is refused, a revoked record is not compared."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import tomllib
from difflib import unified_diff
from itertools import product
from pathlib import Path

import pytest

from harness import catalog, paths
from harness.errors import UserError
from harness.trace import boxes, store, text

ROOT = paths.ROOT
BROKEN = ROOT / "build" / "refcore" / "defects" / "refcore"
TRACES = ROOT / "ref-traces"
# All modes, faults with and without error codes, restarts, a shutdown, an x87 state, a skipped body.
SILICON_SAMPLE = ("restart/movs-six-pages", "restart/push-split", "string/*", "segment/granularity")
SAMPLE = (
    "iret/stack-pop-widths",
    "iret/real-flags",
    "syscall/sysret-ss-rpl",
    "syscall/syscall-legacy-amd",
    "restart/movs-six-pages",
    "interrupt/tss-fresh",
    "task/switch-images",
    "vm86/return",
    "segment/pe-stale-data",
)


def ringdiff(*words: object, code: int = 0) -> tuple[str, str]:
    """Output and errors of a command that must end with this exit code."""
    done = subprocess.run(
        [str(ROOT / "ringdiff"), *map(str, words)], capture_output=True, text=True, timeout=1500, check=False
    )
    assert done.returncode == code, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout, done.stderr


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of traces with one of a few testcases: refcore-intel."""
    root = tmp_path_factory.mktemp("traces")
    out, _ = ringdiff("record", "-b", "refcore", "--traces", root, *SAMPLE)
    assert out.startswith("refcore-intel: ")
    assert [path.name for path in root.iterdir()] == ["refcore-intel"]
    return root


@pytest.fixture
def trace(recorded: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(recorded / "refcore-intel", tmp_path / "traces" / "refcore-intel"))


def broken_core(folder: Path, defect: str) -> Path:
    assert BROKEN.exists(), "run make -C refcore VARIANT=defects first"
    wrapper = folder / f"refcore-{defect}"
    wrapper.write_text(f'#!/bin/sh\nexec {shlex.quote(str(BROKEN))} --defect {defect} "$@"\n')
    wrapper.chmod(0o755)
    return wrapper


# ---- text


def test_cases_as_products_of_values_come_back() -> None:
    space = boxes.Space(("insn", "sel", "rpl"), (("a", "b"), ("0x0", "KDATA", "0x10"), ("0", "1", "2", "3")))
    everything = set(product(range(2), range(3), range(4)))
    for keep in range(1, 200):
        chosen = {p for n, p in enumerate(sorted(everything)) if (n * n + keep * n) % 7 < 3}
        found = boxes.boxes(chosen)
        read = [boxes.read(boxes.write(box, space), space) for box in found]
        assert read == found
        members = [p for box in found for p in boxes.points(box)]
        assert len(members) == len(set(members)) and set(members) == chosen
    assert [boxes.write(box, space) for box in boxes.boxes(everything)] == ["*"]
    assert boxes.write(((0,), (0, 1, 2), (1, 2, 3)), space) == "insn=a rpl=1..3"


@pytest.mark.parametrize("word", ["nothing=1", "rpl=4", "rpl=0..9"])
def test_a_value_that_the_testcase_lacks_is_refused(word: str) -> None:
    with pytest.raises(UserError, match="parameter"):
        boxes.read(word, boxes.Space(("rpl",), (("0", "1", "2", "3"),)))


def test_a_file_is_read_as_it_was_written(recorded: Path) -> None:
    whole = store.Trace(recorded / "refcore-intel")
    cases = catalog.load()
    assert whole.testcases() == sorted(set(SAMPLE) - {"syscall/syscall-legacy-amd"})
    for name in whole.testcases():
        testcase = cases.testcases[name]
        written = (whole.folder / f"{name}.txt").read_text()
        sections = whole.sections(testcase)
        assert text.render(testcase, sections) == written
        assert all(len(line) <= 128 for line in written.splitlines()[1:])
        cells = {(body.mode, body.cpl) for body in cases.bodies if body.testcase is testcase}
        assert sections.keys() == cells
        count = sum(len(body.indexes) for body in cases.bodies if body.testcase is testcase)
        assert sum(len(section.outcomes) for section in sections.values()) == count


def test_provenance_tells_processor_host_and_tool(recorded: Path) -> None:
    data = tomllib.loads((recorded / "refcore-intel" / "provenance.toml").read_text())
    assert (data["profile"], data["vendor"], data["backend"]["family"]) == ("intel", "intel", "refcore")
    assert data["cpuid_home64"]["leaf_00000000_0"].split()[1] == "756e6547"  # Genu
    (entry,) = data["recording"]
    assert entry["filters"] == list(SAMPLE) and entry["cases"] > 1000 and entry["skipped"] > 0
    assert entry["tool"].startswith("ringdiff") and entry["kernel"] and entry["date"].endswith("Z")


# ---- record


def test_the_same_core_gives_the_same_files(recorded: Path, tmp_path: Path) -> None:
    ringdiff("record", "-b", "refcore", "--traces", tmp_path, *SAMPLE)
    for path in sorted((recorded / "refcore-intel").rglob("*.txt")):
        again = tmp_path / "refcore-intel" / path.relative_to(recorded / "refcore-intel")
        assert again.read_bytes() == path.read_bytes(), path.name


def test_a_change_of_semantics_is_a_small_diff(tmp_path: Path) -> None:
    core = broken_core(tmp_path, "half-done-rmw")
    testcases = ("restart/rmw-read-only", "iret/real-flags", "vm86/return")
    for name, backend in (("good", "refcore"), ("broken", f"refcore:{core}")):
        out, _ = ringdiff("record", "-b", backend, "--as", name, "--traces", tmp_path, *testcases)
        assert ("not as their testcases expect" in out) == (name == "broken")
    changed = {}
    for testcase in testcases:
        good, broken = (
            (tmp_path / name / f"{testcase}.txt").read_text().splitlines() for name in ("good", "broken")
        )
        diff = [line for line in unified_diff(good, broken, n=0, lineterm="") if line[0] in "+-"][2:]
        if diff:
            changed[testcase] = len(good), diff
    assert list(changed) == ["restart/rmw-read-only"]
    whole, diff = changed["restart/rmw-read-only"]
    assert len(diff) < whole / 2, diff[:40]
    assert any("rcx=" in line for line in diff)


def test_part_of_a_trace_is_recorded_anew(trace: Path) -> None:
    kept = (trace / "vm86" / "return.txt").read_bytes()
    ringdiff("record", "-b", "refcore", "--traces", trace.parent, "iret/real-flags", "iret/nested-task")
    assert (trace / "iret" / "nested-task.txt").exists()
    assert (trace / "vm86" / "return.txt").read_bytes() == kept
    entries = tomllib.loads((trace / "provenance.toml").read_text())["recording"]
    assert [entry["filters"] for entry in entries] == [list(SAMPLE), ["iret/real-flags", "iret/nested-task"]]
    ringdiff("verify", "refcore-intel", "--traces", trace.parent, "iret")


def test_another_implementation_is_not_mixed_in(trace: Path) -> None:
    _, said = ringdiff(
        "record",
        *("-b", "qemu", "--as", "refcore-intel", "--traces", trace.parent, "iret/nested-task"),
        code=3,
    )
    assert "of another implementation or processor" in said
    assert not (trace / "iret" / "nested-task.txt").exists()


@pytest.fixture
def moody(tmp_path: Path) -> Path:
    """A reference core that is another one at each second boot: good, then broken, then good."""
    core = broken_core(tmp_path, "sysret-rpl")
    script = tmp_path / "moody"
    good = ROOT / "build" / "bin" / "refcore"
    script.write_text(
        "#!/bin/sh\n"
        f'case "$*" in *--rom*) echo >>{tmp_path}/boots;; *) exec {good} "$@";; esac\n'
        f'if [ $(($(wc -l <{tmp_path}/boots) % 2)) = 0 ]; then exec {core} "$@"; fi\n'
        f'exec {good} "$@"\n'
    )
    script.chmod(0o755)
    return script


def test_a_processor_that_changes_its_mind_is_refused(moody: Path, tmp_path: Path) -> None:
    root = tmp_path / "traces"
    _, said = ringdiff("record", "-b", f"refcore:{moody}", "--traces", root, "syscall/sysret-ss-rpl", code=10)
    assert "is not recorded: the second pass differs in" in said
    assert "syscall/sysret-ss-rpl/long64/cpl0/opsize=" in said and "ss is " in said
    assert not root.exists() or not any(root.iterdir())


def test_cases_that_got_lost_are_refused(tmp_path: Path) -> None:
    script = tmp_path / "hangs"
    good = ROOT / "build" / "bin" / "refcore"
    script.write_text(f'#!/bin/sh\ncase "$*" in *--rom*) exit 43;; *) exec {good} "$@";; esac\n')
    script.chmod(0o755)
    root = tmp_path / "traces"
    _, said = ringdiff("record", "-b", f"refcore:{script}", "--traces", root, "iret/nested-task", code=10)
    assert "left neither a record nor a reason" in said and "iret/nested-task/" in said
    assert not root.exists() or not any(root.iterdir())


# ---- verify


def test_a_replay_names_cases_and_fields(trace: Path, tmp_path: Path) -> None:
    out, _ = ringdiff("verify", "refcore-intel", "--traces", trace.parent, "syscall", "restart")
    assert " cases the same, 0 differ" in out
    core = broken_core(tmp_path, "sysret-rpl")
    out, _ = ringdiff(
        "verify",
        *("refcore-intel", "-b", f"refcore:{core}", "--traces", trace.parent, "syscall", "--all"),
        code=10,
    )
    lines = out.splitlines()
    assert any(line.startswith("syscall/sysret-ss-rpl/long64/cpl0/opsize=") for line in lines)
    assert any(line.startswith("    ss is 0x") and "recorded 0x" in line for line in lines)
    assert ", 0 differ" not in lines[-1]


def test_another_emulator_is_compared_too(trace: Path) -> None:
    out, _ = ringdiff(
        "verify", "refcore-intel", "-b", "qemu", "--traces", trace.parent, "iret/stack-pop-widths", code=10
    )
    assert "    flags.rf is unchanged, recorded 1\n" in out and "refcore-intel on qemu" in out


def test_another_vendor_is_refused(trace: Path, tmp_path: Path) -> None:
    ringdiff("record", "-b", "refcore", "--cpu", "amd", "--traces", trace.parent, "iret/real-flags")
    assert (trace.parent / "refcore-amd").is_dir()
    call = ("verify", "refcore-amd", "-b", "refcore,cpu=intel-max", "--traces", trace.parent)
    _, said = ringdiff(*call, "iret/real-flags", code=3)
    assert "their rules differ" in said


def test_a_changed_setup_is_seen(trace: Path) -> None:
    path = trace / "iret" / "real-flags.txt"
    content = path.read_text()
    at = content.index("set-up ") + 7
    path.write_text(content[:at] + ("0" * 8) + content[at + 8 :])
    reseal(trace)
    out, _ = ringdiff("verify", "refcore-intel", "--traces", trace.parent, "iret/real-flags", code=10)
    assert "other launch states than recorded" in out


def reseal(trace: Path) -> None:
    """The hashes of what a test has changed: the change itself is to be seen."""
    names = [line.partition("  ")[2] for line in (trace / "manifest.sha256").read_text().splitlines()]
    hashed = subprocess.run(
        ["sha256sum", *names], cwd=trace, capture_output=True, text=True, check=True
    ).stdout
    (trace / "manifest.sha256").write_text(hashed)


@pytest.mark.parametrize("damage", ["bit", "lost", "more", "cut", "provenance", "manifest"])
def test_a_damaged_trace_is_refused(trace: Path, damage: str) -> None:
    path = trace / "iret" / "real-flags.txt"
    data = path.read_bytes()
    if damage == "bit":
        path.write_bytes(data[:300] + bytes([data[300] ^ 1]) + data[301:])
    elif damage == "lost":
        path.unlink()
    elif damage == "more":
        path = trace / "iret" / "more.txt"
        path.write_bytes(data)
    elif damage == "cut":
        path.write_bytes(data[:-100])
    elif damage == "provenance":
        path = trace / "provenance.toml"
        path.write_text(path.read_text().replace('vendor = "intel"', 'vendor = "amd"'))
    else:
        path = trace / "manifest.sha256"
        path.unlink()
    _, said = ringdiff("verify", trace, "--traces", trace.parent, "iret", code=3)
    assert said.count("\n") == 1
    assert damage == "manifest" or path.name in said


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("rsp=+0x", "rsp=-0x", "hash is"),
        ("image=", "picture=", "has no parameter 'picture'"),
        ("\n    ", "\n", ""),
    ],
)
def test_a_file_that_does_not_fit_its_testcase_is_told(trace: Path, old: str, new: str, told: str) -> None:
    path = trace / "iret" / "real-flags.txt"
    content = path.read_text()
    assert old in content
    path.write_text(content.replace(old, new, 1))
    reseal(trace)
    out, _ = ringdiff(
        "verify",
        "refcore-intel",
        "--traces",
        trace.parent,
        "iret/real-flags",
        "iret/stack-pop-widths",
        code=10,
    )
    assert "iret/real-flags.txt:" in out and "record it again" in out and told in out
    assert "without a golden record" in out  # the cases of this file, while the other file's are compared
    assert " 0 cases the same" not in out


def test_a_testcase_without_golden_records_is_told(trace: Path) -> None:
    out, _ = ringdiff(
        "verify", "refcore-intel", "--traces", trace.parent, "iret/real-flags", "iret/nested-task"
    )
    assert "208 cases the same, 0 differ, " in out and "without a golden record" in out
    assert (
        "no golden record of these"
        in ringdiff("verify", "refcore-intel", "--traces", trace.parent, "iret/nested-task", code=3)[1]
    )


# ---- revoke


def test_a_revoked_record_is_neither_compared_nor_recorded(trace: Path, tmp_path: Path) -> None:
    pattern = "syscall/sysret-ss-rpl/*opsize=o32*"
    core = broken_core(tmp_path, "sysret-rpl")
    call = ("verify", "refcore-intel", "-b", f"refcore:{core}", "--traces", trace.parent)
    before, _ = ringdiff(*call, "--all", "syscall/sysret-ss-rpl", code=10)
    assert "opsize=o32" in before and "opsize=o64" in before
    out, _ = ringdiff(
        "revoke", "refcore-intel", pattern, "--reason", "SS was read wrongly", "--traces", trace.parent
    )
    assert out.endswith("golden records revoked\n") and " 0 golden" not in out
    after, _ = ringdiff(*call, "--all", "syscall/sysret-ss-rpl", code=10)
    assert "/opsize=o32" not in after and "opsize=o64" in after
    assert "revoked: " in after and "SS was read wrongly" in after
    ringdiff("record", "-b", "refcore", "--traces", trace.parent, "syscall/sysret-ss-rpl")
    assert "opsize=o32" not in (trace / "syscall" / "sysret-ss-rpl.txt").read_text()
    assert tomllib.loads((trace / "revoked.toml").read_text())["revoked"][0]["cases"] == pattern


def test_a_revocation_must_cover_something_and_say_why(trace: Path) -> None:
    call = ("revoke", "refcore-intel", "--traces", trace.parent)
    assert "covers no golden record" in ringdiff(*call, "iret/nothing/*", "--reason", "x", code=3)[1]
    assert "--reason is empty" in ringdiff(*call, "iret/*", "--reason", " ", code=3)[1]
    assert "no trace 'mine'" in ringdiff("revoke", "mine", "iret/*", "--reason", "x", code=3)[1]
    assert not (trace / "revoked.toml").exists()


# ---- the traces of the tree


@pytest.mark.parametrize("name", ["refcore-intel", "refcore-amd"])
def test_the_core_is_as_recorded(name: str) -> None:
    ringdiff("verify", name, *SAMPLE)


def test_the_core_leaves_what_silicon_left() -> None:
    out, _ = ringdiff("verify", "silicon-amd-00a00f11", "-b", "refcore", *SILICON_SAMPLE)
    assert " 0 differ" in out and " 0 cases the same" not in out


@pytest.mark.slow
def test_the_core_leaves_all_that_silicon_left() -> None:
    out, _ = ringdiff("verify", "silicon-amd-00a00f11", "-b", "refcore")
    held = store.Trace(TRACES / "silicon-amd-00a00f11")
    assert f"{held.provenance['recording'][-1]['cases']} cases the same, 0 differ" in out


@pytest.mark.slow
@pytest.mark.parametrize("name", ["refcore-intel", "refcore-amd"])
def test_all_of_the_core_is_as_recorded(name: str) -> None:
    out, _ = ringdiff("verify", name)
    cases = catalog.load()
    held = store.Trace(TRACES / name)
    recorded = {name: held.sections(cases.testcases[name]) for name in held.testcases()}
    count = sum(
        len(body.indexes)
        for body in cases.bodies
        if (body.mode, body.cpl) in recorded.get(body.testcase.id, {})
    )
    skipped = tomllib.loads((TRACES / name / "provenance.toml").read_text())["recording"][-1]["skipped"]
    assert count + skipped == len(cases)
    assert f"{count} cases the same, 0 differ" in out
