# SPDX-License-Identifier: BSD-2-Clause
"""The real runners with a small guest of our own, and the runner that docs/runner-protocol.md shows."""

from __future__ import annotations

import json
import os
import subprocess
import textwrap
from collections.abc import Sequence
from pathlib import Path

import pytest

from harness import record
from harness.backend import Backend, discover, probe, read_manifest, select
from harness.campaign import Kind
from harness.errors import UserError
from harness.ledger import CaseKey
from harness.supervise import Unit, run_units

HERE = Path(__file__).resolve().parent
PROTOCOL = HERE.parent.parent / "docs" / "runner-protocol.md"
CHANNELS = {"ram": 0, "e9": 1, "uart": 2, "bochs-ram": 3}
BUILD = 0xB007
PALETTE = bytes(range(8, 2, -1))


class Guest:
    """An image of three cases in a ROM: the guest hands out a stream made here, for any boot that is asked for."""

    name = "guest"
    build_id = BUILD
    shutdown_ordinals: frozenset[int] = frozenset()
    cases: Sequence[CaseKey] = ((7, 0), (7, 1), (9, 0))

    def __init__(self, folder: Path, ending: str = "exit", ports: bool = False) -> None:
        self._folder = folder
        self._ending = ending
        self._ports = ports

    def write(
        self,
        path: Path,
        *,
        format: str,
        channel: str,
        start: int,
        count: int,
        careful: bool,
        skip: Sequence[int],
    ) -> None:
        assert format == "rom"
        end = min(start + count, len(self.cases))
        frames = [record.encode_hello(0, home=32, build_id=BUILD, cases=3, start=start)]
        frames.append(record.encode_fields(1, record.Layout([(0, 16384, "arena"), (16384, 1, "rax")])))
        for ordinal in range(start, end):
            key, index = self.cases[ordinal]
            frames.append(record.encode_case_begin(len(frames), key, index, ordinal))
            if self._ending in ("triple", "stall") and ordinal == 1:
                break
            frames.append(record.encode_record(len(frames), key, index, 1, [], [(16384, ordinal)], 4))
            frames.append(record.encode_verified(len(frames), ordinal + 1))
        else:
            frames.append(record.encode_bye(len(frames), 0, end, end - start))
        ending = "exit" if frames[-1][4] == record.FrameType.BYE else self._ending
        stream = self._folder / "stream.bin"
        stream.write_bytes(b"".join(frames))
        defines = {
            "STREAM": f'"{stream}"',
            "CHANNEL": CHANNELS[channel],
            "ENDING": ending,
            "PORTS": int(self._ports),
        }
        command = ["nasm", "-f", "bin", "-o", str(path), *(f"-D{k}={v}" for k, v in defines.items())]
        subprocess.run([*command, str(HERE / "guest.asm")], check=True)


def chosen(spec: str) -> Backend:
    backend = probe(select([spec], "intel")[0])
    if not backend.probe.available:
        pytest.fail(f"{spec}: {backend.probe.reason}; run ./setup")
    return backend


@pytest.mark.parametrize(
    "spec",
    [
        "qemu",
        "qemu,channel=e9",
        "qemu,channel=uart",
        "qemu,cpu=EPYC",
        "bochs",
        "bochs,channel=e9",
        "bochs,cpu=ryzen",
    ],
)
def test_every_channel_brings_the_whole_stream(spec: str, tmp_path: Path) -> None:
    result = run_units([Unit(chosen(spec), Guest(tmp_path))], 1)[0]
    assert [o.kind for o in result.outcomes.values()] == [Kind.RECORD] * 3
    assert result.boots == 1 and result.ledger.complete


@pytest.mark.parametrize("spec", ["qemu", "qemu,channel=e9", "bochs", "bochs,channel=e9"])
def test_a_triple_fault_is_charged_to_its_case(spec: str, tmp_path: Path) -> None:
    outcomes = list(run_units([Unit(chosen(spec), Guest(tmp_path, "triple"))], 1)[0].outcomes.values())
    assert [o.kind for o in outcomes] == [Kind.RECORD, Kind.SHUTDOWN, Kind.RECORD]
    assert "triple fault" in outcomes[1].reason


@pytest.mark.parametrize("name", ["qemu", "bochs"])
def test_ports_that_string_io_needs_are_there(name: str, tmp_path: Path) -> None:
    image, stream = tmp_path / "image", tmp_path / "stream"
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    Guest(tmp_path, ports=True).write(
        image, format="rom", channel="ram", start=0, count=3, careful=False, skip=()
    )
    arguments = ["--image", str(image), "--stream", str(stream), "--scratch", str(scratch)]
    assert subprocess.run(chosen(name).command("boot", *arguments), timeout=30).returncode == 40
    tail = stream.read_bytes()[-9:]
    assert tail[:6] == PALETTE and tail[8] == 0x5A


@pytest.mark.parametrize(
    "spec, words",
    [
        ("qemu,cpu=none-such", "none-such"),
        ("bochs,cpu=none-such", "cpu directive malformed"),
        ("qemu:/bin/false", "status 1"),
    ],
)
def test_what_an_emulator_refuses_is_said_once(spec: str, words: str, tmp_path: Path) -> None:
    result = run_units([Unit(select([spec], "intel")[0], Guest(tmp_path))], 1)[0]
    assert {o.kind for o in result.outcomes.values()} == {Kind.MISSING}
    assert words in result.problem


@pytest.mark.parametrize("name", ["qemu", "bochs"])
@pytest.mark.parametrize("content", [None, b"no image at all"])
def test_an_unreadable_image_is_one_line(name: str, content: bytes | None, tmp_path: Path) -> None:
    image = tmp_path / "image"
    if content is not None:
        image.write_bytes(content)
    arguments = ["--image", str(image), "--stream", str(tmp_path / "stream"), "--scratch", str(tmp_path)]
    done = subprocess.run(
        chosen(name).command("boot", *arguments), capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 43 and str(image) in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["qemu", "bochs"])
def test_a_missing_binary_is_unavailable_and_says_what_to_do(name: str) -> None:
    answer = probe(select([f"{name}:/no/such/emulator"], "intel")[0]).probe
    assert not answer.available and "/no/such/emulator not found; check the path" == answer.reason
    other = probe(select([f"{name}:/bin/true"], "intel")[0]).probe
    assert not other.available and "/bin/true" in other.reason


def test_an_unknown_backend_lists_the_known_ones() -> None:
    with pytest.raises(
        UserError, match="unknown backend 'qmeu'; known backends are bochs, .*kvm, .*qemu, refcore"
    ):
        select(["qmeu"], "intel")


def test_specs_give_options_and_labels_of_their_own() -> None:
    specs = ["qemu", "qemu:/x/q,cpu=max,vendor=GenuineIntel,accel=kvm", "bochs,label=b3,format=disk"]
    first, second, third = select(specs, "amd")
    assert (first.label, dict(first.options)) == ("qemu", {"cpu": "EPYC"})
    assert (second.label, second.binary) == ("qemu-2", "/x/q")
    assert dict(second.options) == {"cpu": "max,vendor=GenuineIntel", "accel": "kvm"}
    assert (third.label, third.format, third.cpu) == ("b3", "disk", "ryzen")
    for bad in ("qemu,speed=3", "qemu,channel=tape", "qemu,label=a b", "bochs,format=tape"):
        with pytest.raises(UserError):
            select([bad], "intel")
    with pytest.raises(UserError, match="no CPU model for profile 'via'"):
        select(["qemu"], "via")


@pytest.mark.parametrize(
    "text, words",
    [
        ("protocol = 2", "protocol 2"),
        ('protocol = 1\nname = "x"', "lacks 'channel'"),
        ('protocol = 1\nname = "x"\nchannel = "tape"', "unknown channel 'tape'"),
        ('protocol = 1\nname = "x"\nchannel = "ram"\nexec = "gone"', "no executable file"),
        ("protocol =", "not TOML"),
    ],
)
def test_a_bad_manifest_names_file_and_fault(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "manifest.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=words) as caught:
        read_manifest(path)
    assert str(caught.value).startswith(str(path))


def documented(name: str) -> str:
    """The indented block that follows `<!-- example: NAME -->`."""
    block = PROTOCOL.read_text(encoding="utf-8").split(f"<!-- example: {name} -->\n")[1]
    lines = []
    for line in block.split("\n"):
        if line and not line.startswith("    "):
            break
        lines.append(line)
    return textwrap.dedent("\n".join(lines)).strip() + "\n"


def test_the_documented_runner_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "runners" / "tiny"
    folder.mkdir(parents=True)
    for name in ("manifest.toml", "run"):
        (folder / name).write_text(documented(name), encoding="utf-8")
    (folder / "run").chmod(0o755)
    assert len(documented("run").splitlines()) <= 30
    monkeypatch.setenv("RINGDIFF_RUNNERS", str(folder.parent))
    assert {"tiny", "qemu", "bochs"} <= set(discover())
    for ending, middle in (("exit", Kind.RECORD), ("triple", Kind.SHUTDOWN)):
        outcomes = run_units([Unit(chosen("tiny"), Guest(tmp_path, ending))], 1)[0].outcomes
        assert [o.kind for o in outcomes.values()] == [Kind.RECORD, middle, Kind.RECORD]


def test_probe_output_is_json() -> None:
    for manifest in discover().values():
        text = subprocess.run(
            [str(manifest.executable), "probe"], capture_output=True, env=dict(os.environ)
        ).stdout
        assert json.loads(text)["available"] in (True, False)
