#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A floor of the reference core includes only its own and floors below it, and every manual entry cites its section."""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLOORS = {"include": 0, "cpu": 1, "dev": 1, "load": 1, "mem": 2, "decode": 2, "seg": 3, "event": 4, "exec": 5}
FILES = {"block.c": 6, "block.h": 6, "machine.c": 7, "machine.h": 7, "embed.c": 7, "snapshot.c": 7}
PROGRAM = 8  # main.c and what only the program needs
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
CITATION = re.compile(r"\b(SDM|APM) Vol\. ?\d[A-D]?|\bSDM \d[A-D]?\b|\bAPM \d\b")
# Words that entries are written in, not entries.
VOCABULARY = re.compile(
    r"forms|all_shapes|every_condition|conditions|simd\.h|exec\.h|table|x87\.h|arithmetic\.h|comparison\.h"
    r"|function\.h|selector_check"
)


def floor(path: Path) -> int:
    """The floor a file of the core lies on."""
    if path.parent == ROOT / "src":
        return FILES.get(path.name, PROGRAM)
    parts = path.relative_to(ROOT).parts
    return FLOORS[parts[0] if parts[0] == "include" else parts[1]]


def resolve(source: Path, name: str) -> Path | None:
    for base in (source.parent, ROOT / "src", ROOT / "include", ROOT / "src" / "exec"):
        candidate = (base / name).resolve()
        if candidate.is_file():
            return candidate
    return None


def main() -> int:
    defects = []
    for source in sorted((ROOT / "src").rglob("*.[ch]")):
        text = re.sub(r"\s*\n \*\s*", " ", source.read_text())
        for name in INCLUDE.findall(text):
            target = resolve(source, name)
            if target is not None and floor(target) > floor(source):
                defects.append(f"{source.relative_to(ROOT)}: includes {name}, a floor above")
        entry = source.is_relative_to(ROOT / "src" / "exec") and source.suffix == ".h"
        if entry and not VOCABULARY.search(source.name) and not CITATION.search(text):
            defects.append(f"{source.relative_to(ROOT)}: no citation of the manual")
    for defect in defects:
        print(defect)
    print(f"floors and citations: {len(defects)} defects")
    return 1 if defects else 0


if __name__ == "__main__":
    sys.exit(main())
