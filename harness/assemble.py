# SPDX-License-Identifier: BSD-2-Clause
"""Bodies and kit as machine code; each is assembled once, then taken from build/cache/."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from harness import buildcache, paths
from harness.arena import Arena
from harness.case import Body
from harness.errors import Location, UserError
from harness.expect.names import MODES
from harness.nasm import Binary, Nasm

MAX_CODE = 0x2000  # the arena's two code pages
WORKERS = 2
_FORMAT = "2"  # of the cache's entries
_STOP = re.compile(r"(?:\.\.@)?__stop_\d+$")
# Slips that NASM only warns of: a mistyped mnemonic becomes a label, a value loses its high bits.
_OPTIONS = ("-w+error=label-orphan", "-w+error=number-overflow")

Progress = Callable[[int, int], None]  # done, of how many


@dataclass(frozen=True, slots=True)
class Assembled:
    """A body's machine code, linked at CODE, and the addresses expectations refer to."""

    code: bytes
    script: bytes  # fault script, empty if none
    symbols: dict[str, int]  # labels and constants of the testcase, and `__launch`
    stops: frozenset[int]  # addresses of its STOPs
    extents: tuple[tuple[int, int], ...] = ()  # hot extents: arena offsets and lengths


@dataclass(frozen=True, slots=True)
class _Missing:
    """A body that the cache lacks."""

    body: Body
    text: str  # the testcase's
    wrapped: str  # what NASM sees
    entry: Path | None  # where the result goes


class Assembler:
    """Assembles what images are made of, with a cache keyed by everything the result depends on."""

    def __init__(
        self, cache: Path | None = paths.CACHE, kit: Path = paths.KIT, nasm: Nasm | None = None
    ) -> None:
        self._cache = cache
        self._kit = kit
        self._nasm = nasm or Nasm.find()

    @cached_property
    def _stamp(self) -> str:
        """Stands for all inputs but the text itself."""
        sources = [*self._kit.glob("*.inc"), *self._kit.glob("*.asm")]
        return f"{_FORMAT}:{self._nasm.identity}:{' '.join(_OPTIONS)}:{buildcache.stamp(sources)}"

    @cached_property
    def _arena(self) -> Arena:
        from harness import arena

        return arena.load(self._kit / "arena.inc")

    def kit(self, home: int, witness: bool = False) -> bytes:
        """The kit of one home: payload bytes from offset 0. `witness`: the build that shows its segment registers."""
        return self.flat(f"kit{home}.asm", ("-DWITNESS",) if witness else ())

    def flat(self, name: str, options: tuple[str, ...] = ()) -> bytes:
        """A file of the kit as a flat binary; options are NASM's."""
        path = self._kit / name
        content = buildcache.read(path)
        if content is None:
            raise UserError("this part of the kit is missing", Location(paths.shown(path)))
        entry = self._entry(f"flat:{name}:{' '.join(options)}:{content.hex()}")
        data = buildcache.read(entry) if entry else None
        if data is None:
            text = f"%line 0+1 {paths.shown(path)}\n{content.decode()}"
            data = self._nasm.assemble(text, self._kit, options=options).data
            self._store(entry, data)
        return data

    def body(self, body: Body) -> Assembled:
        """Assemble one body; UserError names the testcase's file and line."""
        return self.bodies([body])[body.id]

    def bodies(self, bodies: Sequence[Body], progress: Progress | None = None) -> dict[str, Assembled]:
        """Assemble bodies, two at a time; the result is by body id. progress is told of those not in the cache."""
        texts: dict[str, str] = {}
        done: dict[str, Assembled] = {}
        missing: list[_Missing] = []
        for body in bodies:
            path = body.testcase.path
            if path not in texts:
                texts[path] = _text(path)
            wrapped = wrapper(body, texts[path])
            entry = self._entry(f"body:{wrapped}")
            found = _load(buildcache.read(entry)) if entry else None
            if found is None:
                missing.append(_Missing(body, texts[path], wrapped, entry))
            else:
                done[body.id] = found
        if missing:
            self._assemble_missing(missing, done, progress)
        return done

    def _assemble_missing(
        self,
        missing: list[_Missing],
        done: dict[str, Assembled],
        progress: Progress | None,
    ) -> None:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(WORKERS) as pool:
            futures = [(item.body, pool.submit(self._make, item)) for item in missing]
            try:
                for count, (body, future) in enumerate(futures, 1):
                    done[body.id] = future.result()
                    if progress:
                        progress(count, len(missing))
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise

    def _make(self, item: _Missing) -> Assembled:
        body = item.body
        try:
            binary = self._nasm.assemble(item.wrapped, self._kit, options=_OPTIONS)
        except UserError as error:
            if error.where is None or error.where.file != body.testcase.path:
                error.message += f" (in {body.id})"
                error.where = error.where or Location(body.testcase.path)
            raise
        assembled = self._checked(body, item.text, binary)
        self._store(item.entry, _dump(assembled))
        return assembled

    def _checked(self, body: Body, text: str, binary: Binary) -> Assembled:
        where = Location(body.testcase.path)
        labels = binary.labels
        code_size = labels["__code_end"] - self._arena.constants["CODE"]
        script_size = labels["__script_end"] - labels["__script_start"]
        stops = frozenset(value for name, value in labels.items() if _STOP.match(name))
        if "__launch" not in labels:
            raise UserError(f"no LAUNCH: nothing opens the window (in {body.id})", where)
        if code_size > MAX_CODE:
            raise UserError(f"{body.id} has {code_size:#x} bytes of code, at most {MAX_CODE:#x} fit", where)
        if not stops:
            raise UserError(f"no STOP: nothing ends the window if no exception does (in {body.id})", where)
        padded = -(-code_size // 16) * 16 if script_size else code_size
        if len(binary.data) != padded + script_size:
            raise UserError(f"code outside of .text and SCRIPT (in {body.id})", where)
        from harness import frontmatter

        own = frontmatter.read(text, body.testcase.path).labels
        symbols = {
            n: value
            for n, value in labels.items()
            if n.startswith("__launch") or not n.startswith(("..@", "__"))
        }
        symbols.update({name: value for name, value in binary.constants.items() if name in own})
        from harness.extents import hot_extents

        extents = hot_extents(body, text, self._arena)
        return Assembled(binary.data[:code_size], binary.data[padded:], symbols, stops, tuple(extents))

    def _entry(self, inputs: str) -> Path | None:
        if self._cache is None:
            return None
        name = hashlib.sha256(f"{self._stamp}\n{inputs}".encode()).hexdigest()
        return self._cache / "nasm" / name[:2] / name[2:34]

    @staticmethod
    def _store(entry: Path | None, data: bytes) -> None:
        if entry:
            buildcache.write(entry, data)


def wrapper(body: Body, text: str) -> str:
    """What NASM sees of a body: parameters, the kit's vocabulary, the testcase's text, the end."""
    lines = [f"%define HOME {body.home}", f"%define MODE {MODES[body.mode][0]}", f"%define CPL {body.cpl}"]
    lines += [f"%define {name} {word}" for name, word in body.variants.items()]
    lines.append('%include "body.inc"')
    for number, dimension in enumerate(body.testcase.sweep):
        lines.append(f"{dimension.name} equ PARAMS + {8 * number}")
    lines += [f"%line 0+1 {body.testcase.path}", text.rstrip("\n"), "%line 1+1 (after the testcase)"]
    return "\n".join([*lines, '%include "bodyend.inc"', ""])


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"cannot read it: {error.strerror}", Location(path)) from None


def _dump(assembled: Assembled) -> bytes:
    head = [len(assembled.code), len(assembled.script), assembled.symbols]
    head += [sorted(assembled.stops), assembled.extents]
    return json.dumps(head).encode() + b"\n" + assembled.code + assembled.script


def _load(data: bytes | None) -> Assembled | None:
    """A cache entry; None if there is none or it is not whole."""
    head, _, blob = (data or b"").partition(b"\n")
    try:
        code, script, symbols, stops, extents = json.loads(head)
    except ValueError:
        return None
    if len(blob) != code + script:
        return None
    return Assembled(
        blob[:code],
        blob[code:],
        symbols,
        frozenset(stops),
        tuple((start, length) for start, length in extents),
    )
