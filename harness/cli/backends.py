# SPDX-License-Identifier: BSD-2-Clause
"""`ringdiff backends`"""

from __future__ import annotations

import click

from harness.cli.options import cpu_option


@click.command("backends")
@click.argument("specs", nargs=-1, metavar="[SPEC]...")
@cpu_option
def command(specs: tuple[str, ...], profile: str) -> int:
    """What can run here: name, version, CPU model; for what cannot, the reason and what to install.

    Versions that `./ringdiff get` has fetched are named as -b takes them, qemu@sid.

    SPEC is what `run -b` takes. RINGDIFF_RUNNERS names further folders of runners, separated by colons.
    """
    from harness import backend, versions
    from harness.errors import ExitCode

    manifests = backend.discover()
    if not specs:
        there = [
            one.spec for one in versions.fetched() if one.name in manifests and one.suite != versions.NPM
        ]
        every = []
        for name, manifest in sorted(manifests.items()):
            named = [f"{name}:{binary}" for binary in manifest.named_binaries()]
            every += named if manifest.binaries else [name]
        specs = (*every, *there)
    probed = [backend.probe(one) for one in backend.select(specs, profile, manifests)]
    for one in probed:
        probe = one.probe
        if probe.available:
            print(
                f"{one.label:12} {probe.version:16} {profile}: {one.cpu or 'its own'}  {probe.detail}".rstrip()
            )
        else:
            print(f"{one.label:12} unavailable: {probe.reason}")
    return int(ExitCode.OK if any(one.probe.available for one in probed) else ExitCode.UNAVAILABLE)
