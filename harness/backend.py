# SPDX-License-Identifier: BSD-2-Clause
"""Backends: what runners there are (docs/runner-protocol.md), what the user asked for, and whether it can run."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from .errors import ExitCode, Location, UserError

PROTOCOL = 1
FORMATS = ("rom", "multiboot", "disk", "iso")
CHANNELS = ("ram", "e9", "uart", "bochs-ram")
RUNNERS = Path(__file__).resolve().parent.parent / "runners"
PROBE_TIMEOUT_S = 15.0
# Options that the harness itself understands; all others go to the runner.
HARNESS_OPTIONS = ("label", "format", "channel")
# A runner with this option hands over hidden segment parts; it boots the kit's witness build then.
HIDDEN_OPTION = "hidden"
_SWITCH = {"on": True, "1": True, "off": False, "0": False}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+@~-]*")


@dataclass(frozen=True, slots=True)
class Manifest:
    """One runner folder. `memory_mib` bounds the address space, `stall_s` the silence of its processes."""

    name: str
    title: str
    family: str
    executable: Path
    format: str
    channel: str
    careful_channel: str
    options: tuple[str, ...]
    homes: tuple[int, ...]
    memory_mib: int
    stall_s: float
    cpu: Mapping[str, str]
    attended: bool = False  # a person boots the image, when told to
    witness: bool = False  # it wants the kit's witness build in any case
    ids: bool = False  # it wants build/cache/ids/BUILD, lines `KEY ID` of the bodies
    # pattern of the files that `NAME:BINARY` may leave out all but `*` of; BINARY is needed then
    binaries: str = ""
    on_request: bool = False  # runs only where -b names it

    def named_binaries(self) -> dict[str, Path]:
        """What `binaries` finds: the text that stands for `*`, and the file."""
        pattern = self.executable.parent / self.binaries
        before, after = pattern.name.split("*") if self.binaries else ("", "")
        found = sorted(pattern.parent.glob(pattern.name)) if self.binaries else []
        return {path.name[len(before) : len(path.name) - len(after)]: path.resolve() for path in found}


@dataclass(frozen=True, slots=True)
class Probe:
    """What a runner says of its implementation; `reason` tells why it is not available."""

    available: bool
    version: str = ""
    detail: str = ""
    reason: str = ""
    channel: str = ""
    family: str = ""
    modes: tuple[tuple[str, str], ...] = ()  # modes it cannot run at all, each with the reason
    options: tuple[tuple[str, str], ...] = ()  # what it has found out and wants to be told at every boot
    unclaimed: tuple[
        tuple[str, str], ...
    ] = ()  # globs over fields that are not its own, each with the reason


@dataclass(frozen=True, slots=True)
class Backend:
    """One implementation under test: a runner, the user's binary and options, and a CPU profile."""

    manifest: Manifest
    label: str
    profile: str
    binary: str = ""
    options: tuple[tuple[str, str], ...] = ()
    format: str = "rom"
    channel: str = "ram"
    careful_channel: str = "ram"
    probe: Probe = field(default_factory=lambda: Probe(False, reason="not probed"))

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def cpu(self) -> str:
        """The CPU model in the backend's own words."""
        return dict(self.options).get("cpu", "")

    @property
    def family(self) -> str:
        """What shares known issues with it: as its probe says, else as its manifest does."""
        return self.probe.family or self.manifest.family

    @property
    def hidden(self) -> bool:
        """Whether it is to hand over hidden segment parts."""
        return _SWITCH.get(dict(self.options).get(HIDDEN_OPTION, "off"), False)

    @property
    def witness(self) -> bool:
        """Whether it boots the kit's witness build."""
        return self.hidden or self.manifest.witness

    @property
    def unclaimed(self) -> tuple[str, ...]:
        """Globs over fields that its records hold but that are not its own: they are not judged."""
        return tuple(glob for glob, _ in self.probe.unclaimed)

    def lacks(self, mode: str) -> str:
        """Why it can run no case of this mode, or an empty text."""
        return dict(self.probe.modes).get(mode, "")

    @property
    def version(self) -> str:
        return self.probe.version

    def command(self, verb: str, *arguments: str) -> list[str]:
        argv = [str(self.manifest.executable), verb, *arguments]
        if self.binary:
            argv += ["--binary", self.binary]
        for key, value in (*self.options, *self.probe.options):
            argv += ["--opt", f"{key}={value}"]
        return argv


def read_manifest(path: Path) -> Manifest:
    """Raises UserError with file and key for whatever is wrong in a manifest."""
    import tomllib

    where = Location(str(path))
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"cannot read the manifest: {error.strerror}", where) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"not TOML: {error}", where) from None

    def take(key: str, kind: type, default: object = None) -> object:
        value = data.get(key, default)
        if value is None:
            raise UserError(f"the manifest lacks {key!r}", where)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise UserError(f"{key!r} is not of type {kind.__name__}", where)
        return value

    def words(key: str) -> tuple[str, ...]:
        values = take(key, list, [])
        assert isinstance(values, list)
        if not all(isinstance(value, str) for value in values):
            raise UserError(f"{key!r} is not a list of strings", where)
        return tuple(values)

    if take("protocol", int) != PROTOCOL:
        raise UserError(f"protocol {data['protocol']} is not {PROTOCOL}, the one this ringdiff speaks", where)
    homes = take("homes", list, [32, 64])
    assert isinstance(homes, list)
    cpu = take("cpu", dict, {})
    assert isinstance(cpu, dict)
    channel = str(take("channel", str))
    careful = str(take("careful_channel", str, channel))
    image_format = str(take("format", str, "rom"))
    name = str(take("name", str))
    if not _NAME.fullmatch(name):
        raise UserError(f"name {name!r} has characters other than letters, digits and ._+-", where)
    for value, known, key in (
        (image_format, FORMATS, "format"),
        (channel, CHANNELS, "channel"),
        (careful, CHANNELS, "careful_channel"),
    ):
        if value not in known:
            raise UserError(f"unknown {key} {value!r}; it is one of {', '.join(known)}", where)
    if any(home not in (32, 64) for home in homes):
        raise UserError("homes are 32 and 64", where)
    executable = path.parent / str(take("exec", str, "run"))
    if not os.access(executable, os.X_OK) or not executable.is_file():
        raise UserError(f"exec {executable.name!r} is no executable file in this folder", where)
    switches = {key: data.get(key, False) for key in ("attended", "on_request", "witness", "ids")}
    for key, value in switches.items():
        if not isinstance(value, bool):
            raise UserError(f"{key!r} is not true or false", where)
    binaries = str(take("binaries", str, ""))
    if binaries and binaries.rpartition("/")[2].count("*") != 1:
        raise UserError("'binaries' is no path whose last part has one '*'", where)
    memory, stall = take("memory", int, 2048), take("stall", (int, float), 10)  # type: ignore[arg-type]
    assert isinstance(memory, int) and isinstance(stall, (int, float))
    if memory <= 0 or stall <= 0:
        raise UserError("memory and stall are positive numbers", where)
    return Manifest(
        name=name,
        title=str(take("title", str, name)),
        family=str(take("family", str, name)),
        executable=executable,
        format=image_format,
        channel=channel,
        careful_channel=careful,
        options=words("options"),
        homes=tuple(homes),
        memory_mib=memory,
        stall_s=float(stall),
        cpu={str(key): str(value) for key, value in cpu.items()},
        attended=switches["attended"],
        witness=switches["witness"],
        ids=switches["ids"],
        binaries=binaries,
        on_request=switches["on_request"] or switches["attended"] or bool(binaries),
    )


def discover(folders: Sequence[Path] | None = None) -> dict[str, Manifest]:
    """All runners by name: our own folder first, then those that RINGDIFF_RUNNERS names; the last one wins."""
    if folders is None:
        more = os.environ.get("RINGDIFF_RUNNERS", "")
        folders = [RUNNERS, *(Path(folder) for folder in more.split(":") if folder)]
    found: dict[str, Manifest] = {}
    for folder in folders:
        if not folder.is_dir():
            raise UserError(
                "no such folder of runners; check RINGDIFF_RUNNERS",
                Location(str(folder)),
                exit_code=ExitCode.USAGE,
            )
        single = folder / "manifest.toml"
        for path in [single] if single.is_file() else sorted(folder.glob("*/manifest.toml")):
            manifest = read_manifest(path)
            found[manifest.name] = manifest
    return found


def _split_options(text: str, known: Iterable[str]) -> list[tuple[str, str]]:
    """`a=1,b=2`; a word whose key is no option belongs to the value before it (`cpu=max,vendor=GenuineIntel`).

    A runner's option without a value is `on` (`kvm,fep`).
    """
    names = set(known)
    options: list[tuple[str, str]] = []
    for word in text.split(","):
        key, equals, value = word.partition("=")
        if key in names and (equals or key not in HARNESS_OPTIONS):
            options.append((key, value if equals else "on"))
        elif options and options[-1][0] not in HARNESS_OPTIONS:
            options[-1] = options[-1][0], f"{options[-1][1]},{word}"
        elif key == HIDDEN_OPTION:
            raise UserError("its runner cannot read hidden segment parts", exit_code=ExitCode.USAGE)
        else:
            raise UserError(
                f"unknown option {word!r}; options here are {', '.join(sorted(names))}",
                exit_code=ExitCode.USAGE,
            )
    return options


def _named_binary(manifest: Manifest, binary: str) -> tuple[str, str]:
    """The file that BINARY means, and what it is called in labels."""
    known = manifest.named_binaries()
    if binary in known:
        return str(known[binary]), f"{manifest.name}-{binary}"
    names = ", ".join(known) or "none here"
    if not binary or "/" not in binary and not Path(binary).is_file():
        problem = f"there is no {binary!r}" if binary else "it needs a name"
        raise UserError(
            f"backend '{manifest.name}:{binary}': {problem}; names are: {names}; or say {manifest.name}:FILE",
            exit_code=ExitCode.USAGE,
        )
    path = Path(binary).expanduser().resolve()
    by_path = {file: name for name, file in known.items()}
    stem = path.stem.removeprefix(Path(manifest.binaries).name.partition("*")[0])
    stem = "".join(c if c.isalnum() or c in "._+-" else "_" for c in by_path.get(path, stem))
    return str(path), f"{manifest.name}-{stem}"


def parse_spec(spec: str, manifests: Mapping[str, Manifest], profile: str) -> Backend:
    """`NAME[@VERSION|:BINARY][,KEY=VALUE...]`, e.g. `qemu`, `qemu@10.0`, `qemu:/opt/qemu-system-x86_64,label=mine`.

    A version of the system's is found by asking it, which takes a moment.
    """
    head, _, tail = spec.partition(",")
    plain, _, binary = head.partition(":")
    name, at, which = plain.partition("@")
    manifest = manifests.get(name)
    if manifest is None:
        known = ", ".join(sorted(manifests))
        raise UserError(f"unknown backend {name!r}; known backends are {known}", exit_code=ExitCode.USAGE)
    try:
        pairs = _split_options(tail, (*manifest.options, *HARNESS_OPTIONS)) if tail else []
    except UserError as error:
        raise UserError(f"backend {spec!r}: {error.message}", exit_code=ExitCode.USAGE) from None
    options = dict(pairs)
    if options.get(HIDDEN_OPTION, "off") not in _SWITCH:
        raise UserError(
            f"backend {spec!r}: {HIDDEN_OPTION} is one of {', '.join(_SWITCH)}", exit_code=ExitCode.USAGE
        )
    if at:
        if binary:
            raise UserError(f"backend {spec!r}: a version or a binary, not both", exit_code=ExitCode.USAGE)
        binary = _binary_of(spec, plain, manifest)
    called = plain
    if manifest.binaries:
        binary, called = _named_binary(manifest, binary)
    label = options.pop("label", called)
    image_format = options.pop("format", manifest.format)
    channel = options.pop("channel", "")
    if not _LABEL.fullmatch(label):
        raise UserError(
            f"backend {spec!r}: label {label!r} has characters other than letters, digits and ._+-",
            exit_code=ExitCode.USAGE,
        )
    for value, allowed, key in (
        (image_format, FORMATS, "format"),
        (channel or CHANNELS[0], CHANNELS, "channel"),
    ):
        if value not in allowed:
            raise UserError(
                f"backend {spec!r}: unknown {key} {value!r}; it is one of {', '.join(allowed)}",
                exit_code=ExitCode.USAGE,
            )
    if "cpu" in manifest.options and "cpu" not in options:
        if profile not in manifest.cpu:
            raise UserError(
                f"backend {name!r} has no CPU model for profile {profile!r}; "
                f"it has {', '.join(sorted(manifest.cpu)) or 'none'} (or say cpu=MODEL)",
                exit_code=ExitCode.USAGE,
            )
        options["cpu"] = manifest.cpu[profile]
    return Backend(
        manifest=manifest,
        label=label,
        profile=profile,
        binary=os.path.expanduser(binary),
        options=tuple(options.items()),
        format=image_format,
        channel=channel or manifest.channel,
        careful_channel=channel or manifest.careful_channel,
    )


def _binary_of(spec: str, wanted: str, manifest: Manifest) -> str:
    """The BINARY of NAME@VERSION or NAME@SUITE; empty for the system's."""
    from harness import versions

    name, which = versions.split(wanted)
    plain = Backend(manifest, name, "")
    try:
        return versions.resolve(name, which, lambda: probe(plain).probe.version)
    except UserError as error:
        raise UserError(f"backend {spec!r}: {error.message}", exit_code=error.exit_code) from None


def select(
    specs: Sequence[str], profile: str, manifests: Mapping[str, Manifest] | None = None
) -> list[Backend]:
    """The backends of a run, not yet probed, with labels of their own (`qemu`, `qemu-2`, ...)."""
    known = discover() if manifests is None else manifests
    chosen: list[Backend] = []
    taken: set[str] = set()
    for spec in specs:
        backend = parse_spec(spec, known, profile)
        label, number = backend.label, 2
        while label in taken:
            label, number = f"{backend.label}-{number}", number + 1
        taken.add(label)
        chosen.append(replace(backend, label=label))
    return chosen


def probe(backend: Backend, timeout_s: float = PROBE_TIMEOUT_S) -> Backend:
    """The backend with what its runner says of it. A runner that misbehaves makes it unavailable, with the reason."""
    import json
    import signal
    import subprocess

    def unavailable(reason: str) -> Backend:
        return replace(backend, probe=Probe(False, reason=reason))

    try:
        process = subprocess.Popen(
            backend.command("probe"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        return unavailable(f"cannot start {backend.manifest.executable}: {error.strerror}")
    try:
        out, err = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        return unavailable(f"probe did not answer within {timeout_s:g} s")
    finally:
        # The whole group: an emulator that its runner left behind must not outlive the probe.
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
    noise = err.decode("utf-8", "replace").strip().splitlines()
    said = f": {noise[-1]}" if noise else ""
    if process.returncode != 0:
        return unavailable(f"probe ended with status {process.returncode}{said}")
    try:
        answer = json.loads(out)
    except ValueError:
        return unavailable(f"probe printed no JSON{said}")
    if not isinstance(answer, dict) or not isinstance(answer.get("available"), bool):
        return unavailable("probe's answer lacks 'available'")
    channel = str(answer.get("channel", ""))
    if channel and channel not in CHANNELS:
        return unavailable(f"probe asks for unknown channel {channel!r}")
    modes = answer.get("modes", {})
    if not isinstance(modes, dict):
        return unavailable("probe's 'modes' is no object of modes and reasons")
    told = answer.get("options", {})
    if not isinstance(told, dict):
        return unavailable("probe's 'options' is no object of keys and values")
    unclaimed = answer.get("unclaimed", {})
    if not isinstance(unclaimed, dict):
        return unavailable("probe's 'unclaimed' is no object of fields and reasons")
    family = str(answer.get("family", ""))
    if family and not _NAME.fullmatch(family):
        return unavailable(
            f"probe tells a family {family!r} with characters other than letters, digits and ._+-"
        )
    known = Probe(
        available=answer["available"],
        version=str(answer.get("version", "")),
        detail=str(answer.get("detail", "")),
        reason=str(answer.get("reason", "" if answer["available"] else "no reason given")),
        channel=channel,
        family=family,
        modes=tuple((str(mode), str(reason)) for mode, reason in modes.items()),
        options=tuple((str(key), str(value)) for key, value in told.items()),
        unclaimed=tuple((str(glob), str(reason)) for glob, reason in unclaimed.items()),
    )
    if channel and backend.channel == backend.manifest.channel:
        return replace(backend, probe=known, channel=channel, careful_channel=channel)
    return replace(backend, probe=known)
