# SPDX-License-Identifier: BSD-2-Clause
"""A CD-ROM on which GRUB loads a multiboot kernel, for machines whose firmware knows no such kernels."""
from __future__ import annotations

import os

import boot

MAKE_IMAGE = "grub-mkimage"
MODULES = "/usr/lib/grub/i386-pc"
MAKE_DISC = "xorriso"
CONFIGURATION = "set root=(cd)\nmultiboot /kernel\nboot\n"


def missing() -> str:
    """What is not installed, or ""."""
    if boot.find_binary(MAKE_IMAGE) is None:
        return f"{MAKE_IMAGE} not found; install grub-common"
    if not os.path.isfile(os.path.join(MODULES, "multiboot.mod")):
        return f"no GRUB in {MODULES}; install grub-pc-bin"
    if boot.find_binary(MAKE_DISC) is None:
        return f"{MAKE_DISC} not found; install xorriso"
    return ""


def disc(kernel: str, scratch: str) -> str:
    """Makes a CD-ROM in `scratch` that boots `kernel`; its path. Ends the process where that fails."""
    import shutil
    import subprocess

    reason = missing()
    if reason:
        boot.end(boot.UNAVAILABLE, f"a multiboot image needs a loader here: {reason}")
    tree, path = os.path.join(scratch, "cdrom"), os.path.join(scratch, "cdrom.iso")
    configuration = os.path.join(scratch, "grub.cfg")
    commands = (
        [MAKE_IMAGE, "-O", "i386-pc-eltorito", "-d", MODULES, "-p", "/", "-c", configuration]
        + ["-o", os.path.join(tree, "grub"), "biosdisk", "iso9660", "multiboot", "boot"],
        [MAKE_DISC, "-as", "mkisofs", "-quiet", "-b", "grub", "-no-emul-boot", "-boot-load-size", "4"]
        + ["-boot-info-table", "-o", path, tree],
    )
    try:
        os.mkdir(tree)
        shutil.copyfile(kernel, os.path.join(tree, "kernel"))
        with open(configuration, "w", encoding="ascii") as file:
            file.write(CONFIGURATION)
    except OSError as error:
        boot.end(boot.EMULATOR_ERROR, f"cannot make a CD-ROM of {kernel}: {error.strerror}")
    for command in commands:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        if done.returncode:
            said = done.stderr.strip().splitlines()[-1:] or [f"status {done.returncode}"]
            boot.end(boot.EMULATOR_ERROR, f"cannot make a CD-ROM of {kernel}: {command[0]}: {said[0]}")
    return path
