# SPDX-License-Identifier: BSD-2-Clause
"""The boots of one unit on disk, append-only: STEM.stream holds the raw streams, STEM.boots one JSON line a boot.

A line is written after its stream, so a journal cut off anywhere holds whole boots; what follows them is cut away.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import IO

from .campaign import Boot, Campaign, Ended, Ending
from .errors import ExitCode, Location, UserError
from .record import Bye, CaseBegin


class Journal:
    """`identity` says what was run; a journal of anything else is refused."""

    def __init__(self, stem: Path, identity: Mapping[str, object]) -> None:
        self._boots_path = stem.with_name(stem.name + ".boots")
        self._stream_path = stem.with_name(stem.name + ".stream")
        self._lines: list[dict[str, object]] = []
        try:
            stem.parent.mkdir(parents=True, exist_ok=True)
            self._boots: IO[bytes] = open(self._boots_path, "a+b")
            self._stream: IO[bytes] = open(self._stream_path, "a+b")
            self._open(identity)
        except OSError as error:
            raise self._refused(error) from None

    def _refused(self, error: OSError) -> UserError:
        message = f"cannot keep the streams: {error.strerror}"
        return UserError(message, Location(str(self._boots_path)), exit_code=ExitCode.SYSTEM)

    def _open(self, identity: Mapping[str, object]) -> None:
        self._boots.seek(0)
        kept = 0
        for line in self._boots.read().splitlines(keepends=True):
            try:
                entry = json.loads(line)
            except ValueError:
                break
            if not line.endswith(b"\n") or not isinstance(entry, dict):
                break
            kept += len(line)
            self._lines.append(entry)
        self._boots.truncate(kept)
        if not self._lines:
            self._write({"unit": dict(identity)})
        elif self._lines.pop(0).get("unit") != json.loads(json.dumps(dict(identity))):
            raise UserError(
                "this journal is of another image, backend or version; choose another --out or run without --resume",
                Location(str(self._boots_path)),
            )

    def _write(self, entry: Mapping[str, object]) -> None:
        self._boots.write(json.dumps(entry).encode() + b"\n")
        self._boots.flush()

    def replay(self, campaign: Campaign, feed: Callable[[bytes, Boot], None]) -> None:
        """Feed the boots of an earlier run; stops at the first that the campaign would not boot now."""
        end = 0
        kept: list[dict[str, object]] = []
        for entry in self._lines:
            try:
                boot, ended, size = _decode(entry)
            except (KeyError, TypeError, ValueError):
                break
            if campaign.next_boot() is None:
                break
            self._stream.seek(end)
            data = self._stream.read(size)
            if len(data) < size:
                break
            campaign.ledger.begin_stream()
            feed(data, boot)
            campaign.ledger.end_stream()
            campaign.take(boot, ended)
            end += size
            kept.append(entry)
        self._stream.truncate(end)
        if len(kept) < len(self._lines):
            self._boots.seek(0)
            first = self._boots.readline()
            self._boots.truncate(len(first))
            for entry in kept:
                self._write(entry)

    def append(self, boot: Boot, ended: Ended, stream: bytes) -> None:
        """Keep one boot. Raises UserError when the disk is full."""
        try:
            self._stream.write(stream)
            self._stream.flush()
            self._write({"boot": asdict(boot), "ended": asdict(ended), "bytes": len(stream)})
        except OSError as error:
            raise self._refused(error) from None

    def close(self) -> None:
        for file in (self._boots, self._stream):
            try:
                file.close()
            except OSError:
                os.close(file.fileno())


def _decode(entry: Mapping[str, object]) -> tuple[Boot, Ended, int]:
    boot, ended, size = entry["boot"], entry["ended"], entry["bytes"]
    if not isinstance(boot, dict) or not isinstance(ended, dict) or not isinstance(size, int):
        raise TypeError
    boot["skip"] = tuple(boot["skip"])
    bye, begun = ended["bye"], ended["in_flight"]
    ended["ending"] = Ending(ended["ending"])
    ended["bye"] = Bye(**bye) if bye else None
    ended["in_flight"] = CaseBegin(**begun) if begun else None
    return Boot(**boot), Ended(**ended), size
