# SPDX-License-Identifier: BSD-2-Clause
"""Single-step tests in JSON: what is exported comes back and passes; what is wrong is named."""

from __future__ import annotations

import copy
import gzip
import json
import os
import random
import struct
import subprocess
import zlib
from pathlib import Path
from typing import Any

import pytest

from harness import vectors
from harness.errors import UserError
from harness.stepimport import Importer, Options
from harness.tests.test_model import ASAN_HOST, BYE, CRASH, HOST, REFCORE, UNAVAILABLE, chunks, joined

ROOT = Path(__file__).resolve().parents[2]
DIVERGENCE, INPUT = 10, 3
# Faults with error codes, page faults, software and external interrupts, ports, x87 state and a triple fault.
SAMPLE = ["iret/cs-checks/*", "string/rep-limit-progress/*", "io/*/pm32/cpl3/*", "gate/*/long64/cpl3/*"]


def ringdiff(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ROOT / "ringdiff", *arguments], capture_output=True, text=True, timeout=600)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    done = ringdiff("vectors", *SAMPLE, "--json", folder)
    assert done.returncode == 0, done.stderr
    return folder


class TestOurOwnLayout:
    @pytest.mark.parametrize("settings", ["", ",with=deliver=0", ",with=deliver=0,hidden=0,marks=0"])
    def test_what_is_exported_passes(self, settings: str, exported: Path, tmp_path: Path) -> None:
        tests = sum(len(json.loads(path.read_text())) for path in exported.glob("[!b]*.json"))
        results = tmp_path / "results"
        done = ringdiff(
            "vectors", "--import", exported, "-b", f"model:refcore{settings}", "--results", results
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr
        assert done.stdout == f"model-refcore: {tests} PASS\n" and tests > 500
        assert {json.loads(line)["verdict"] for line in results.read_text().splitlines()} == {"PASS"}

    @pytest.mark.parametrize(
        "half, name, value, field",
        [
            ("final", "rax", 0x1234, "rax is "),
            ("final", "cr2", 0x77, "cr2 is 0x0, expected 0x77"),
            ("final", "st3", "0x3fff8000000000000000", "st3 is 0x"),
            ("final", "ds.limit", 0x77, "ds.limit is 0x"),
        ],
    )
    def test_a_wrong_final_value_is_named(
        self, half: str, name: str, value: object, field: str, exported: Path, tmp_path: Path
    ) -> None:
        source = next(exported.glob("iret.cs-checks.pm32.cpl0*.json"))
        tests = json.loads(source.read_text())[:3]
        tests[1][half]["regs"][name] = value
        (tmp_path / "t.json").write_text(json.dumps(tests))
        (tmp_path / "base.pm32.json").write_bytes((exported / "base.pm32.json").read_bytes())
        done = ringdiff("vectors", "--import", tmp_path / "t.json", "-b", "model:refcore")
        assert done.returncode == DIVERGENCE
        first, last = done.stdout.splitlines()
        assert first.startswith(f"FAIL  {tests[1]['name']}") and field in first
        assert last == "model-refcore: 1 FAIL 2 PASS"

    def test_memory_is_judged_both_ways(self, exported: Path, tmp_path: Path) -> None:
        source = next(exported.glob("iret.cs-checks.pm32.cpl0*.json"))
        wrong, missing, masked = json.loads(source.read_text())[:3]
        address, value = wrong["final"]["ram"][0]
        wrong["final"]["ram"][0][1] = value ^ 1
        lost = missing["final"]["ram"].pop(0)
        masked["final"]["ram"][0][1] ^= 1
        masked["masks"] = {"ram": [[masked["final"]["ram"][0][0], 0xFE]]}
        (tmp_path / "t.json").write_text(json.dumps([wrong, missing, masked]))
        (tmp_path / "base.pm32.json").write_bytes((exported / "base.pm32.json").read_bytes())
        done = ringdiff("vectors", "--import", tmp_path / "t.json", "-b", "model:refcore")
        lines = done.stdout.splitlines()
        assert f"ram[{address:#x}] is {value:#x}, expected {value ^ 1:#x}" in lines[0]
        assert f"ram[{lost[0]:#x}] is {lost[1]:#x}" in lines[1]
        assert lines[2:] == ["model-refcore: 2 FAIL 1 PASS"]

    def test_a_file_made_of_them_runs_as_well(self, exported: Path, tmp_path: Path) -> None:
        tests = list(exported.glob("iret.cs-checks.long64.*.json"))
        done = ringdiff("vectors", "--import", *tests, "-o", tmp_path / "v")
        assert done.returncode == 0 and done.stdout == f"{tmp_path / 'v'}\n"
        taken = vectors.read(tmp_path / "v")
        assert taken.home == 64 and len(taken.steps) == len(taken.entries) > 100
        assert vectors.packed(taken) == (tmp_path / "v").read_bytes()
        done = ringdiff("vectors", "--import", tmp_path / "v", "-b", "model:refcore")
        assert done.stdout == f"model-refcore: {len(taken.entries)} PASS\n"

    def test_a_model_that_dies_is_charged_once(self, exported: Path, tmp_path: Path) -> None:
        toy = tmp_path / "toy.so"
        source, include = ROOT / "harness/tests/models/toy.c", ROOT / "runners/model"
        flags = ["-std=gnu11", "-shared", "-fPIC", f"-I{include}"]
        subprocess.run(["cc", *flags, "-o", toy, source, "-ldl"], check=True)
        test = next(exported.glob("iret.cs-checks.pm32.cpl0*.json"))
        inner = ROOT / "build/bin/model-refcore.so"
        spec = f"model:{toy},with=inner={inner},do=segv"
        done = ringdiff("vectors", "--import", test, "-b", spec)
        assert done.returncode == DIVERGENCE, done.stderr
        assert "killed by signal 11" in done.stdout and "CRASH" in done.stdout.splitlines()[-1]


def add(**more: Any) -> dict[str, Any]:
    """ADD AL, BL as the 8088 suite would have it: FLAGS 15:12 are ones, no HLT."""
    test: dict[str, Any] = {
        "name": "add al, bl",
        "bytes": [0, 0xD8],
        "initial": {
            "regs": {
                **{"ax": 0x12FF, "bx": 1, "cx": 0, "dx": 0, "cs": 0x1000, "ss": 0x2000, "ds": 0, "es": 0},
                **{"sp": 0x100, "bp": 0, "si": 0, "di": 0, "ip": 0x20, "flags": 0xF002},
            },
            "ram": [[0x10020, 0], [0x10021, 0xD8], [0x10022, 0x90]],
            "queue": [],
        },
        "final": {"regs": {"ax": 0x1200, "ip": 0x22, "flags": 0xF057}, "ram": [], "queue": [0x90]},
        "cycles": [],
    }
    return test | more


def divide() -> dict[str, Any]:
    """DIV BL by 0 as the 80386 suite would have it: through the vector table to a HLT, EFLAGS 31:18 are ones."""
    return {
        "idx": 0,
        "name": "div bl",
        "bytes": [0xF6, 0xF3, 0xF4],
        "initial": {
            "regs": {
                **{"cr0": 0x7FFEFFF0, "cr3": 0, "eax": 7, "ebx": 0, "ecx": 0, "edx": 0, "esi": 0, "edi": 0},
                **{"ebp": 0, "esp": 0x100, "cs": 0x1000, "ds": 0, "es": 0, "fs": 0, "gs": 0, "ss": 0x2000},
                **{"eip": 0x20, "eflags": 0xFFFC0002, "dr6": 0xFFFF0FF0, "dr7": 0},
            },
            "ram": [
                [0, 0x34],
                [1, 0x12],
                [2, 0],
                [3, 0x30],
                [0x10020, 0xF6],
                [0x10021, 0xF3],
                [0x10022, 0xF4],
            ],
            "queue": [],
        },
        "final": {
            "regs": {"esp": 0xFA, "cs": 0x3000, "eip": 0x1235, "eflags": 0xFFFC0002},
            "ram": [
                [0x200FA, 0x20],
                [0x200FB, 0],
                [0x200FC, 0],
                [0x200FD, 0x10],
                [0x200FE, 2],
                [0x200FF, 0],
            ],
            "queue": [],
        },
        "exception": {"number": 0, "flag_address": 0x200FE},
    }


class TestThePublicLayout:
    @pytest.mark.parametrize("model", ["refcore", "refcore,with=deliver=0", "kvm", "unicorn", "x86emu"])
    def test_files_of_the_8088_and_the_80386_run(self, model: str, tmp_path: Path) -> None:
        if not (ROOT / "build/bin" / f"model-{model.partition(',')[0]}.so").exists():
            pytest.skip(f"model {model} is not built here")
        if model == "kvm" and not os.access("/dev/kvm", os.R_OK | os.W_OK):
            pytest.skip("no access to /dev/kvm")
        (tmp_path / "8088.json.gz").write_bytes(gzip.compress(json.dumps([add()]).encode()))
        (tmp_path / "80386.json").write_text(json.dumps([divide()]))
        done = ringdiff("vectors", "--import", tmp_path, "-b", f"model:{model}")
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        assert done.stdout.endswith(": 2 PASS\n")

    def test_flags_mask(self, tmp_path: Path) -> None:
        test = add()
        test["final"]["regs"]["flags"] ^= 0x10
        (tmp_path / "t.json").write_text(json.dumps([test]))
        command = ["vectors", "--import", str(tmp_path / "t.json"), "-b", "model:refcore"]
        strict, lax = ringdiff(*command), ringdiff(*command, "--flags-mask", "0xffef")
        assert strict.returncode == DIVERGENCE and "rflags is 0x55, expected 0x45" in strict.stdout
        assert lax.returncode == 0

    def test_a_wrong_register_and_a_jump_astray(self, tmp_path: Path) -> None:
        wrong, astray = divide(), divide()
        wrong["final"]["regs"]["edx"] = 1
        astray["final"]["regs"]["eip"] = 0x2000
        (tmp_path / "t.json").write_text(json.dumps([wrong, astray]))
        done = ringdiff("vectors", "--import", tmp_path / "t.json", "-b", "model:refcore")
        first, second, _ = done.stdout.splitlines()
        assert "rdx is 0x0, expected 0x1" in first
        assert second.split()[0] in ("FAIL", "HANG")

    def test_one_that_ends_in_itself_is_left_out_and_told(self, tmp_path: Path) -> None:
        loop = add(bytes=[0xEB, 0xFE])
        loop["final"]["regs"] = {}
        (tmp_path / "t.json").write_text(json.dumps([loop, add()]))
        done = ringdiff("vectors", "--import", tmp_path / "t.json", "-b", "model:refcore")
        assert done.stdout == "model-refcore: 1 PASS\n"
        assert (
            "test 0: it ends where its own instruction" in done.stderr and "1 tests left out" in done.stderr
        )


def broken(way: tuple[str | int, ...], value: object, test: dict[str, Any]) -> dict[str, Any]:
    test = copy.deepcopy(test)
    at: Any = test
    for key in way[:-1]:
        at = at[key]
    if value is None:
        del at[way[-1]]
    else:
        at[way[-1]] = value
    return test


class TestMalformedInput:
    @pytest.mark.parametrize(
        "way, value, says",
        [
            (("bytes",), None, "test 1: 'bytes' is missing"),
            (("bytes", 0), 256, "test 1: bytes[0]: a number from 0 to 0xff is wanted"),
            (("initial",), 5, "test 1: initial: an object is wanted"),
            (("initial", "regs"), None, "test 1: initial: 'regs' is missing"),
            (("initial", "regs", "ax"), -1, "test 1: initial: regs: ax: a number from 0 to 0xffff"),
            (("initial", "regs", "ax"), True, "test 1: initial: regs: ax: a number"),
            (("initial", "regs", "xx"), 1, "test 1: initial: regs: unknown register 'xx'"),
            (("initial", "regs", "cr0"), 1, "only real mode"),
            (("initial", "ram", 0), [1], "test 1: initial: ram[0]: a list of 2 is wanted"),
            (("initial", "ram", 0), [1 << 40, 1], "test 1: initial: ram[0][0]: a number from 0"),
            (("final", "ram"), "x", "test 1: final: ram: a list is wanted"),
            (("final",), None, "test 1: 'final' is missing"),
        ],
    )
    def test_the_message_names_file_test_and_field(
        self, way: tuple[str | int, ...], value: object, says: str, tmp_path: Path
    ) -> None:
        path = tmp_path / "t.json"
        path.write_text(json.dumps([add(), broken(way, value, add())]))
        with pytest.raises(UserError) as error:
            Importer("intel-max", Options(halts=False)).add(path)
        assert str(error.value).startswith(f"{path}: ") and says in str(error.value)

    # ids of their own: gzip writes the time, and workers that collect different names do not begin
    @pytest.mark.parametrize(
        "data",
        [b"", b"{", b"[]", b"{}", b"[1]", b"\x1f\x8b", gzip.compress(b"[]" * 99)[:20], b"\xff", b"[" * 99999],
        ids=["empty", "open", "no tests", "object", "number", "magic", "cut off", "no text", "deep"],
    )
    def test_what_is_no_list_of_tests(self, data: bytes, tmp_path: Path) -> None:
        path = tmp_path / "t.json"
        path.write_bytes(data)
        done = ringdiff("vectors", "--import", path, "-b", "model:refcore")
        assert done.returncode == INPUT and len(done.stderr.splitlines()) == 1 and str(path) in done.stderr

    def test_our_own_layout_without_its_base(self, exported: Path, tmp_path: Path) -> None:
        test = next(exported.glob("iret.cs-checks.pm32.cpl0*.json"))
        (tmp_path / "t.json").write_bytes(test.read_bytes())
        done = ringdiff("vectors", "--import", tmp_path / "t.json", "-b", "model:refcore")
        assert done.returncode == INPUT and "base.pm32.json" in done.stderr

    def test_only_models_run_them(self) -> None:
        done = ringdiff("vectors", "--import", "x.json", "-b", "refcore")
        assert done.returncode == INPUT and "single steps run on models only" in done.stderr

    def test_a_damaged_vector_file_is_refused_or_harmless(self, exported: Path, tmp_path: Path) -> None:
        """Bytes changed with all CRCs put right, for the host's reader of single steps."""
        path, stream = tmp_path / "v", tmp_path / "stream"
        ringdiff("vectors", "--import", next(exported.glob("iret.cs-checks.long64.*.json")), "-o", path)
        data, rng = path.read_bytes(), random.Random(1)
        host = ASAN_HOST if ASAN_HOST.exists() else HOST
        ended = set()
        for n in range(40):
            parts = chunks(data)
            at = rng.randrange(len(parts))
            kind, flags, payload = parts[at]
            raw = bytearray(zlib.decompress(payload[8:]) if flags & 1 else payload)
            for _ in range(rng.choice((1, 4, 40)) if n and raw else 0):
                raw[rng.randrange(len(raw))] = rng.choice((0, 1, 0xFF, rng.randrange(256)))
            packed = struct.pack("<Q", len(raw)) + zlib.compress(bytes(raw)) if flags & 1 else bytes(raw)
            parts[at] = kind, flags, packed
            path.write_bytes(joined(parts, data[:16]))
            command: list[str | Path] = [host, "--vectors", path, "--model", REFCORE, "--stream", stream]
            done = subprocess.run(
                [*command, "--count", "20", "--instructions", "100000"], capture_output=True, timeout=120
            )
            assert done.returncode in (BYE, CRASH, UNAVAILABLE), done.stderr[-2000:]
            assert b"Sanitizer" not in done.stderr and b"runtime error" not in done.stderr, done.stderr
            ended.add(done.returncode)
        assert ended >= {BYE, CRASH}
