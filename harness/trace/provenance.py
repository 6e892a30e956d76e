# SPDX-License-Identifier: BSD-2-Clause
"""Where a trace comes from: implementation, processor, host, tool."""

from __future__ import annotations

import platform
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness import paths
from harness.execution import Gathered
from harness.record import Hello
from harness.trace.store import FORMAT

_HOST_FACTS = {
    "vendor_id": "vendor",
    "model name": "processor",
    "cpu family": "family",
    "model": "model",
    "stepping": "stepping",
    "microcode": "microcode",
}


def describe(spec: str, profile: str, gathered: Gathered) -> dict[str, Any]:
    """The tables that must be the same for all parts of a trace."""
    backend = gathered.backend
    hellos = {r.ledger.hello.home: r.ledger.hello for r in gathered.results if r.ledger.hello is not None}
    return {
        "format": FORMAT,
        "profile": profile,
        "vendor": gathered.vendor,
        "backend": {
            "spec": spec,
            "family": backend.family,
            "version": gathered.version,
            "cpu": backend.cpu,
            "detail": backend.probe.detail,
        },
        **{f"cpuid_home{home}": _leaves(hello) for home, hello in sorted(hellos.items()) if hello.cpuid},
    }


def _leaves(hello: Hello) -> dict[str, str]:
    """EAX EBX ECX EDX of each leaf that the guest saw; some depend on the mode, and so on the home."""
    return {
        f"leaf_{entry.leaf:08x}_{entry.subleaf:x}": " ".join(
            f"{value:08x}" for value in (entry.eax, entry.ebx, entry.ecx, entry.edx)
        )
        for entry in hello.cpuid
    }


def recording(filters: Sequence[str], cases: int, skipped: int) -> dict[str, object]:
    """One recording: when, what, with which tool, on which host."""
    return {
        "date": time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime()),
        "filters": list(filters),
        "cases": cases,
        "skipped": skipped,
        "tool": _tool(),
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        **{f"host_{name}": value for name, value in _host().items()},
    }


def conflict(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """What keeps a recording from being added to a trace: another implementation or processor; or an empty text."""
    for table in ("profile", "vendor"):
        if old.get(table) != new[table]:
            return f"{table} {new[table]}, recorded {old.get(table)}"
    for table in ("backend", "cpuid_home32", "cpuid_home64"):
        before, now = old.get(table, {}), new.get(table, {})
        for name in dict.fromkeys((*before, *now)) if before and now else ():
            if name not in ("spec", "detail") and before.get(name) != now.get(name):
                return f"{table} {name} {now.get(name)!r}, recorded {before.get(name)!r}"
    return ""


def _host() -> dict[str, str]:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return {}
    first = text.split("\n\n", 1)[0]
    words = {
        key.strip(): value.strip() for key, _, value in (line.partition(":") for line in first.splitlines())
    }
    return {name: words[key] for key, name in _HOST_FACTS.items() if key in words}


def _tool() -> str:
    """The commit of the source tree, `+` if it has been changed since."""
    try:
        done = subprocess.run(
            ["git", "-C", str(paths.ROOT), "describe", "--always", "--dirty=+", "--exclude=*"],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return "ringdiff"
    return f"ringdiff {done.stdout.strip()}".strip()
