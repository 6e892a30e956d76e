# SPDX-License-Identifier: BSD-2-Clause
"""Images against docs/image-format.md, read back by a parser of their own."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from harness import catalog, features, image
from harness.assemble import Assembler
from harness.catalog import Catalog
from harness.errors import UserError
from harness.image import Image
from harness.wrapping import PAYLOAD_MAX

HEAD = ";; title: T\n;; cite: SDM\n"
BODY = " LAUNCH\n STOP\n"
SCRIPT = "SCRIPT\n ON 14\n  DROPERR\n RETURN 4\nENDSCRIPT\n"
FILES = {
    "a/shut": ";; modes: real\n;; ends: shutdown\n",
    "a/sweep": ";; modes: long64 pm32\n;; cpl: 3\n;; requires: sep !vmx\n;; requires long64: intel\n"
    ";; sweep: x = 5 -1 7\n;; sweep: y = 0..9\n;; where: y != 4 and (mode == long64 or x == 5)\n"
    ";; touches: DATA1 16\n;; touches: STACK+0x100 0x80\n;; error_code: no\n",
    "b/plain": ";; modes: real long64\n",
    "b/script": ";; modes: pm32\n",
}
MASK = (1 << 64) - 1


@pytest.fixture(scope="module")
def assembler() -> Assembler:
    return Assembler()


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    folder = tmp_path_factory.mktemp("testcases")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        code = (SCRIPT if name == "b/script" else "") + BODY
        (folder / name).with_suffix(".asm").write_text(HEAD + text + code)
    return catalog.load(folder, None)


@pytest.fixture(scope="module")
def images(cases: Catalog, assembler: Assembler) -> list[Image]:
    return image.build(cases.select(), assembler)


class Descriptor:
    """A body descriptor as the kit reads it."""

    def __init__(self, payload: bytes, number: int) -> None:
        self.payload = payload
        at = 0x10000 + 16 + 128 * number
        words = struct.unpack_from("<12I", payload, at)
        self.key, self.raw, self.first, self.cases, bitmap, code, code_length, script = words[:8]
        self.mode, self.cpl, self.flags = struct.unpack_from("<HBB", payload, at + 48)
        ndimensions, dimensions = struct.unpack_from("<2I", payload, at + 52)
        assert payload[at + 60 : at + 128] == bytes(68)
        self.bitmap = self.bytes(bitmap, (self.raw + 31) // 32 * 4)
        self.code = self.bytes(code, code_length)
        self.script = script
        self.requirements = [struct.unpack("<6I", self.bytes(words[8] + 24 * i, 24)) for i in range(words[9])]
        self.extents = [struct.unpack("<2I", self.bytes(words[10] + 8 * i, 8)) for i in range(words[11])]
        self.values: list[tuple[int, ...]] = []
        for i in range(ndimensions):
            count, values = struct.unpack("<2I", self.bytes(dimensions + 8 * i, 8))
            self.values.append(struct.unpack(f"<{count}Q", self.bytes(values, 8 * count)))
        for pointer in (bitmap, code, script, words[8], words[10], dimensions):
            assert pointer % 16 == 0

    def bytes(self, address: int, length: int) -> bytes:
        at = address - 0x400000
        assert 0x10000 < at and at + length <= len(self.payload)
        return self.payload[at : at + length]

    @property
    def selected(self) -> list[int]:
        return [i for i in range(self.raw) if self.bitmap[i // 8] >> i % 8 & 1]


def descriptors(one: Image) -> list[Descriptor]:
    magic, bodies, ordinals, zero = struct.unpack_from("<4I", one.payload, 0x10000)
    assert (magic, zero) == (0x59444F42, 0)
    assert ordinals == len(one)
    return [Descriptor(one.payload, number) for number in range(bodies)]


def test_the_header(images: list[Image], assembler: Assembler) -> None:
    assert [one.home for one in images] == [32, 64]
    for one in images:
        kit = assembler.kit(one.home)
        head = struct.unpack_from("<8sHHIIIIIIIIIIII", one.payload)
        assert head[:5] == (
            b"RINGDIFF",
            1,
            one.home,
            len(one.payload),
            struct.unpack_from("<I", kit, 0x10)[0],
        )
        assert head[9:11] == (0x1070000, 0xE90000)
        assert head[11] == one.build_id == zlib.crc32(one.payload[0x200:])
        assert head[12] == 0x410000
        assert one.payload[0x200 : len(kit)] == kit[0x200:]
        assert len(one.payload) % 16 == 0


def test_bodies_go_by_mode_and_shutdowns_come_last(images: list[Image]) -> None:
    assert [body.id for body in images[0].bodies] == [
        "b/plain/real/cpl0",
        "a/sweep/pm32/cpl3",
        "b/script/pm32/cpl0",
        "a/shut/real/cpl0",
    ]
    assert [body.id for body in images[1].bodies] == ["a/sweep/long64/cpl3", "b/plain/long64/cpl0"]


def test_descriptors_say_what_the_catalog_says(images: list[Image]) -> None:
    for one in images:
        first = 0
        for part, found in zip(one.parts, descriptors(one), strict=True):
            body = part.body
            assert (found.key, found.raw, found.cpl) == (zlib.crc32(body.id.encode()), body.raw, body.cpl)
            assert found.mode == {"real": 1, "pm32": 2, "long64": 5}[body.mode]
            assert (found.first, found.cases) == (first, len(part.indexes))
            assert found.selected == list(part.indexes)
            assert found.code == one.assembled[body.id].code
            assert found.extents == list(one.assembled[body.id].extents)
            assert bool(found.script) == (body.testcase.name == "script")
            assert found.flags == {"shut": 1, "sweep": 2}.get(body.testcase.name, 0)
            first += len(part.indexes)


def test_sweep_requirements_and_extents(images: list[Image]) -> None:
    table = features.load()
    sep, vmx, intel = (
        [f.leaf, f.subleaf, f.register, f.mask, f.value]
        for f in map(table.__getitem__, ["sep", "vmx", "intel"])
    )
    pm32, long64 = descriptors(images[0])[1], descriptors(images[1])[0]
    assert pm32.selected == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    assert long64.selected == [i for i in range(30) if i % 10 != 4]
    for found in (pm32, long64):
        assert found.values == [(5, MASK, 7), tuple(range(10))]
        for touched in ((0xD000, 64), (0x9100, 128)):
            assert any(start <= touched[0] and sum(touched) <= start + size for start, size in found.extents)
    assert pm32.requirements == [(*sep, 0), (*vmx, 1)]
    assert long64.requirements == [(*sep, 0), (*vmx, 1), (*intel, 0)]


def test_scripts_end_with_their_last_row(images: list[Image]) -> None:
    found = descriptors(images[0])[2]
    script = images[0].assembled["b/script/pm32/cpl0"].script
    assert found.bytes(found.script, len(script)) == script
    assert script[-1] == 0xFF


def test_ordinals_and_cases_correspond(images: list[Image]) -> None:
    for one in images:
        for ordinal in range(len(one)):
            case = one.case(ordinal)
            assert one.ordinal(case.body.key, case.index) == ordinal
        for outside in (-1, len(one)):
            with pytest.raises(IndexError):
                one.case(outside)
    long64 = images[1]
    key = long64.bodies[0].key
    assert long64.ordinal(key, 4) is None  # filtered
    assert long64.ordinal(key, 30) is None
    assert long64.ordinal(key, -1) is None
    assert long64.ordinal(key ^ 1, 0) is None


def test_a_case_is_the_same_in_every_image(cases: Catalog, images: list[Image], assembler: Assembler) -> None:
    (alone,) = image.build(cases.select(["*/long64/*/x=7,y=9"]), assembler)
    found, whole = descriptors(alone)[0], descriptors(images[1])[0]
    assert found.selected == [29]
    assert alone.case(0).id == "a/sweep/long64/cpl3/x=7,y=9"
    assert (found.key, found.raw, found.code, found.values) == (
        whole.key,
        whole.raw,
        whole.code,
        whole.values,
    )


def test_two_builds_are_identical(cases: Catalog, images: list[Image], assembler: Assembler) -> None:
    again = image.build(cases.select(), assembler)
    assert [one.payload for one in again] == [one.payload for one in images]


def test_patching_changes_only_what_the_harness_may_change(images: list[Image]) -> None:
    one = images[1]
    patched = one.patched(
        channel="bochs-ram", start=3, count=7, skip=[9, 5, 9], careful=True, out_size=0x1000
    )
    changed = {at & ~3 for at in range(len(one.payload)) if patched[at] != one.payload[at]}
    assert changed == {0x14, 0x18, 0x1C, 0x20, 0x28, 0x34, 0x40, 0x44}
    assert struct.unpack_from("<4I", patched, 0x14) == (3, 3, 7, 1)
    assert struct.unpack_from("<I", patched, 0x28)[0] == 0x1000
    assert struct.unpack_from("<I", patched, 0x34)[0] == 2
    assert struct.unpack_from("<64I", patched, 0x40) == (5, 9) + (0,) * 62
    assert struct.unpack_from("<4I", one.patched(channel="e9"), 0x14) == (1, 0, 0xFFFFFFFF, 0)
    full = one.patched(channel="ram", skip=range(64))
    assert struct.unpack_from("<64I", full, 0x40) == tuple(range(64))
    with pytest.raises(ValueError, match="at most 64"):
        one.patched(channel="ram", skip=range(65))


def test_a_large_selection_becomes_several_images(
    tmp_path: Path, assembler: Assembler, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "t").mkdir()
    (tmp_path / "t/big.asm").write_text(
        f"{HEAD};; modes: long64\n;; variant: n = 0 1 2 3 4\n LAUNCH\n STOP\n times 8000 db n\n"
    )
    monkeypatch.setattr(image, "PAYLOAD_MAX", 0x10000 + 20000)
    images = image.build(catalog.load(tmp_path, None).select(), assembler)
    assert [len(one) for one in images] == [2, 2, 1]
    assert all(len(one.payload) <= 0x10000 + 20000 < PAYLOAD_MAX for one in images)
    assert len({one.build_id for one in images}) == 3
    monkeypatch.setattr(image, "PAYLOAD_MAX", 0x10000 + 4000)
    with pytest.raises(UserError, match="t/big/long64/cpl0/n=0 alone is too large"):
        image.build(catalog.load(tmp_path, None).select(), assembler)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda kit: b"RINGDIFX" + kit[8:], "has no header of image format 1 for home 64"),
        (lambda kit: kit[:10] + b"\x20" + kit[11:], "has no header"),
        (lambda kit: b"", "has no header"),
        (lambda kit: kit.ljust(0x10001, b"\0"), "the body table begins at 0x10000"),
        (lambda kit: kit[:0x10] + bytes(4) + kit[0x14:], "an entry point outside of it: 0x0"),
        (lambda kit: kit[:0x30] + bytes(4) + kit[0x34:], "looks for the body table at 0x0"),
    ],
)
def test_a_kit_of_another_format_is_refused(
    assembler: Assembler, change: Callable[[bytes], bytes], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        image.link(64, change(assembler.kit(64)), [], {})
