# SPDX-License-Identifier: BSD-2-Clause
"""Branch coverage of the core's event/, seg/ and mem/ by its own tests and the suite, on a build with gcov's counters.

Every branch that gcov numbers counts, none is excluded: C has no branches for exceptions that are thrown, and the
build is not optimised, so that the compiler neither adds nor merges any. Branches of an inline function in a header are
summed over all the files that use it, function by function; a macro's functions, which share a line, stay apart
(merging by line alone, as gcovr does, would take one function's branches for another's).

What is not taken is listed. coverage_exceptions.txt tells why some branches cannot be taken; an entry that fits nothing
is an error, as is a total below the minimum.
"""
from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

CORE = Path(__file__).resolve().parents[1]
ROOT = CORE.parent
BUILD = ROOT / "build" / "refcore" / "cover"
EXCEPTIONS = Path(__file__).with_name("coverage_exceptions.txt")
MEASURED = ("src/event/", "src/seg/", "src/mem/")
PROFILES = ("intel-max", "zen")
# How a run of the suite's images ends: the guest's BYE, or the shutdown that an image's last case expects.
ENDS = (33, 70)
TIMEOUT = 300
# Rounds of the tests that compare instructions or encodings at random: what they do in these folders shows in few.
ROUNDS = {"test_decoder": "10000", "test_integer": "100", "test_simd": "20"}


@dataclass(frozen=True, order=True)
class Branch:
    file: str
    line: int
    function: str
    number: int


@dataclass(frozen=True)
class Unreachable:
    """Branches that cannot be taken: so many on the line with this text."""

    where: int  # the line of coverage_exceptions.txt
    file: str
    function: str
    count: int
    text: str


def fail(text: str) -> NoReturn:
    sys.exit(f"coverage: {text}")


def run_tests() -> None:
    """The core's own tests, each of which must pass."""
    tests = sorted(path for path in (BUILD / "tests").glob("test_*") if path.suffix == "")
    names = {path.stem for path in (CORE / "tests").glob("test_*.c")}
    missing = names - {path.name for path in tests}
    if missing:
        fail(f"not built: {', '.join(sorted(missing))}; run make -C refcore coverage")

    def run(test: Path) -> None:
        done = subprocess.run(
            [str(test), *ROUNDS.get(test.name, "").split()], capture_output=True, text=True, timeout=TIMEOUT
        )
        if done.returncode != 0:
            fail(f"{test.name} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, [test for test in tests if test.name in names]))


def run_suite() -> None:
    """Every case of the suite on each profile. Verdicts are the suite's own affair: here a run has to reach its end."""
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder) / "all.rom"
        command = [str(ROOT / "ringdiff"), "image", "-o", str(image), "--channel", "e9"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT)
        images = sorted(Path(folder).glob("all*.rom"))
        if done.returncode != 0 or not images:
            fail(f"ringdiff image: {done.stderr[-2000:]}")

        def run(job: tuple[Path, str]) -> None:
            rom, profile = job
            out = Path(folder) / f"{rom.stem}-{profile}"
            core = [str(BUILD / "refcore"), "--rom", str(rom), "--cpu", profile, "--debugcon", str(out)]
            ended = subprocess.run(
                [*core, "--max-insns", "20000000000"], capture_output=True, text=True, timeout=TIMEOUT
            )
            if ended.returncode not in ENDS or out.stat().st_size < 1_000_000:
                fail(f"{rom.name} on {profile}: exit code {ended.returncode}\n{ended.stderr[-2000:]}")

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(run, [(rom, profile) for rom in images for profile in PROFILES]))


def read_counts() -> Counter[Branch]:
    """How often each branch of the measured folders was taken, of all programs together."""
    data = sorted(str(path) for path in (BUILD / "src").rglob("*.gcda"))
    command = ["gcov", "--branch-probabilities", "--json-format", "--stdout", *data]
    done = subprocess.run(command, capture_output=True, text=True, cwd=CORE, timeout=TIMEOUT)
    if done.returncode != 0:
        fail(f"gcov: {done.stderr[-2000:]}")
    taken: Counter[Branch] = Counter()
    for text in done.stdout.splitlines():
        if not text:
            continue
        for file in json.loads(text)["files"]:
            if not file["file"].startswith(MEASURED):
                continue
            for line in file["lines"]:
                function = line.get("function_name", "")  # none: what is always inlined
                for number, branch in enumerate(line["branches"]):
                    key = Branch(file["file"], line["line_number"], function, number)
                    taken[key] += branch["count"]
    if not taken:
        fail("gcov found no branches")
    return taken


def source_line(file: str, line: int) -> str:
    return (CORE / file).read_text(encoding="utf-8").splitlines()[line - 1].strip()


def read_exceptions() -> list[Unreachable]:
    """Entries `FILE FUNCTION COUNT: source line`, each followed by its reason on indented lines. # starts a comment."""
    found: list[Unreachable] = []
    reasons: defaultdict[int, list[str]] = defaultdict(list)
    for where, text in enumerate(EXCEPTIONS.read_text(encoding="utf-8").splitlines(), 1):
        if not text.strip() or text.startswith("#"):
            continue
        if text.startswith(" "):
            if not found:
                fail(f"{EXCEPTIONS.name}:{where}: a reason without an entry")
            reasons[found[-1].where].append(text.strip())
            continue
        entry = re.fullmatch(r"(\S+) (\w+) (\d+): (.+)", text)
        if not entry:
            fail(f"{EXCEPTIONS.name}:{where}: expected FILE FUNCTION COUNT: source line")
        file, function, count, line = entry.groups()
        found.append(Unreachable(where, file, function, int(count), line))
    for entry_ in found:
        if not reasons[entry_.where]:
            fail(f"{EXCEPTIONS.name}:{entry_.where}: no reason given")
    return found


def print_table(taken: Counter[Branch]) -> float:
    """Prints branches, taken and per cent a file and in total; the total's per cent."""
    every: Counter[str] = Counter(branch.file for branch in taken)
    hit: Counter[str] = Counter(branch.file for branch, count in taken.items() if count)
    print(f"{'file':34} {'branches':>8} {'taken':>6} {'%':>7}")
    for file in sorted(every):
        print(f"{file:34} {every[file]:8} {hit[file]:6} {100 * hit[file] / every[file]:7.2f}")
    percent = 100 * hit.total() / every.total()
    print(f"{'total':34} {every.total():8} {hit.total():6} {percent:7.2f}")
    return percent


def list_untaken(taken: Counter[Branch], exceptions: list[Unreachable]) -> list[str]:
    """Lists what was not taken, with the entry that explains it; the errors in the list of exceptions."""
    untaken: Counter[tuple[str, int, str]] = Counter()
    for branch, count in taken.items():
        if not count:
            untaken[branch.file, branch.line, branch.function] += 1
    explained: dict[tuple[str, int, str], Unreachable] = {}
    errors: list[str] = []
    for entry in exceptions:
        fits = [
            place
            for place, count in untaken.items()
            if place not in explained
            and (place[0], place[2], count) == (entry.file, entry.function, entry.count)
            and source_line(place[0], place[1]) == entry.text
        ]
        if fits:
            explained[fits[0]] = entry
        else:
            errors.append(
                f"{EXCEPTIONS.name}:{entry.where}: no line of {entry.function}() has this text and"
                f" {entry.count} branches that are not taken; remove the entry or correct it"
            )
    if untaken:
        print(f"\nnot taken ({untaken.total()}):")
    for place in sorted(untaken):
        file, line, function = place
        reason = explained.get(place)
        why = f"{EXCEPTIONS.name}:{reason.where}" if reason else "no reason given"
        numbers = [b.number for b in taken if (b.file, b.line, b.function) == place]
        missed = sorted(n for n in numbers if not taken[Branch(file, line, function, n)])
        which = ", ".join(map(str, missed))
        print(f"  {file}:{line}: {function}(), branch {which} of {len(numbers)} ({why})")
        print(f"      {source_line(file, line)}")
    return errors


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minimum", type=float, default=95.0, help="per cent of all branches (default 95)")
    parser.add_argument("--no-suite", action="store_true", help="the core's own tests only; no verdict")
    options = parser.parse_args()
    for old in BUILD.rglob("*.gcda"):
        old.unlink()
    run_tests()
    if not options.no_suite:
        run_suite()
    taken = read_counts()
    percent = print_table(taken)
    errors = list_untaken(taken, read_exceptions())
    if options.no_suite:
        return
    if percent < options.minimum:
        errors.append(f"{percent:.2f} % of the branches are taken, fewer than {options.minimum:g} %")
    if errors:
        fail("\n".join(errors))


if __name__ == "__main__":
    main()
