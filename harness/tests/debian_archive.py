# SPDX-License-Identifier: BSD-2-Clause
"""A small Debian archive in a folder, signed by a throw-away key: what `./ringdiff get` fetches from in tests."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Mapping
from pathlib import Path

from harness.fetch_debian import Archive

PROGRAM = """
#include <stdio.h>
int main(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    puts("Bochs x86 Emulator %s");
    for (int c; maps && (c = getc(maps)) != EOF;)
        putchar(c);
    return 0;
}
"""


class DebianArchive:
    """`release` is the codename of the system's own release. Suites are made by `publish`."""

    def __init__(self, folder: Path, release: str = "bookworm") -> None:
        self.folder = folder
        self.release = release
        self._home = folder / "keys"
        self._home.mkdir(parents=True, mode=0o700)
        self._key("archive")
        self.keyring = folder / "keyring.gpg"
        self.keyring.write_bytes(self._gpg("--export", "archive").stdout)

    def close(self) -> None:
        subprocess.run(["gpgconf", "--homedir", str(self._home), "--kill", "all"], check=True)

    @property
    def archive(self) -> Archive:
        return Archive(f"file://{self.folder}/debian/", self.keyring, self.release)

    def publish(
        self, suite: str, version: str, told: str = "", *, signer: str = "archive", without: str = ""
    ) -> None:
        """A suite with Bochs of that version, which tells `told`, and all it depends on, but `without`."""
        pool = self.folder / "debian" / "pool" / suite
        pool.mkdir(parents=True, exist_ok=True)
        for old in pool.glob("*.deb"):
            old.unlink()
        lib = "usr/lib/x86_64-linux-gnu"
        loader = Path("/lib64/ld-linux-x86-64.so.2").resolve()
        libc = Path("/lib/x86_64-linux-gnu/libc.so.6").resolve()
        packages: dict[str, tuple[str, str, Mapping[str, bytes]]] = {
            "libc6": (
                "9.0-1",
                "",
                {f"{lib}/ld-linux-x86-64.so.2": loader.read_bytes(), f"{lib}/libc.so.6": libc.read_bytes()},
            ),
            "bochs": (
                f"{version}+dfsg-1",
                "libc6",
                {
                    "usr/bin/bochs-bin": self._program(told or version),
                    "usr/share/doc/bochs/copyright": b"free",
                },
            ),
            "bochs-term": (f"{version}+dfsg-1", "bochs", {}),
            "bochsbios": (f"{version}+dfsg-1", "", {"usr/share/bochs/VGABIOS-lgpl-latest": b"\x55\xaa"}),
            "vgabios": ("0.8-1", "", {}),
        }
        entries = [self._package(pool, name, *what) for name, what in packages.items() if name != without]
        dist = self.folder / "debian" / "dists" / suite
        index = dist / "main" / "binary-amd64" / "Packages"
        index.parent.mkdir(parents=True, exist_ok=True)
        index.write_text("\n".join(entries), encoding="utf-8")
        data = index.read_bytes()
        relative = index.relative_to(dist)
        lines = [f"Origin: Debian\nLabel: Debian\nSuite: {suite}\nCodename: {suite}"]
        lines += ["Date: Sat, 01 Jan 2022 00:00:00 UTC\nArchitectures: amd64\nComponents: main"]
        lines += [f"SHA256:\n {hashlib.sha256(data).hexdigest()} {len(data)} {relative}\n"]
        (dist / "Release").write_text("\n".join(lines), encoding="utf-8")
        if signer != "archive":
            self._key(signer)
        (dist / "InRelease").unlink(missing_ok=True)
        self._gpg("-u", signer, "--clearsign", "-o", str(dist / "InRelease"), str(dist / "Release"))

    def _program(self, told: str) -> bytes:
        binary = self.folder / "program"
        subprocess.run(["cc", "-x", "c", "-o", str(binary), "-"], input=PROGRAM % told, text=True, check=True)
        return binary.read_bytes()

    def _package(self, pool: Path, name: str, version: str, depends: str, files: Mapping[str, bytes]) -> str:
        tree = self.folder / "trees" / pool.name / name
        control = f"Package: {name}\nVersion: {version}\nArchitecture: amd64\nMaintainer: nobody <nobody@localhost>\n"
        control += (f"Depends: {depends}\n" if depends else "") + "Description: for a test\n"
        (tree / "DEBIAN").mkdir(parents=True, exist_ok=True)
        (tree / "DEBIAN" / "control").write_text(control, encoding="utf-8")
        for path, data in files.items():
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_bytes(data)
            (tree / path).chmod(0o755)
        package = pool / f"{name}_{version}_amd64.deb"
        build = ["dpkg-deb", "-Znone", "--root-owner-group", "-b", str(tree), str(package)]
        subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
        data = package.read_bytes()
        place = package.relative_to(self.folder / "debian")
        return control + f"Filename: {place}\nSize: {len(data)}\nSHA256: {hashlib.sha256(data).hexdigest()}\n"

    def _key(self, name: str) -> None:
        self._gpg("--passphrase", "", "--quick-gen-key", name, "ed25519", "sign", "never")

    def _gpg(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        argv = ["gpg", "--homedir", str(self._home), "--batch", "--yes", "--quiet", *arguments]
        return subprocess.run(argv, check=True, capture_output=True)
