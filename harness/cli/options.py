# SPDX-License-Identifier: BSD-2-Clause
"""Options that several commands share, so that they mean the same everywhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from harness import paths

F = TypeVar("F", bound=Callable[..., Any])


def backend_option(function: F) -> F:
    return click.option(
        "-b",
        "--backend",
        "specs",
        multiple=True,
        metavar="SPEC",
        help="NAME[@VERSION|:BINARY][,KEY=VALUE...], e.g. qemu, qemu@10.0 or bochs:/opt/bochs,cpu=ryzen,label=mine; "
        "repeat for several [default: all available]",
    )(function)


def suspect_option(function: F) -> F:
    return click.option(
        "-b",
        "--backend",
        "specs",
        multiple=True,
        required=True,
        metavar="SPEC",
        help="the first is the suspect, the others are what it is compared with [default: refcore]",
    )(function)


def suspect_and_others(specs: Sequence[str]) -> list[str]:
    """What suspect_option was given, with the reference core where the suspect stands alone."""
    return [*specs, *(["refcore"] if len(specs) == 1 else [])]


def wrapping_option(text: str) -> Callable[[F], F]:
    """`--format`; text is its help."""
    return click.option(
        "--format",
        "wrapping",
        type=click.Choice(["rom", "multiboot", "disk", "iso"]),
        default="rom",
        show_default=True,
        help=text,
    )


def cpu_option(function: F) -> F:
    return click.option(
        "--cpu",
        "profile",
        type=click.Choice(["intel", "amd"]),
        default="intel",
        show_default=True,
        help="CPU profile: vendor and model that every backend is given",
    )(function)


def filters_argument(function: F) -> F:
    return click.argument("filters", nargs=-1, metavar="[FILTER]...")(function)


def traces_option(function: F) -> F:
    return click.option(
        "--traces",
        "root",
        type=click.Path(path_type=Path),
        default=paths.ROOT / "ref-traces",
        metavar="DIR",
        help="the folder of traces [default: ref-traces of this tree]",
    )(function)


def warn(message: str) -> None:
    print(f"ringdiff: {message}", file=sys.stderr)
