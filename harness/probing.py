# SPDX-License-Identifier: BSD-2-Clause
"""Asks backends whether they can run, a process each, while the rest of the harness is being imported."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from harness import backend as backends
from harness.backend import Backend
from harness.errors import ExitCode, UserError


class Probing:
    """The backends asked for, being probed while the caller reads testcases.

    `asked`: as named, before their probes have answered.
    """

    def __init__(self, specs: Sequence[str], profile: str) -> None:
        """Without specs all that do not run on request alone. UserError for a spec that is wrong in itself."""
        manifests = backends.discover()
        self._explicit = bool(specs)
        usual = sorted(name for name, manifest in manifests.items() if not manifest.on_request)
        self.asked = backends.select(specs or usual, profile, manifests)
        self._probed: dict[int, Backend] = {}
        self._threads = [
            threading.Thread(target=self._probe, args=(n,), daemon=True) for n in range(len(self.asked))
        ]
        for thread in self._threads:
            thread.start()

    def _probe(self, n: int) -> None:
        self._probed[n] = backends.probe(self.asked[n])

    def available(self, warn: Callable[[str], None]) -> list[Backend]:
        """Those that can run. UserError if one that was asked for by name cannot, or none can."""
        for thread in self._threads:
            thread.join()
        found = []
        for n in range(len(self.asked)):
            one = self._probed[n]
            if one.probe.available:
                found.append(one)
                continue
            message = f"backend '{one.label}' is not available: {one.probe.reason}"
            if self._explicit:
                raise UserError(message, exit_code=ExitCode.UNAVAILABLE)
            warn(message)
        if not found:
            raise UserError(
                "no backend is available; see `./ringdiff backends`", exit_code=ExitCode.UNAVAILABLE
            )
        return found
