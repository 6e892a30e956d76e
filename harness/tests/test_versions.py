# SPDX-License-Identifier: BSD-2-Clause
"""Versions side by side: fetched from a Debian archive, listed, removed, and named on the command line."""

from __future__ import annotations

import fcntl
import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness import backend, cli, fetch, fetch_debian, versions
from harness.errors import ExitCode, UserError
from harness.tests.debian_archive import DebianArchive


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DebianArchive]:
    made = DebianArchive(tmp_path_factory.mktemp("archive"))
    yield made
    made.close()


@pytest.fixture
def archive(repository: DebianArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DebianArchive:
    """The archive as this machine's, and nothing fetched yet."""
    monkeypatch.setenv("RINGDIFF_VERSIONS", str(tmp_path / "versions"))
    monkeypatch.setattr(fetch_debian, "host_archive", lambda: repository.archive)
    repository.publish("trixie", "9.1")
    return repository


def quiet(text: str) -> None:
    pass


def left_behind() -> list[str]:
    """What lies in the folder of versions besides locks."""
    return sorted(p.name for p in versions.folder().iterdir() if not p.name.startswith(".lock-"))


def fails(spec: str, again: bool = False) -> UserError:
    before = left_behind() if versions.folder().exists() else []
    with pytest.raises(UserError) as error:
        fetch.get(spec, quiet, again=again)
    assert "\n" not in str(error.value)
    assert left_behind() == before
    return error.value


def test_a_version_runs_with_the_loader_and_libraries_of_its_suite(archive: DebianArchive) -> None:
    steps: list[str] = []
    about, new = fetch.get("bochs@trixie", steps.append)
    assert new and (about.version, about.package, about.suite) == ("9.1", "9.1+dfsg-1", "trixie")
    assert [package.split()[0] for package in about.packages] == [
        "bochs",
        "bochs-term",
        "bochsbios",
        "libc6",
        "vgabios",
    ]
    assert {"package lists", "packages", "unpacking 5/5", "trying it"} <= set(steps)
    assert left_behind() == ["bochs@trixie"]
    root = versions.folder() / "bochs@trixie" / "tree"
    assert not (root / "usr/share/doc").exists()
    assert (root / "usr/share/bochs/VGABIOS-lgpl-latest.bin").read_bytes() == b"\x55\xaa"
    said = subprocess.run([about.binary, "--help"], capture_output=True, text=True, check=True).stdout
    assert "Bochs x86 Emulator 9.1" in said
    mapped = {line.split()[5] for line in said.splitlines() if len(line.split()) == 6 and "/" in line}
    assert {Path(path).name for path in mapped} == {"bochs-bin", "ld-linux-x86-64.so.2", "libc.so.6"}
    assert all(path.startswith(str(root)) for path in mapped)


def test_what_is_there_is_not_fetched_again(archive: DebianArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = fetch.get("bochs@trixie", quiet)
    archive.publish("trixie", "9.2")
    with monkeypatch.context() as offline:
        offline.setattr(fetch_debian, "host_archive", lambda: pytest.fail("asked for the archive"))
        assert fetch.get("bochs@trixie", quiet) == (first, False)
    again, new = fetch.get("bochs@trixie", quiet, again=True)
    assert new and again.version == "9.2" and left_behind() == ["bochs@trixie"]


def test_backports_come_with_their_release(archive: DebianArchive) -> None:
    archive.publish("bookworm-backports", "9.5", without="libc6")
    assert "bookworm" in fails("bochs@backports").message
    archive.publish("bookworm", "9.0")
    about, _ = fetch.get("bochs@backports", quiet)
    assert about.version == "9.5" and "libc6 9.0-1" in about.packages


def test_a_changed_release_file_is_refused(archive: DebianArchive) -> None:
    path = archive.folder / "debian/dists/trixie/InRelease"
    path.write_text(path.read_text().replace("Label: Debian", "Label: Debiam"))
    error = fails("bochs@trixie")
    assert error.exit_code == ExitCode.UNAVAILABLE and "cannot fetch bochs@trixie" in error.message
    assert "sign" in error.message.lower()


def test_another_key_is_refused(archive: DebianArchive) -> None:
    archive.publish("trixie", "9.1", signer="stranger")
    assert "sign" in fails("bochs@trixie").message.lower()


def test_no_signature_is_refused(archive: DebianArchive) -> None:
    (archive.folder / "debian/dists/trixie/InRelease").unlink()
    assert "not signed" in fails("bochs@trixie").message


def test_a_package_that_is_not_what_was_signed_is_refused(archive: DebianArchive) -> None:
    fetch.get("bochs@trixie", quiet)
    (package,) = (archive.folder / "debian/pool/trixie").glob("bochs_*")
    data = bytearray(package.read_bytes())
    data[-100] ^= 1
    package.write_bytes(bytes(data))
    assert "cannot fetch" in fails("bochs@trixie", again=True).message  # and the one that is there stays
    assert versions.fetched("bochs")[0].version == "9.1"
    package.unlink()
    assert "cannot fetch" in fails("bochs@trixie", again=True).message


def test_a_suite_that_is_not_there(archive: DebianArchive) -> None:
    assert "nosuch" in fails("bochs@nosuch").message


def test_a_program_that_is_another_one_is_refused(
    archive: DebianArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.tests.debian_archive.PROGRAM", "int main(void) { return %s ? 7 : 7; }")
    archive.publish("trixie", "9.1", told='"x"')
    error = fails("bochs@trixie")
    assert "what was fetched does not run here" in error.message and error.exit_code == ExitCode.UNAVAILABLE


def test_a_dependency_that_is_not_there(archive: DebianArchive) -> None:
    archive.publish("sid", "9.3", without="bochsbios")
    assert "bochsbios" in fails("bochs@sid").message


def test_two_at_once_make_one(archive: DebianArchive) -> None:
    found: list[bool] = []
    waited: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(fetch.get("bochs@trixie", waited.append)[1]))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False, False, True]
    assert "waiting for another fetch of the same" in waited
    assert left_behind() == ["bochs@trixie"]


def test_what_a_killed_fetch_left_goes_and_what_is_at_work_stays(archive: DebianArchive) -> None:
    base = versions.folder()
    dead, alive = base / ".fetch-dead", base / ".fetch-alive"
    for folder in (dead, alive):
        folder.mkdir(parents=True)
        (folder / "lock").touch()
    with open(alive / "lock", "w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        fetch.get("bochs@trixie", quiet)
        assert left_behind() == [".fetch-alive", "bochs@trixie"]


def test_the_mirror_is_that_of_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources, configuration = tmp_path / "sources.list", tmp_path / "apt.conf"
    configuration.write_text(f'Dir::Etc::sourcelist "{sources}"; Dir::Etc::sourceparts "/dev/null";\n')
    monkeypatch.setenv("APT_CONFIG", str(configuration))
    monkeypatch.setattr(versions, "os_release", lambda: {"ID": "debian", "VERSION_CODENAME": "bookworm"})
    monkeypatch.setattr(fetch_debian, "KEYRING", sources)
    sources.write_text(
        "deb http://other.example/debian nosuch main\ndeb http://mirror.example/debian bookworm contrib main\n"
    )
    assert fetch_debian.host_archive().mirror == "http://mirror.example/debian/"
    sources.write_text("deb http://other.example/debian nosuch main\n")
    with pytest.raises(UserError, match="no mirror of bookworm main"):
        fetch_debian.host_archive()


def test_only_debian(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "os_release", lambda: {"ID": "fedora", "PRETTY_NAME": "Fedora 99"})
    with pytest.raises(UserError, match="only Debian's packages .* this is Fedora 99") as error:
        fetch_debian.host_archive()
    assert error.value.exit_code == ExitCode.UNAVAILABLE


@pytest.mark.parametrize(
    ("package", "version"),
    [
        ("1:10.0.2+ds-2+deb13u1~bpo12+1", "10.0.2"),
        ("1:7.2+dfsg-7+deb12u18+b3", "7.2"),
        ("2.1.4-4", "2.1.4"),
        ("3.1", "3.1"),
    ],
)
def test_upstream_versions(package: str, version: str) -> None:
    assert fetch_debian.upstream(package) == version


@pytest.mark.parametrize(
    ("version", "wanted", "expected"),
    [
        ("10.0.2", "10.0", True),
        ("10.0.2", "10", True),
        ("10.0.2", "10.0.2", True),
        ("10.0.2", "1", False),
        ("7.2.22", "7.2.2", False),
        ("3.0", "3.1", False),
        ("9.0.0-rc1", "9.0.0", True),
    ],
)
def test_a_version_is_named_by_its_first_components(version: str, wanted: str, expected: bool) -> None:
    assert versions.matches(version, wanted) is expected


def put(name: str, suite: str, version: str) -> str:
    """A fetched version without its contents; the path it is found under."""
    where = versions.folder() / f"{name}@{suite}"
    where.mkdir(parents=True)
    about = versions.Fetched(name, suite, version, f"{version}-1", "bin/x", fetch.now())
    versions.write_about(where, about)
    return str(about.binary)


def test_resolving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGDIFF_VERSIONS", str(tmp_path))
    monkeypatch.setattr(versions, "host_suite", lambda: "bookworm")
    backports, sid = put("qemu", "backports", "10.0.2"), put("qemu", "sid", "10.1.0")
    put("bochs", "sid", "3.1")

    def of(which: str, system: str = "7.2.22") -> str:
        return versions.resolve("qemu", which, lambda: system)

    assert of("7.2") == of("7") == of("bookworm") == of("system") == ""
    assert of("backports") == of("10.0") == of("10.0.2") == backports
    assert of("10") == of("sid") == sid
    assert of("10.0.2", system="10.0.2") == ""  # the system's before a fetched one
    with pytest.raises(UserError) as error:
        of("9.2")
    assert error.value.exit_code == ExitCode.UNAVAILABLE
    assert error.value.message == (
        "no qemu 9.2 here; there are 7.2.22 (the system's), 10.0.2 (qemu@backports), 10.1.0 (qemu@sid); "
        "one of these may bring it: "
        "./ringdiff get qemu@backports, ./ringdiff get qemu@trixie, ./ringdiff get qemu@sid"
    )
    with pytest.raises(UserError, match="`./ringdiff get qemu@trixie` may bring it"):
        of("trixie")
    with pytest.raises(UserError, match="there is no refcore at all; `./ringdiff get` cannot fetch refcore"):
        versions.resolve("refcore", "9", lambda: "")


def test_specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGDIFF_VERSIONS", str(tmp_path))
    binary = put("qemu", "sid", "11.1.3")
    specs = ["qemu@11.1", "qemu@sid,label=new", "qemu@sid,cpu=max,vendor=GenuineIntel", "qemu@sid"]
    chosen = backend.select(specs, "intel")
    assert [one.label for one in chosen] == ["qemu@11.1", "new", "qemu@sid", "qemu@sid-2"]
    assert all(one.binary == binary and one.name == "qemu" for one in chosen)
    for spec, message in (
        ("qemu@sid:/x", "a version or a binary, not both"),
        ("qemu@", "is not NAME@SUITE"),
        ("qemu@2.0", "no qemu 2.0 here"),
        ("nosuch@1", "unknown backend 'nosuch'"),
    ):
        with pytest.raises(UserError, match=message):
            backend.select([spec], "intel")


def test_the_command(archive: DebianArchive, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["get", "--list"]) == 0
    assert "nothing was fetched" in capsys.readouterr().out
    assert cli.main(["get", "bochs@trixie"]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("bochs@trixie: 9.1 fetched (9.1+dfsg-1): ")
    assert told.err.splitlines() == [
        f"ringdiff: bochs@trixie: {step}" for step in ("package lists", "packages", "unpacking", "trying it")
    ]
    assert cli.main(["get", "bochs@trixie", "--list", "--json"]) == 0
    first, _, listed = capsys.readouterr().out.partition("\n")
    assert first.startswith("bochs@trixie: 9.1 is there")
    (entry,) = json.loads(listed)
    assert (entry["name"], entry["suite"], entry["version"]) == ("bochs", "trixie", "9.1")
    assert Path(entry["path"]).is_file()
    assert cli.main(["backends", "bochs@9"]) == 0
    assert capsys.readouterr().out.startswith("bochs@9      9.1 ")
    assert cli.main(["get", "--remove", "bochs@trixie"]) == 0
    assert left_behind() == []
    capsys.readouterr()
    wrong: list[tuple[list[str], int, str]] = [
        (["--remove", "bochs@trixie"], 3, "bochs@trixie was not fetched; fetched are: none"),
        ([], 3, "nothing asked for; what can be fetched: bochs@SUITE, qemu@SUITE"),
        (["bochs"], 3, "of which Debian suite? Such as bochs@backports"),
        (["bochs@3.1"], 3, "'3.1' is no Debian suite"),
        (["kvm@sid"], 3, "'kvm' cannot be fetched; what can: bochs, qemu, unicorn, v86"),
        (["v86@sid"], 3, "v86 has no suites"),
        (["--json"], 3, "--json goes with --list"),
        (["bochs@nosuch"], 4, "cannot fetch bochs@nosuch"),
    ]
    for arguments, code, message in wrong:
        assert cli.main(["get", *arguments]) == code
        errors = capsys.readouterr().err.splitlines()
        assert errors[-1].startswith("ringdiff: error: ") and message in errors[-1]


def test_a_damaged_version_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGDIFF_VERSIONS", str(tmp_path))
    (tmp_path / "qemu@sid").mkdir()
    (tmp_path / "qemu@sid" / "about.json").write_text("{}")
    with pytest.raises(UserError, match="remove it: ./ringdiff get --remove qemu@sid"):
        versions.fetched()
    versions.remove("qemu@sid")
    assert versions.fetched() == []


def test_npm_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGDIFF_VERSIONS", str(tmp_path / "versions"))
    tools = tmp_path / "bin"
    tools.mkdir()
    npm = tools / "npm"
    npm.write_text(
        "#!/bin/sh\necho 'npm error code ENOTFOUND' >&2\necho 'npm error no way out' >&2\nexit 1\n"
    )
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    assert fails("v86").message == "cannot fetch v86: no way out"
    npm.unlink()
    monkeypatch.setenv("PATH", str(tools))
    assert "npm not found" in fails("v86").message


@pytest.mark.slow
@pytest.mark.parametrize("spec", ["qemu@backports", "bochs@sid", "unicorn@sid"])
def test_a_real_fetch(spec: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Needs the network, and Debian's mirror as this machine's apt knows it."""
    monkeypatch.setenv("RINGDIFF_VERSIONS", str(tmp_path))
    about, new = fetch.get(spec, quiet)
    assert new and about.binary.is_file() and about.version[0].isdigit()
