# SPDX-License-Identifier: BSD-2-Clause
"""Bodies to machine code, and the cache of that."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from harness import catalog, paths
from harness.assemble import Assembled, Assembler
from harness.case import Body
from harness.errors import ExitCode, UserError
from harness.nasm import Nasm

HEAD = ";; title: T\n;; cite: SDM\n;; modes: real pm32 long64\n"
CODE = 0x4A000


class CountingNasm:
    """The assembler, with its calls counted."""

    def __init__(self) -> None:
        self.real = Nasm.find()
        self.path = self.real.path
        self.identity = self.real.identity
        self.calls = 0

    def assemble(self, *args: object, **kwargs: object) -> object:
        self.calls += 1
        return self.real.assemble(*args, **kwargs)  # type: ignore[arg-type]


@pytest.fixture
def bodies(tmp_path: Path) -> Callable[[str], list[Body]]:
    def bodies(text: str) -> list[Body]:
        path = tmp_path / "testcases/topic/name.asm"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEAD + text)
        return list(catalog.load(tmp_path / "testcases", None).bodies)

    return bodies


def assemble(bodies: list[Body]) -> list[Assembled]:
    done = Assembler(cache=None).bodies(bodies)
    return [done[body.id] for body in bodies]


def test_a_body_is_linked_at_code_in_the_modes_of_set_up_and_window(
    bodies: Callable[[str], list[Body]]
) -> None:
    text = "start: mov xax, [base]\n LAUNCH\n.in: mov ax, OWN\n STOP\n STOP\nOWN equ -2\n;;\n"
    real, pm32, long64 = assemble(bodies(";; sweep: first = 1\n;; sweep: base = 1 2\n" + text))
    for assembled in (real, pm32, long64):
        launch = assembled.symbols["__launch"]
        assert assembled.symbols["start"] == CODE
        assert assembled.symbols["__launch.in"] == launch
        assert assembled.symbols["OWN"] == (1 << 64) - 2
        assert not any(name.startswith("LB_") or name == "DATA0" for name in assembled.symbols)
        assert assembled.script == b""
        (first, second) = sorted(assembled.stops)
        assert (first + 2, second + 2) == (second, CODE + len(assembled.code))
        assert assembled.code[-4:] == b"\x0f\x0b\x0f\x0b"
    window = [a.code[a.symbols["__launch"] - CODE :][:3] for a in (real, pm32, long64)]
    assert window == [b"\xb8\xfe\xff", b"\x66\xb8\xfe", b"\x66\xb8\xfe"]
    # mov eax, [PARAMS + 8], mov rax, [PARAMS + 8]: the second dimension
    assert pm32.code[:5] == b"\xa1" + (0xA20208).to_bytes(4, "little")
    assert long64.code[:8] == b"\x48\x8b\x04\x25" + (0x80A20208).to_bytes(4, "little")


def test_variants_and_mode_are_preprocessor_names(bodies: Callable[[str], list[Body]]) -> None:
    text = ";; cpl: 0 3\n;; variant: what = 1 2\n dd HOME, MODE, CPL, what\n"
    text += "%if MODE == MODE_LONG64\n db 9\n%endif\n LAUNCH\n STOP\n"
    found = bodies(text)
    codes = {body.id.removeprefix("topic/name/"): code.code for body, code in zip(found, assemble(found))}
    assert len(codes) == 2 * (1 + 2 + 2)

    def words(body_id: str) -> list[int]:
        return [int.from_bytes(codes[body_id][at : at + 4], "little") for at in (0, 4, 8, 12)]

    assert words("real/cpl0/what=2") == [32, 1, 0, 2]
    assert words("pm32/cpl3/what=1") == [32, 2, 3, 1]
    assert words("long64/cpl3/what=2") == [64, 5, 3, 2]
    assert codes["long64/cpl0/what=1"][16] == 9 != codes["pm32/cpl0/what=1"][16]


def test_fault_scripts_are_apart_from_the_code(bodies: Callable[[str], list[Body]]) -> None:
    script = "SCRIPT\n ON 14, nth 1\n  SETREG 3, 0x1234\n  DROPERR\n RETURN 4\nENDSCRIPT\n"
    for assembled in assemble(bodies(f"{script} LAUNCH\n nop\n STOP\n")):
        assert assembled.code.endswith(b"\x90\x0f\x0b")
        assert len(assembled.script) == 16 + 3 * 16 + 1
        assert assembled.script[:4] == bytes([14, 1, 3, 0])
        assert assembled.script[16 + 8 : 16 + 16] == (0x1234).to_bytes(8, "little")
        assert assembled.script[-1] == 0xFF


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        (" LAUNCH\n mvo eax, 1\n STOP\n", "name.asm:5: ", "nasm: parser: instruction expected"),
        (" LAUNCH\n mov eax, nowhere\n STOP\n", "name.asm:5: ", "symbol `nowhere' not defined"),
        (" LAUNCH\n nopp\n STOP\n", "name.asm:5: ", "label alone on a line"),
        (" mov al, 0x1234\n LAUNCH\n STOP\n", "name.asm:4: ", "byte data exceeds bounds"),
        (" SETDESC FREE0\n LAUNCH\n STOP\n", "name.asm:4: ", "instruction expected"),
        (" LAUNCH\n STOP\n LAUNCH\n", "name.asm:6: ", "`__launch' inconsistently redefined"),
        (" STOP\n", "name.asm: ", "no LAUNCH"),
        (" LAUNCH\n nop\n", "name.asm: ", "no STOP"),
        (" LAUNCH\n STOP\n times 0x2000 nop\n", "name.asm: ", "at most 0x2000 fit"),
        (" LAUNCH\n STOP\nsection .data\n dd 3\n", "name.asm: ", "code outside of .text"),
        ("%include 'nothere.inc'\n LAUNCH\n STOP\n", "name.asm:4: ", "unable to open include file"),
    ],
)
def test_errors_name_the_line_of_the_testcase(
    bodies: Callable[[str], list[Body]], text: str, where: str, message: str
) -> None:
    with pytest.raises(UserError) as caught:
        assemble(bodies(text)[-1:])
    assert where in str(caught.value)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_each_body_is_assembled_once(bodies: Callable[[str], list[Body]], tmp_path: Path) -> None:
    nasm = CountingNasm()
    progress: list[tuple[int, int]] = []

    def run(found: list[Body]) -> dict[str, Assembled]:
        progress.clear()
        assembler = Assembler(tmp_path / "cache", nasm=nasm)  # type: ignore[arg-type]
        return assembler.bodies(found, lambda done, total: progress.append((done, total)))

    cold = run(bodies(" LAUNCH\n STOP\n"))
    assert nasm.calls == 3
    assert progress == [(1, 3), (2, 3), (3, 3)]
    assert run(bodies(" LAUNCH\n STOP\n")) == cold
    assert nasm.calls == 3
    assert progress == []
    run(bodies(" LAUNCH\n nop\n STOP\n"))
    assert nasm.calls == 6
    nasm.identity += "another version"
    run(bodies(" LAUNCH\n STOP\n"))
    assert nasm.calls == 9


def test_a_change_of_the_kit_is_noticed(bodies: Callable[[str], list[Body]], tmp_path: Path) -> None:
    kit = tmp_path / "kit"
    shutil.copytree(paths.KIT, kit)
    (body,) = [body for body in bodies(" LAUNCH\n dd NEW\n STOP\n") if body.mode == "long64"]
    for number in (1, 2):
        (kit / "words.inc").write_text((paths.KIT / "words.inc").read_text() + f"\nNEW equ {number}\n")
        assembled = Assembler(tmp_path / "cache", kit).body(body)
        assert assembled.code[-6:-2] == number.to_bytes(4, "little")


def test_a_torn_entry_is_made_anew(bodies: Callable[[str], list[Body]], tmp_path: Path) -> None:
    found = bodies(" LAUNCH\n STOP\n")
    whole = Assembler(tmp_path / "cache").bodies(found)
    entries = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert len(entries) == 3
    for number, path in enumerate(entries):
        path.write_bytes([b"", path.read_bytes()[:-1], b"\x00garbage"][number])
    assert Assembler(tmp_path / "cache").bodies(found) == whole


def test_both_kits_assemble_and_are_cached(tmp_path: Path) -> None:
    nasm = CountingNasm()
    for _ in range(2):
        assembler = Assembler(tmp_path / "cache", nasm=nasm)  # type: ignore[arg-type]
        assert [assembler.kit(home)[:8] for home in (32, 64)] == [b"RINGDIFF", b"RINGDIFF"]
    assert nasm.calls == 2


def test_an_error_in_the_kit_names_its_file(tmp_path: Path) -> None:
    shutil.copytree(paths.KIT, tmp_path / "kit")
    (tmp_path / "kit/rom.asm").write_text("nop\nfoo bar\n")
    with pytest.raises(UserError, match=r"kit/rom.asm:2: nasm: .*instruction expected"):
        Assembler(None, tmp_path / "kit").flat("rom.asm")
    with pytest.raises(UserError, match=r"kit/nothere.asm: this part of the kit is missing"):
        Assembler(None, tmp_path / "kit").flat("nothere.asm")


def test_a_missing_assembler_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="nasm not found; install the package nasm") as caught:
        Assembler()
    assert caught.value.exit_code == ExitCode.UNAVAILABLE
