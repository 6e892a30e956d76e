# SPDX-License-Identifier: BSD-2-Clause
"""Debian packages of another suite, with all they depend on, in a folder of their own.

apt does the work, with lists, cache and status of its own: it knows no installed package, so it brings the whole
closure of dependencies, the C library included, and checks the archive's signature. Nothing is installed. Programs are
started by a wrapper with the loader and the libraries of their own suite, so they run on an older system.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness import versions
from harness.errors import ExitCode, UserError
from harness.fetch import Tell, now
from harness.fetchtable import Fetchable
from harness.versions import Fetched

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# Not needed to run anything.
_PRUNED = (
    "usr/share/doc",
    "usr/share/man",
    "usr/share/locale",
    "usr/share/icons",
    "usr/share/fonts",
    "usr/include",
)
_TRY_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Archive:
    """Where packages come from: the mirror's address, and the keys its signatures are checked with."""

    mirror: str
    keyring: Path
    release: str  # codename of this system's own release: what backports are built on


def host_archive() -> Archive:
    """The mirror that this machine's own apt uses. UserError where this is no Debian, or apt names no mirror."""
    release = versions.host_suite()
    if not release or shutil.which("apt-get") is None:
        name = versions.os_release().get("PRETTY_NAME", "this system")
        raise UserError(
            f"only Debian's packages can be fetched, with Debian's apt; this is {name}: build the version you want "
            "and name its binary, such as -b qemu:/path/to/qemu-system-x86_64",
            exit_code=ExitCode.UNAVAILABLE,
        )
    if not KEYRING.is_file():
        raise UserError(
            f"{KEYRING} is missing: install debian-archive-keyring", exit_code=ExitCode.UNAVAILABLE
        )
    told = subprocess.run(
        [
            "apt-get",
            "indextargets",
            "--no-release-info",
            "--format",
            "$(RELEASE) $(COMPONENT) $(REPO_URI)",
            "Created-By: Packages",
        ],
        capture_output=True,
        text=True,
    )
    for line in told.stdout.splitlines():
        words = line.split()
        if len(words) == 3 and words[:2] == [release, "main"]:
            return Archive(words[2], KEYRING, release)
    raise UserError(
        f"apt's sources name no mirror of {release} main; see /etc/apt/sources.list",
        exit_code=ExitCode.UNAVAILABLE,
    )


def fetch(entry: Fetchable, suite: str, made: Path, work: Path, archive: Archive, tell: Tell) -> Fetched:
    """Fills `made`; `work` is for what is not kept. UserError, in one line, for whatever goes wrong."""
    release = f"{archive.release}-backports" if suite == "backports" else suite
    packages = _Apt(f"{entry.name}@{suite}", work / "apt", archive, tell).download(release, entry.packages)
    root = made / "tree"
    names = []
    package_version = ""
    for n, package in enumerate(packages, 1):
        tell(f"unpacking {n}/{len(packages)}")
        _run(["dpkg-deb", "-x", str(package), str(root)], f"cannot unpack {package.name}")
        name, version, provides = (_field(package, field) for field in ("Package", "Version", "Provides"))
        names.append(f"{name} {version}")
        # A library's package may have another name in another suite, and then provides this one.
        if entry.packages[0] in (name, *(word.split(" ")[0] for word in provides.split(", "))):
            package_version = version
    for folder in _PRUNED:
        shutil.rmtree(root / folder, ignore_errors=True)
    for link, destination in entry.links.items():
        if not os.path.lexists(root / link):
            os.symlink(destination, root / link)
    shutil.rmtree(work / "apt")
    tell("trying it")
    path, version = _program(entry, made) if entry.binary else _library(entry, made)
    return Fetched(
        name=entry.name,
        suite=suite,
        version=version or upstream(package_version),
        package=package_version,
        path=path,
        date=now(),
        packages=tuple(sorted(names)),
    )


def upstream(version: str) -> str:
    """The upstream part of a package's version: 1:10.0.2+ds-2~bpo12+1 is 10.0.2."""
    bare = version.partition(":")[2] or version
    return bare.rpartition("-")[0].partition("+")[0] or bare.partition("+")[0]


class _Apt:
    """apt-get with a configuration of its own. The machine's is read first: it knows the way out, proxies above all."""

    def __init__(self, what: str, folder: Path, archive: Archive, tell: Tell) -> None:
        self._what, self._folder, self._archive, self._tell = what, folder, archive, tell
        for name in ("state/lists/partial", "cache/archives/partial"):
            (folder / name).mkdir(parents=True)
        (folder / "status").write_bytes(b"")
        hooks = ("APT::Update::Pre-Invoke", "APT::Update::Post-Invoke", "APT::Update::Post-Invoke-Success")
        more = ("DPkg::Pre-Invoke", "DPkg::Post-Invoke", "DPkg::Pre-Install-Pkgs", "APT::Default-Release")
        lines = [f"#clear {name};" for name in (*hooks, *more)]
        settings = {
            "Dir::Etc::sourcelist": folder / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "Dir::State": folder / "state",
            "Dir::State::lists": folder / "state/lists",
            "Dir::State::status": folder / "status",
            "Dir::Cache": folder / "cache",
            "Dir::Cache::archives": folder / "cache/archives",
            "Dir::Log": folder / "log",
            "Debug::NoLocking": "true",  # of the system's dpkg; this folder is ours alone
            "APT::Update::Error-Mode": "any",
            "APT::Get::AllowUnauthenticated": "false",
            "Acquire::AllowInsecureRepositories": "false",
            "Acquire::AllowWeakRepositories": "false",
            "Acquire::AllowDowngradeToInsecureRepositories": "false",
            "Acquire::Retries": "3",
        }
        if os.geteuid() == 0 and not _open_to_all(folder):
            settings["APT::Sandbox::User"] = "root"  # apt's own user could not write here
        lines += [f'{key} "{value}";' for key, value in settings.items()]
        self._configuration = folder / "apt.conf"
        self._configuration.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def download(self, release: str, packages: Sequence[str]) -> list[Path]:
        """The packages of that release and the closure of their dependencies, as files."""
        options = f"[signed-by={self._archive.keyring} target=Packages]"
        # Backports are no whole suite: they are built on their release.
        suites = (
            [release, release.removesuffix("-backports")] if release.endswith("-backports") else [release]
        )
        # Of a mirror in the file system apt would use the packages where they lie.
        mirror = self._archive.mirror
        mirror = "copy" + mirror.removeprefix("file") if mirror.startswith("file:") else mirror
        lines = [f"deb {options} {mirror} {one} main\n" for one in suites]
        (self._folder / "sources.list").write_text("".join(lines), encoding="utf-8")
        self._run("package lists", ["update"])
        install = ["install", "--download-only", "--no-install-recommends", "-y", "-t", release, *packages]
        self._run("packages", install)
        found = sorted((self._folder / "cache/archives").glob("*.deb"))
        if not found:
            raise UserError(
                f"cannot fetch {self._what}: apt brought no package", exit_code=ExitCode.UNAVAILABLE
            )
        return found

    def _run(self, doing: str, arguments: Sequence[str]) -> None:
        self._tell(doing)
        status, told = os.pipe()
        argv = ["apt-get", "-c", str(self._configuration), "-q", "-o", f"APT::Status-Fd={told}", *arguments]
        with open(self._folder / "errors", "w+", encoding="utf-8", errors="replace") as errors:
            environment = {**os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
            process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                pass_fds=[told],
                env=environment,
            )
            os.close(told)
            try:
                with open(status, encoding="utf-8", errors="replace") as lines:
                    for line in lines:  # dlstatus:ITEM:PERCENT:TEXT
                        words = line.split(":")
                        if words[0] == "dlstatus" and len(words) > 2:
                            self._tell(f"{doing} {float(words[2]):.0f} %")
                code = process.wait()
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()
            errors.seek(0)
            said = [line.strip() for line in errors if line.strip()]
        if code:
            raise UserError(f"cannot fetch {self._what}: {_reason(said)}", exit_code=ExitCode.UNAVAILABLE)


def _reason(said: Sequence[str]) -> str:
    """The line of apt's errors that tells most: the first error that is not about the list of sources as such."""
    errors = [line.removeprefix("E: ") for line in said if line.startswith("E: ")]
    for line in (line.removeprefix("W: ") for line in said if "NO_PUBKEY" in line or "BADSIG" in line):
        return line
    return errors[0] if errors else (said[-1] if said else "apt-get failed and said nothing")


def _open_to_all(folder: Path) -> bool:
    """Whether apt's unprivileged user gets to this folder."""
    return all(path.stat().st_mode & 0o001 for path in folder.absolute().parents)


def _field(package: Path, name: str) -> str:
    return _run(["dpkg-deb", "-f", str(package), name], f"cannot read {package.name}").strip()


def _run(argv: Sequence[str], failure: str) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, errors="replace")
    if done.returncode:
        said = (done.stderr.strip().splitlines() or [f"{argv[0]} ended with status {done.returncode}"])[-1]
        raise UserError(f"{failure}: {said}", exit_code=ExitCode.UNAVAILABLE)
    return done.stdout


def _only(root: Path, *patterns: str) -> Path:
    for pattern in patterns:
        for path in sorted(root.glob(pattern)):
            if path.is_file() and not path.is_symlink():
                return path
    raise UserError(f"the packages hold no {patterns[0]}", exit_code=ExitCode.UNAVAILABLE)


def _program(entry: Fetchable, made: Path) -> tuple[str, str]:
    """Writes the wrapper and tries it: its path in `made`, and the version the program tells of itself."""
    root = made / "tree"
    loader = _only(root, "usr/lib/*-linux-gnu*/ld-linux*.so.*", "lib/*-linux-gnu*/ld-linux*.so.*")
    triple = loader.parent.name
    program = root / entry.binary
    wrapper = made / "bin" / program.name
    wrapper.parent.mkdir()
    wrapper.write_text(_wrapper(entry, loader.relative_to(root), triple), encoding="utf-8")
    wrapper.chmod(0o755)
    return str(wrapper.relative_to(made)), _version_told(entry.name, wrapper)


def _wrapper(entry: Fetchable, loader: Path, triple: str) -> str:
    def placed(text: str) -> str:
        text = text.replace("{lib}", f"{{root}}/usr/lib/{triple}")
        return '"' + text.replace("{root}", "$root") + '"'

    libraries = placed("{lib}:{root}/lib/" + triple)
    lines = [
        "#!/bin/sh",
        "# Made by `./ringdiff get`: the program with the loader and libraries of its own suite.",
    ]
    lines += ['root="${0%/*}/../tree"']
    lines += [f"export {key}={placed(value)}" for key, value in entry.environment.items()]
    words = ["exec", placed(f"{{root}}/{loader}"), "--inhibit-cache", "--library-path", libraries]
    words += ['--argv0 "$0"', placed(f"{{root}}/{entry.binary}"), *map(placed, entry.arguments), '"$@"']
    return "\n".join([*lines, " ".join(words), ""])


def _version_told(name: str, binary: Path) -> str:
    """What its runner says of it; UserError where it does not start here."""
    from harness import backend

    manifest = backend.discover([backend.RUNNERS]).get(name)
    if manifest is None:
        return ""
    probe = backend.probe(backend.parse_spec(f"{name}:{binary}", {name: manifest}, "intel")).probe
    if not probe.available:
        raise UserError(f"what was fetched does not run here: {probe.reason}", exit_code=ExitCode.UNAVAILABLE)
    return probe.version


def _library(entry: Fetchable, made: Path) -> tuple[str, str]:
    """Tries to load the library in a process of its own: its path in `made`; it tells no version."""
    found = sorted((made / "tree").glob(entry.shared_object))
    if not found:
        raise UserError(f"the packages hold no {entry.shared_object}", exit_code=ExitCode.UNAVAILABLE)
    code = f"import ctypes; ctypes.CDLL({str(found[0])!r})"
    _run(["/usr/bin/python3", "-c", code], "what was fetched does not load here")
    return str(found[0].relative_to(made)), ""
