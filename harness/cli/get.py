# SPDX-License-Identifier: BSD-2-Clause
"""`ringdiff get`"""

from __future__ import annotations

import sys

import click

from harness.errors import ExitCode, UserError


@click.command("get")
@click.argument("specs", nargs=-1, metavar="[NAME@SUITE]...")
@click.option("--list", "show", is_flag=True, help="what is there: name, version, suite, path, date")
@click.option("--json", "as_json", is_flag=True, help="with --list: as JSON")
@click.option("--remove", "removed", multiple=True, metavar="NAME@SUITE", help="take a fetched version away")
@click.option("--again", is_flag=True, help="fetch what is there once more, for a newer version")
def command(specs: tuple[str, ...], show: bool, as_json: bool, removed: tuple[str, ...], again: bool) -> int:
    """Fetch versions of implementations to run side by side with what the system has: `run -b qemu@sid -b qemu`.

    NAME@SUITE is Debian's package of that suite (qemu@backports, bochs@sid, ...) with all it depends on, from the
    mirror of this machine's apt, signatures checked; v86 comes from npm. Nothing is installed: it lies under
    build/versions (or RINGDIFF_VERSIONS).
    """
    from harness import versions

    if as_json and not show:
        raise UserError("--json goes with --list", exit_code=ExitCode.USAGE)
    if not (specs or show or removed):
        from harness.fetchtable import fetchable

        names = [name if entry.npm else f"{name}@SUITE" for name, entry in sorted(fetchable().items())]
        raise UserError(
            f"nothing asked for; what can be fetched: {', '.join(names)}", exit_code=ExitCode.USAGE
        )
    for spec in removed:
        versions.remove(spec)
        print(f"{spec}: removed")
    for spec in specs:
        _get(spec, again)
    if show:
        _list(as_json)
    return int(ExitCode.OK)


def _get(spec: str, again: bool) -> None:
    from harness import fetch

    progress = _Progress(spec)
    try:
        about, new = fetch.get(spec, progress.tell, again=again)
    finally:
        progress.close()
    print(
        f"{about.spec}: {about.version} {'fetched' if new else 'is there'} ({about.package}): {about.binary}"
    )


def _list(as_json: bool) -> None:
    from harness import versions
    from harness.paths import shown

    there = versions.fetched()
    if as_json:
        import json
        from dataclasses import asdict

        print(json.dumps([{**asdict(one), "path": str(one.binary)} for one in there], indent=1))
        return
    for one in there:
        print(f"{one.name:10} {one.version:12} {one.suite:12} {one.date}  {shown(one.binary)}")
    if not there:
        print("nothing was fetched; see `./ringdiff get --help`")


class _Progress:
    """What is being done: a line that is rewritten on a terminal, else a line for each new step."""

    def __init__(self, spec: str) -> None:
        self._spec = spec
        self._tty = sys.stderr.isatty()
        self._last = ""

    def tell(self, text: str) -> None:
        step = text.rstrip("0123456789/ %")
        if self._tty and text != self._last:
            sys.stderr.write(f"\r\x1b[K{self._spec}: {text}")
        elif not self._tty and step != self._last:
            sys.stderr.write(f"ringdiff: {self._spec}: {step}\n")
        sys.stderr.flush()
        self._last = text if self._tty else step

    def close(self) -> None:
        if self._tty and self._last:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
