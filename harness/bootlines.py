# SPDX-License-Identifier: BSD-2-Clause
"""Shell commands that boot an image by hand: what a bug report tells its reader to type."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

# Lowest ROM address: its last byte lies at 4 GiB - 1.
_TOP = 1 << 32
_QEMU = (
    "qemu-system-x86_64 -M pc -cpu {cpu} -m 64 -net none -no-reboot -debugcon stdio "
    "-device isa-debug-exit,iobase=0xf4,iosize=4 {boot}"
)
_QEMU_BOOT = {
    "rom": "-bios {file}",
    "multiboot": "-kernel {file}",
    "disk": "-drive file={file},format=raw",
    "iso": "-cdrom {file}",
}
_USB = (
    "-device usb-ehci -device usb-storage,drive=stick,bootindex=0 "
    "-drive if=none,id=stick,readonly=on,file={file},format=raw"
)
_REFCORE_BOOT = {"rom": "--rom", "multiboot": "--kernel", "disk": "--disk", "iso": "--disk"}
# The debugger that Debian builds in waits for a command; without one no machine starts.
_BOCHS = (
    "plugin_ctrl: biosdev={bios}, speaker=0, parallel=0, gameport=0",
    "megs: 64",
    "cpu: model={cpu}, ips=100000000, reset_on_triple_fault=0",
    "clock: sync=none",
    "pci: enabled=0",
    "port_e9_hack: enabled=1",
    "com1: enabled=1, mode=null",
    "display_library: term",
    "panic: action=fatal",
    "log: bochs.log",
)
_BOCHS_BOOT = {
    "rom": ("romimage: file={file}, address={address:#x}",),
    "disk": ("ata0-master: type=disk, path={file}, mode=flat, cylinders=0", "boot: disk"),
    "iso": ("ata0-master: type=cdrom, path={file}, status=inserted", "boot: cdrom"),
}


def commands(format: str, file: str, size: int, cpu: Mapping[str, str]) -> dict[str, str]:
    """Implementation -> command line; `cpu` maps backend names to CPU models, `size` is the file's in bytes.

    The reference core's command is as seen from the project's folder.
    """
    quoted = shlex.quote(file)
    qemu = _QEMU.format(cpu=shlex.quote(cpu["qemu"]), boot=_QEMU_BOOT[format].format(file=quoted))
    found = {"QEMU": qemu}
    if format in ("disk", "iso"):
        found["QEMU, USB"] = _QEMU.format(cpu=shlex.quote(cpu["qemu"]), boot=_USB.format(file=quoted))
    if format in _BOCHS_BOOT:
        lines = [
            line.format(bios=int(format != "rom"), cpu=cpu["bochs"], file=file, address=_TOP - size)
            for line in (*_BOCHS, *_BOCHS_BOOT[format])
        ]
        found["Bochs"] = "echo c | bochs -q -f /dev/null " + " ".join(shlex.quote(line) for line in lines)
    refcore = f"build/bin/refcore {_REFCORE_BOOT[format]} {quoted} --cpu {shlex.quote(cpu['refcore'])}"
    found["reference core"] = refcore
    return found
