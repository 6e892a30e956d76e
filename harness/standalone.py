# SPDX-License-Identifier: BSD-2-Clause
"""An image of one case that carries its expected record and judges by itself: what one attaches to a bug report."""

from __future__ import annotations

import struct
import textwrap
from collections.abc import Callable
from dataclasses import dataclass

from harness import judgetable
from harness.assemble import Assembler
from harness.campaign import Kind
from harness.case import Case
from harness.errors import UserError
from harness.execution import execute, make_plan
from harness.image import Image
from harness.judgetable import Texts
from harness.manual import make_mask
from harness.probing import Probing
from harness.report.rundir import RunInfo
from harness.selection import Part, Selection
from harness.state import State
from harness.wrapping import PAYLOAD_ADDRESS, PAYLOAD_MAX

OUT_SIZE = 0x700000  # half of the output buffer is enough for one record; the judge lies behind it
_SIZE_AT, _JUDGE_AT = 0x0C, 0x3C  # in the image header
_JUDGE_SIZE_AT = 24  # in judge.inc
_COLUMNS = 79
# Exit values written to port F4h, and what QEMU and the reference core make of them.
EXITS = {"PASS": 1, "FAIL": 3, "NOT JUDGED": 5}
VENDORS = {"intel": "GenuineIntel", "amd": "AuthenticAMD"}


@dataclass(frozen=True)
class Expected:
    """The record to judge by, and where it comes from."""

    source: str  # `refcore 1.0, profile intel (intel-max)`
    vendor: str  # of the processor it was taken from: 12 characters
    mask_vendor: str  # intel or amd: whose `undefined` lines apply
    state: State | None  # None: the case must end in a shutdown


def expected_record(
    case: Case, spec: str, profile: str, warn: Callable[[str], None] = lambda message: None
) -> Expected:
    """Runs the case on the backend named by spec. UserError unless its record is one the manual agrees with."""
    probing = Probing([spec], profile)
    plan = make_plan(Selection([Part(case.body, [case.index])]), probing, 1, warn)
    done = execute(plan, RunInfo(profile, [], [case.id]))
    gathered, row = done.gathered[0], done.run.rows[0]
    backend = gathered.backend
    source = f"{backend.label} {backend.version}, {profile} profile, CPU {backend.cpu}"
    if row["verdict"] != "PASS":
        raise UserError(
            f"{backend.label} cannot say what to expect of {case.id}: {row['verdict']}",
            detail=row["reason"],
        )
    evidence = gathered.evidence[case.body.key, case.index]
    vendor = gathered.vendor
    seen = next((r.ledger.hello.vendor_id for r in gathered.results if r.ledger.hello is not None), "")
    if evidence.kind is Kind.SHUTDOWN or evidence.record is None or evidence.layout is None:
        return Expected(source, seen or VENDORS[vendor], vendor, None)
    state = State(evidence.record, evidence.layout, evidence.baseline, done.plan.facts(case), plan.arena)
    return Expected(source, seen, vendor, state)


def standalone(case: Case, expected: Expected, image: Image, assembler: Assembler) -> bytes:
    """A payload of this one case with its judge, ready to be wrapped. `image` holds the case and no other."""
    body = case.body
    texts = _texts(case, expected, image.build_id)
    if expected.state is None:
        table = judgetable.build_shutdown(texts, image.assembled[body.id].stops)
    else:
        mask = make_mask(body, expected.mask_vendor, expected.state.arena)
        table = judgetable.build(texts, expected.state, mask, image.assembled[body.id].code)
    code = assembler.flat(f"judge{body.home}.asm")
    size = len(code) + len(table)
    judge = code[:_JUDGE_SIZE_AT] + struct.pack("<I", size) + code[_JUDGE_SIZE_AT + 4 :] + table
    payload = bytearray(image.patched(channel="ram", careful=True, out_size=OUT_SIZE))
    struct.pack_into("<I", payload, _JUDGE_AT, PAYLOAD_ADDRESS + len(payload))
    payload += judge.ljust(-(-len(judge) // 16) * 16, b"\0")
    if len(payload) > PAYLOAD_MAX:
        raise UserError(f"{case.id} and its judge have {len(payload)} bytes, at most {PAYLOAD_MAX} fit")
    struct.pack_into("<I", payload, _SIZE_AT, len(payload))
    return bytes(payload)


def _texts(case: Case, expected: Expected, build_id: int) -> Texts:
    testcase = case.body.testcase
    lines = ["ringdiff: one case that judges itself", *textwrap.wrap(testcase.title, _COLUMNS)]
    lines += [f"case   {case.id}", *_wrapped("cite", "; ".join(testcase.cite))]
    lines.append(f"build  {build_id:08x}, home {case.body.home}")
    lines += _wrapped("expect", f"what {expected.source} leaves; the manual's expectations hold for it")
    running = f"running CASE {case.id}"
    if expected.state is None:
        running += "\n(it must end in a shutdown: the machine resets or stops now)"
    requires = " ".join(str(requirement) for requirement in case.body.requires)
    return Texts("\n".join(lines) + "\n", running + "\n", expected.vendor, requires)


def _wrapped(head: str, text: str) -> list[str]:
    """`head   text`, broken where a screen of 80 columns ends."""
    lines = textwrap.wrap(text, _COLUMNS - 7, break_on_hyphens=False)
    return [f"{head if not n else '':7}{line}" for n, line in enumerate(lines)]
