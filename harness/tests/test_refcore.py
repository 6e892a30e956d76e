# SPDX-License-Identifier: BSD-2-Clause
"""The reference core's command line, loaders and devices (docs/refcore.md), with boot sectors assembled here."""
from __future__ import annotations

import json
import re
import struct
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BINARY = ROOT / "build" / "bin" / "refcore"
SOURCES = ROOT / "refcore" / "src"
USAGE, UNREADABLE, BAD_IMAGE, SHUTDOWN, HALTED, LIMIT = 64, 66, 68, 70, 72, 74


@pytest.fixture(autouse=True, scope="module")
def built() -> None:
    assert BINARY.exists(), "run make refcore first"


def refcore(*arguments: str | Path, timeout: float = 30) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(BINARY), *map(str, arguments)], capture_output=True, text=True, errors="replace", timeout=timeout
    )


def assemble(folder: Path, source: str) -> bytes:
    (folder / "code.asm").write_text(source)
    subprocess.run(["nasm", "-f", "bin", "code.asm", "-o", "code.bin"], cwd=folder, check=True)
    return (folder / "code.bin").read_bytes()


def boot(folder: Path, body: str, *arguments: str, sectors: int = 1) -> subprocess.CompletedProcess[str]:
    """A boot sector with `body`; what it writes to port E9h is stdout."""
    image = assemble(folder, f"bits 16\norg 0x7c00\n{body}\ntimes 510-($-$$) db 0\ndw 0xaa55\n") + b"".join(
        bytes([n & 0xFF]) * 512 for n in range(1, sectors)
    )
    (folder / "disk.img").write_bytes(image)
    return refcore("--disk", folder / "disk.img", "--max-insns", "20000000", *arguments)


EXIT = "mov al, {}\nout 0xf4, al\n"


# ---- command line ----


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--rom"],
        ["--nonsense"],
        ["--rom", "a", "--disk", "b"],
        ["--rom", "a", "extra"],
        ["--rom", "a", "--cpu", "vax"],
        ["--rom", "a", "--memory", "0"],
        ["--rom", "a", "--memory", "9999999999999999999999"],
        ["--rom", "a", "--memory", "12x"],
        ["--rom", "a", "--max-insns", "-1"],
        ["--rom", "a", "--append", "b"],
        ["opcodes"],
        ["opcodes", "--yaml"],
    ],
)
def test_bad_usage_is_one_line(arguments: list[str]) -> None:
    done = refcore(*arguments)
    assert done.returncode == USAGE
    assert len(done.stderr.strip().splitlines()) == 1


def test_unreadable_file(tmp_path: Path) -> None:
    for option in ("--rom", "--kernel", "--disk"):
        done = refcore(option, tmp_path / "none")
        assert done.returncode == UNREADABLE
        assert "No such file" in done.stderr
    assert refcore("--rom", tmp_path).returncode == UNREADABLE


def test_bad_images(tmp_path: Path) -> None:
    image = tmp_path / "image"
    for content in (b"", b"x", b"\x7fELF", bytes(65536 + 1), bytes(3 << 20)):
        image.write_bytes(content)
        for option in ("--rom", "--kernel", "--disk"):
            done = refcore(option, image)
            assert done.returncode == BAD_IMAGE, (option, len(content))
            assert len(done.stderr.strip().splitlines()) == 1


def test_help_and_profiles() -> None:
    assert "--max-insns" in refcore("--help").stdout
    names = [line.split()[0] for line in refcore("--cpu", "help").stdout.splitlines()]
    assert {"80386", "80486", "pentium", "skylake-server", "intel-max", "zen"} <= set(names)
    assert re.match(r"refcore \S+ \((tail calls|loop)\)$", refcore("--version").stdout.strip())


def test_ends_have_codes(tmp_path: Path) -> None:
    assert boot(tmp_path, EXIT.format(5)).returncode == 11
    assert boot(tmp_path, "cli\nhlt\n").returncode == HALTED
    assert boot(tmp_path, "jmp $\n").returncode == LIMIT
    assert boot(tmp_path, "lidt [none]\nint3\nnone: dw 0\ndd 0\n").returncode == SHUTDOWN
    assert boot(tmp_path, "mov al, 0xfe\nout 0x64, al\njmp $\n").returncode == SHUTDOWN
    assert boot(tmp_path, "mov dx, 0x604\nmov ax, 0x2000\nout dx, ax\njmp $\n").returncode == 0


def test_instruction_limit_is_exact(tmp_path: Path) -> None:
    body = "inc eax\njmp $-2\n"
    (tmp_path / "t").mkdir()
    for limit in (0, 1, 7, 1000):
        done = boot(tmp_path, body, "--max-insns", str(limit), "--trace", str(tmp_path / "trace"))
        assert done.returncode == LIMIT
        lines = [line for line in (tmp_path / "trace").read_text().splitlines() if re.match(r"\d+ ", line)]
        assert len(lines) == limit


def test_opcodes_are_json() -> None:
    rows = json.loads(refcore("opcodes", "--json").stdout)
    assert len(rows) > 500
    for row in rows:
        assert row["entry"] and row["cite"] and row["prefixes"]


# ---- loaders ----


def test_bios_bytes_are_the_source(tmp_path: Path) -> None:
    text = (SOURCES / "load" / "disk.c").read_text()
    table = text[text.index("bios[] = {") : text.index("};", text.index("bios[] = {"))]
    held = bytes(int(byte, 16) for byte in re.findall(r"0x([0-9a-f]{2})\b", table))
    assert held == assemble(tmp_path, (SOURCES / "load" / "bios.asm").read_text())


def multiboot(folder: Path, entry: str, *, flags: int = 3, wide: bool = False) -> bytes:
    code = assemble(folder, "bits 32\norg 0x100000\n" + entry)
    header = struct.pack("<III", 0x1BADB002, flags, -(0x1BADB002 + flags) & 0xFFFFFFFF)
    body = header + code[12:]
    if wide:
        ident = b"\x7fELF\2\1\1" + bytes(9)
        start = struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0x10000C, 64, 0, 0, 64, 56, 1, 0, 0, 0)
        segment = struct.pack("<IIQQQQQQ", 1, 7, 120, 0x100000, 0x100000, len(body), len(body) + 4096, 4)
    else:
        ident = b"\x7fELF\1\1\1" + bytes(9)
        start = struct.pack("<HHIIIIIHHHHHH", 2, 3, 1, 0x10000C, 52, 0, 0, 52, 32, 1, 0, 0, 0)
        segment = struct.pack("<IIIIIIII", 1, 84, 0x100000, 0x100000, len(body), len(body) + 4096, 7, 4)
    return ident + start + segment + body


KERNEL = """
        times 12 db 0
        mov esp, 0x90000
        cmp eax, 0x2badb002
        jne $
        test dword [ebx], 0x4c
        jz $
        mov esi, [ebx + 16]             ; command line
        call print
        mov ecx, [ebx + 20]
        mov edi, [ebx + 24]
.module:
        jecxz .done
        mov esi, [edi]
        mov al, [esi]
        out 0xe9, al
        mov esi, [edi + 8]
        call print
        add edi, 16
        dec ecx
        jmp .module
.done:  mov al, 1
        out 0xf4, al
print:  lodsb
        test al, al
        jz .end
        out 0xe9, al
        jmp print
.end:   ret
"""


@pytest.mark.parametrize("wide", [False, True])
def test_multiboot(tmp_path: Path, wide: bool) -> None:
    kernel, module = tmp_path / "kernel", tmp_path / "module"
    kernel.write_bytes(multiboot(tmp_path, KERNEL, wide=wide))
    module.write_bytes(b"M")
    done = refcore(
        "--kernel", kernel, "--append", "a b", "--initrd", f"{module} x,{module}", "--max-insns", "100000"
    )
    assert done.returncode == 3
    assert done.stdout == f"{kernel} a bM{module} xM{module}"


def test_cut_off_kernels_are_refused_or_run(tmp_path: Path) -> None:
    whole = multiboot(tmp_path, KERNEL)
    kernel = tmp_path / "kernel"
    for size in range(0, len(whole)):
        kernel.write_bytes(whole[:size])
        assert refcore("--kernel", kernel, "--max-insns", "1000").returncode == BAD_IMAGE, size


def test_wild_headers_are_refused_or_run(tmp_path: Path) -> None:
    whole = multiboot(tmp_path, KERNEL)
    kernel = tmp_path / "kernel"
    for at in range(4, 84, 2):
        for value in (0xFFFF, 0x8000):
            kernel.write_bytes(whole[:at] + struct.pack("<H", value) + whole[at + 2 :])
            code = refcore("--kernel", kernel, "--max-insns", "1000").returncode
            assert code >= 0 and code in (BAD_IMAGE, SHUTDOWN, HALTED, LIMIT, 3), (at, value, code)


def test_disk_services(tmp_path: Path) -> None:
    body = """
        mov ax, 0x0201                  ; sector 2 by cylinder
        mov cx, 2
        mov dh, 0
        mov bx, 0x8000
        int 0x13
        jc bad
        cmp word [0x81fe], 0x0101
        jne bad
        mov si, packet
        mov ah, 0x42
        int 0x13
        jc bad
        cmp byte [0x9200], 4            ; sectors 3 and 4
        jne bad
        mov dword [packet + 8], 100
        mov ah, 0x42
        int 0x13
        jnc bad
        mov ah, 0x48
        mov si, table
        mov word [si], 26
        int 0x13
        jc bad
        cmp dword [table + 16], 8
        jne bad
        xor ebx, ebx
        mov eax, 0xe820
        mov edx, 0x534d4150
        mov ecx, 24
        mov di, table
        int 0x15
        jc bad
        cmp dword [table + 8], 0xa0000
        jne bad
        mov ah, 1
        int 0x16
        jnz bad
        mov ax, 0x0e00 + 'k'
        int 0x10
        mov al, 1
        out 0xf4, al
bad:    mov al, 2
        out 0xf4, al
packet: db 16, 0
        dw 2, 0, 0x900
        dq 3
table   equ 0xa000
"""
    done = boot(tmp_path, body, sectors=8)
    assert (done.returncode, done.stdout) == (3, "k")


# ---- devices ----


def test_timer_interrupts_through_the_pic(tmp_path: Path) -> None:
    body = """
        sti
.wait:  hlt
        cmp dword [0x46c], 3            ; ticks that the BIOS counts
        jb .wait
        mov al, 1
        out 0xf4, al
"""
    assert boot(tmp_path, body, "--max-insns", "1000000000").returncode == 3


def test_x2apic_self_ipi_and_timer(tmp_path: Path) -> None:
    body = """
        mov word [0x40 * 4], handler
        mov word [0x40 * 4 + 2], 0
        mov word [0x41 * 4], timer
        mov word [0x41 * 4 + 2], 0
        mov ecx, 0x1b
        rdmsr
        or ax, 0xc00
        wrmsr
        mov ecx, 0x80f                  ; spurious vector register: enable
        mov eax, 0x1ff
        xor edx, edx
        wrmsr
        mov al, 0xff
        out 0x21, al
        sti
        mov ecx, 0x83f                  ; self IPI
        mov eax, 0x40
        wrmsr
        nop
        mov ecx, 0x832                  ; timer, one-shot
        mov eax, 0x41
        wrmsr
        mov ecx, 0x838
        mov eax, 5000
        wrmsr
        hlt
        mov al, 'h'
        out 0xe9, al
        mov al, 1
        out 0xf4, al
handler:
        mov al, 'i'
        out 0xe9, al
        jmp eoi
timer:  mov al, 't'
        out 0xe9, al
eoi:    mov ecx, 0x80b
        xor eax, eax
        xor edx, edx
        wrmsr
        iret
"""
    done = boot(tmp_path, body)
    assert (done.returncode, done.stdout) == (3, "ith")


def test_a20_wraps_at_one_mebibyte(tmp_path: Path) -> None:
    body = """
        mov ax, 0xffff
        mov es, ax
        mov byte [0x500], 'a'
        mov byte [es:0x510], 'b'
        in al, 0x92
        and al, 0xfc
        out 0x92, al
        mov al, [es:0x510]              ; 0x500
        out 0xe9, al
        in al, 0x92
        or al, 2
        out 0x92, al
        mov al, [es:0x510]
        out 0xe9, al
        mov al, 1
        out 0xf4, al
"""
    done = boot(tmp_path, body)
    assert (done.returncode, done.stdout) == (3, "ab")


def test_registers_of_small_devices(tmp_path: Path) -> None:
    def put(port: int, value: int) -> str:
        return f"mov dx, {port}\nmov al, {value}\nout dx, al\n"

    def show(port: int) -> str:
        return f"mov dx, {port}\nin al, dx\nout 0xe9, al\n"

    body = put(0x3FF, 0x41) + show(0x3FF)  # 16550 scratch
    body += put(0x3C8, 7) + put(0x3C9, 0x42 - 0x40 + 0x20) + put(0x3C7, 7) + show(0x3C9)
    body += put(0x70, 0x40) + put(0x71, 0x43) + put(0x70, 0x40) + show(0x71)  # CMOS memory
    body += put(0xE2, 0x44) + show(0xE2)  # pc-testdev
    body += "mov dx, 0x510\nxor ax, ax\nout dx, ax\n" + show(0x511) * 4
    body += "mov dx, 0xcf8\nmov eax, 0x80000800\nout dx, eax\nmov dx, 0xcfc\nin eax, dx\ncmp eax, 0x70008086\njne $\n"
    body += "mov dx, 0xcf8\nmov eax, 0x80001000\nout dx, eax\nmov dx, 0xcfc\nin eax, dx\ninc eax\njnz $\n"
    done = boot(tmp_path, body + EXIT.format(1))
    assert (done.returncode, done.stdout) == (3, 'A"CDQEMU')


def test_serial_goes_to_its_file(tmp_path: Path) -> None:
    serial = tmp_path / "serial"
    done = boot(
        tmp_path, "mov dx, 0x3f8\nmov al, 's'\nout dx, al\n" + EXIT.format(1), "--serial", str(serial)
    )
    assert done.returncode == 3
    assert serial.read_bytes() == b"s"


def test_ram_file_is_shared(tmp_path: Path) -> None:
    ram = tmp_path / "ram"
    done = boot(tmp_path, "mov byte [0x600], 'r'\n" + EXIT.format(1), "--ram", str(ram), "--memory", "2")
    assert done.returncode == 3
    assert ram.read_bytes()[0x600:0x601] == b"r"
    assert ram.stat().st_size == 2 << 20


def test_the_example_embeds_it(tmp_path: Path) -> None:
    source = ROOT / "refcore" / "examples" / "embed.c"
    assert len(source.read_text().splitlines()) <= 60
    library = ROOT / "build" / "refcore" / "release" / "librefcore.a"
    if not library.exists():
        pytest.skip("run make refcore")
    subprocess.run(
        ["cc", f"-I{ROOT}/refcore/include", str(source), str(library), "-lm", "-o", str(tmp_path / "embed")],
        check=True,
    )
    done = subprocess.run([str(tmp_path / "embed")], capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stdout.startswith("!\nend 1, exit code 1, after 10 instructions\nax=0f00 cx=0fab")
