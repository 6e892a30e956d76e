#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""fuzz_seeds.py FOLDER - writes the fuzzer's seeds: each mode with code that leaves it, faults, repeats,
rewrites itself. The
inputs' form is struct fuzz_head of fuzz.h, then code, then patches of 10 bytes."""

import pathlib
import struct
import sys

MODES = ("real", "vm86", "pm16", "pm32", "paged", "pae", "compat", "long", "long5")
PROFILES = {"80386": 0, "80486": 1, "pentium": 2, "skylake-server": 3, "intel-max": 4, "zen": 5}
FRESH, SNAPSHOT, HOOKED, TIMER = 1, 2, 4, 8


def seed(
    mode: str,
    code: str,
    *,
    profile: str = "intel-max",
    cpl: int = 0,
    wild: int = 0,
    flags: int = 0,
    dr7: int = 0,
    runs: int = 0,
    limit: int = 300,
    offset: int = 0x100,
    handlers: int = 0,
    patches: str = "",
    number: int = 7,
) -> bytes:
    body = bytes.fromhex(code)
    head = struct.pack(
        "<BBBBIIIHHBBHHHHBBQ8x",
        PROFILES[profile],
        MODES.index(mode),
        cpl,
        wild,
        0,
        0,
        flags,
        0,
        dr7,
        0,
        runs,
        limit - 1,
        17,
        offset,
        len(body),
        0,
        handlers,
        number,
    )
    return head + body + bytes.fromhex(patches)


LOOP = "ffc0 83c103 01d0 0f31 89c3 ebf4"
WALK = "0000 8b03 8903 0fb606 11ca f7f1 50 58 9c 9d cd30 cc 6a01 0fa2 c8100002 c9 " * 4
REWRITE = "fe05f7ffffff 90 90 ebf5"
# the count as a word: B9 with an operand-size prefix where the default is 32 bits
STRINGS = "f3a4 f3aa f3a6 f2ae f3a5 f3ab 6c 6e f36c f36e ad ac fd f3a4 f3a7 fc ebe0"
FLOAT = "d9e8 d9eb d8c1 def9 dd1b dbe3 0f58c1 660f58ca f20f51c2 0fae1b 0fae0b"
FLOAT += " 0f77 0f6fc8 c5fc58c1 c4e27d18c9 0fc7e0 ebd6"
SYSTEM = "0f20c0 0f22c0 0f20e0 0f22e0 0f20d8 0f22d8 0f21f8 0f23f8 0f0138 0f0110"
SYSTEM += " 0f0100 0f00d8 0f00d0 0f32 0f30 fa fb f4 ebd6"
FAR = (
    "9a00000000a000 ea000000003000 cb cf ca0400 8ed8 8ed0 8ec0 0fa1 0fa9 1f 17 07 c410 c510 0fb210 ff18 ff28"
)
LEAVE = {
    "real": "6631c0 0f20c0 0c01 0f22c0 eb00 ea00000800 0f22c0",
    "vm86": "cd21 9c 9d fa fb cf e440 e6f4 0f06 f4",
    "pm16": "9a0000a000 cf cd28 9a00008000 0f00d8 cb",
    "pm32": "9a000000007000 9a000000008000 9a000000009800 cd20 cd28 9a000000008800 ea000000007000 cf",
    "paged": "cd20 9a000000008800 0f20d8 0f22d8 0f0138 a10000c000 a30000c000 a100800000 a300804000",
    "pae": "0f20d8 0f22d8 a100004000 a300204000 a10000803f cd20 9a000000008800",
    "compat": "9a00000000 9800 0f05 0f34 ea00c00000 2800 cb",
    "long": "0f05 0f07 0f34 480f35 48cf cd28 0f01f8 f3480faec0 0f01d0 0fae20 480fc70f 0f01ca 0f01cb",
    "long5": "488b0425000040ff 48a1 0000000000000001 0f05 4889042500008000 0f01cb 480f22d8",
}


def seeds() -> dict[str, bytes]:
    out: dict[str, bytes] = {}
    for i, mode in enumerate(MODES):
        out[f"{mode}-leave"] = seed(mode, LEAVE[mode], runs=FRESH)
        out[f"{mode}-walk"] = seed(
            mode, WALK, cpl=3 * (i & 1), runs=SNAPSHOT, profile="zen" if i & 1 else "skylake-server"
        )
        out[f"{mode}-strings"] = seed(
            mode,
            ("" if mode in ("real", "vm86", "pm16") else "66") + "b91000" + STRINGS,
            handlers=32,
            runs=HOOKED,
            profile="zen" if i & 2 else "intel-max",
        )
        out[f"{mode}-system"] = seed(mode, SYSTEM, flags=0x100 if i & 1 else 0)
        out[f"{mode}-float"] = seed(mode, FLOAT, profile="zen" if i & 1 else "intel-max", cpl=3)
        out[f"{mode}-far"] = seed(mode, FAR, wild=(0, 1, 4, 8)[i & 3], handlers=i & 7)
    for mode in ("real", "pm32", "long", "long5"):
        out[f"{mode}-timer"] = seed(mode, LOOP + "f4", runs=TIMER | SNAPSHOT, limit=512)
        out[f"{mode}-rewrite"] = seed(mode, REWRITE, runs=FRESH)
        out[f"{mode}-breakpoints"] = seed(mode, LOOP, dr7=0x3FF)
        out[f"{mode}-page-end"] = seed(mode, WALK, offset=0xFF3)
    for profile in ("80386", "80486", "pentium"):
        for mode in ("real", "vm86", "pm32", "paged"):
            out[f"{profile}-{mode}"] = seed(mode, WALK + SYSTEM, profile=profile)
    return out


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    for name, data in seeds().items():
        (folder / f"seed-{name}").write_bytes(data)


main()
