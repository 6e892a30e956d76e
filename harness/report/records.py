# SPDX-License-Identifier: BSD-2-Clause
"""A run's records on disk: records/BACKEND-HOME.stream, in the record format, final records only, by key and index.

The same records give the same bytes: two runs are compared with cmp(1), and merged shards equal the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from harness.errors import Location, UserError
from harness.execution import Execution
from harness.ledger import Ledger, encode_ledger, read_stream
from harness.report.rundir import RECORDS, write_file


def write_records(folder: Path, done: Execution) -> None:
    """One stream a backend and home."""
    for one in done.gathered:
        by_home: dict[int, list[Ledger]] = {}
        for result in one.results:
            if result.ledger.hello is not None:
                by_home.setdefault(result.ledger.hello.home, []).append(result.ledger)
        for home, ledgers in by_home.items():
            _write(folder, f"{one.backend.label}-{home}", ledgers)


def merge_records(folder: Path, parts: Sequence[Path]) -> None:
    """The streams of several runs, one a backend and home."""
    names = sorted({path.stem for part in parts for path in (part / RECORDS).glob("*.stream")})
    for name in names:
        ledgers = [
            read_records(path) for part in parts if (path := part / RECORDS / f"{name}.stream").exists()
        ]
        _write(folder, name, ledgers)


def _write(folder: Path, name: str, ledgers: Iterable[Ledger]) -> None:
    whole = Ledger()
    for ledger in ledgers:
        whole.hello = whole.hello or ledger.hello
        whole.layout = whole.layout or ledger.layout
        for mode, baseline in ledger.baselines.items():
            whole.baselines.setdefault(mode, baseline)
        whole.finals.update(ledger.finals)
        whole.hidden.update(ledger.hidden)
    write_file(folder / RECORDS / f"{name}.stream", encode_ledger(whole, sorted(whole.finals)))


def read_records(path: Path) -> Ledger:
    """A stored stream; UserError if it is damaged or cut off."""
    try:
        ledger = read_stream(path.read_bytes())
    except OSError as error:
        raise UserError(f"cannot read records: {error.strerror}", Location(str(path))) from None
    if ledger.losses or not ledger.complete:
        raise UserError("the stream is damaged or cut off; run again", Location(str(path)))
    return ledger
