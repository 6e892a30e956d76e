# SPDX-License-Identifier: BSD-2-Clause
"""The model `kvm`: its windows are those of the booting KVM runner, and it says why where it cannot run."""

from __future__ import annotations

import functools
import json
import os
import pwd
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from harness.tests.test_model import BYE, HOST, Host, images, take_vectors

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "build" / "bin" / "model-kvm.so"
HAVE_KVM = os.access("/dev/kvm", os.R_OK | os.W_OK)
needs_kvm = pytest.mark.skipif(not HAVE_KVM, reason="no access to /dev/kvm")
DIVERGENCE = 10


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    """Model and booting runner, from the sources as they are."""
    for folder in ("runners/model", "runners/kvm"):
        subprocess.run(["make", "-s", "-C", str(ROOT / folder)], check=True)


@functools.cache
def profile() -> str:
    cpuinfo = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    return "amd" if "AuthenticAMD" in cpuinfo else "intel"


def verdicts(folder: Path, *arguments: str) -> dict[tuple[str, str], dict[str, Any]]:
    """What a run says, by backend and case."""
    command = [sys.executable, str(ROOT / "ringdiff"), "run", *arguments, "--cpu", profile()]
    done = subprocess.run([*command, "--out", str(folder)], capture_output=True, text=True, timeout=600)
    assert done.returncode in (0, DIVERGENCE), done.stderr
    lines = (folder / "results.jsonl").read_text(encoding="utf-8").splitlines()
    return {(line["backend"], line["case"]): line for line in map(json.loads, lines)}


def seen(result: dict[str, Any]) -> tuple[str, list[tuple[str, str]]]:
    """What a case has come to, without what depends on the company it ran in."""
    return result["verdict"], [(field["name"], field["actual"]) for field in result["fields"]]


@needs_kvm
class TestTheSameAsBooting:
    def test_case_by_case(self, tmp_path: Path) -> None:
        """Modes and CPLs, page faults with restarts, refused instructions, frames that KVM pushes astray."""
        filters = [
            "segment/lar/*/cpl3/*",
            "string/rep-limit-progress/real/*",
            "string/rep-count-zero/*",
            "restart/rmw-restarted/*",
        ]
        results = verdicts(tmp_path / "run", *filters, "-b", "kvm", "-b", "model:kvm")
        injected = {case: one for (name, case), one in results.items() if name == "model-kvm"}
        booted = {case: one for (name, case), one in results.items() if name == "kvm"}
        assert injected.keys() == booted.keys()
        compared = Counter[str]()
        for case, one in injected.items():
            other = booted[case]
            if "SKIP" in (one["verdict"], other["verdict"]):
                continue
            assert seen(one) == seen(other), case
            compared[case.split("/")[2]] += 1
        assert {"real", "long64", "pm32", "pm16", "compat32"} <= compared.keys()
        assert sum(compared.values()) > 500

    def test_one_voice(self, tmp_path: Path) -> None:
        """Both are the same implementation, in the same version: known issues are shared."""
        verdicts(tmp_path / "run", "segment/lar/long64/cpl0/*", "-b", "kvm", "-b", "model:kvm")
        one, other = json.loads((tmp_path / "run" / "run.json").read_text())["backends"]
        assert (one["family"], one["version"]) == (other["family"], other["version"])


@pytest.fixture(scope="module")
def skipped(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], dict[str, Any]]:
    folder = tmp_path_factory.mktemp("skipped")
    return verdicts(
        folder / "run",
        "string/rep-count-zero-limit/vm86/*",
        "string/rep-count-zero/pm32-*",
        "-b",
        "model:kvm",
    )


@needs_kvm
def test_a_state_that_kvm_drops_is_no_case_that_fails(
    skipped: dict[tuple[str, str], dict[str, Any]],
) -> None:
    """kvm_pvm has neither legacy paging nor virtual-8086 mode: SKIP; elsewhere they must run."""
    lacking = "kvm_pvm" in os.listdir("/sys/module")
    modes = {"vm86", "pm32-p32", "pm32-pae"}
    there = [one for (_, case), one in skipped.items() if case.split("/")[2] in modes]
    assert len(there) > 100
    reasons = {one["reason"] for one in there if one["verdict"] == "SKIP"}
    assert all(one["verdict"] == "SKIP" for one in there) == lacking
    assert not lacking or reasons == {"the model does not run this mode"}


@needs_kvm
def test_ports_answer_and_interrupts_wait(tmp_path: Path) -> None:
    """IN and OUT of all widths, and an interrupt that is pending at LAUNCH."""
    filters = ["io/immediate-ports/real/*", "interrupt/external-masked/long64/*"]
    results = verdicts(tmp_path / "run", *filters, "-b", "model:kvm")
    counts = Counter((case.split("/")[0], one["verdict"]) for (_, case), one in results.items())
    assert counts["io", "PASS"] > 10 and counts["interrupt", "PASS"] > 0
    assert not counts["io", "FAIL"] and not counts["interrupt", "FAIL"]


@needs_kvm
def test_shards_of_one_process_each_tell_the_same(tmp_path: Path) -> None:
    """What a window leaves in KVM (MSRs, flags, page tables) does not reach the next one."""
    (vectors,) = [
        take_vectors(image, tmp_path) for image in images(("syscall/syscall-state/long64/*",), True)
    ]
    cases = 60
    together = Host(vectors, MODEL, tmp_path, "", "--count", str(cases))
    assert together.code == BYE, together.text
    alone = {}
    for start in range(0, cases, 7):  # each in a process of its own
        one = Host(vectors, MODEL, tmp_path, "", "--start", str(start), "--count", "1")
        alone.update(one.ledger.finals)
    assert len(alone) > 3
    for case, record in alone.items():
        assert together.ledger.finals[case].final_data == record.final_data


@needs_kvm
@pytest.mark.parametrize("variant", ["release", "asan"])
def test_unit_tests(variant: str) -> None:
    make = ["make", "-s", "-C", str(ROOT / "runners" / "model" / "models"), f"VARIANT={variant}"]
    if variant == "asan" and not shutil.which("clang"):
        pytest.skip("no clang")
    folder = ROOT / "build" / "model" / variant
    library = MODEL if variant == "release" else folder / "models" / "model-kvm.so"
    subprocess.run([*make, "all", "drive"], check=True)
    done = subprocess.run([folder / "drive", library], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("\nok ") > 25


def test_without_kvm_it_says_so_in_one_line(tmp_path: Path) -> None:
    """As somebody without access to /dev/kvm; or where there is none."""
    nobody = pwd.getpwnam("nobody").pw_uid
    for name in (HOST, MODEL):  # where nobody can read them
        shutil.copy(name, tmp_path)
    for folder in (tmp_path, *tmp_path.parents[:3]):
        if os.stat(folder).st_uid == os.getuid() and folder != Path("/tmp"):
            folder.chmod(0o755)
    root = os.getuid() == 0
    if HAVE_KVM and not root:
        pytest.skip("only root can give up its access to /dev/kvm")
    command: list[str | Path] = [tmp_path / HOST.name, "--probe", tmp_path / MODEL.name]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=20, cwd="/", user=nobody if root else None
    )
    said = json.loads(done.stdout)
    assert said["modes"] == 0 and "/dev/kvm" in said["error"] and "\n" not in said["error"]
