# SPDX-License-Identifier: BSD-2-Clause
"""A random testcase's text: a few lines of set-up, each a perturbation, and a window of a few instructions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.expect.names import MODES, levels
from harness.fuzz.dice import Dice
from harness.fuzz.templates import FRAME_SLOTS, REGISTER, SETUP, WINDOW, Template

TOPIC = "fuzz"
_REGISTERS = ("xax", "xcx", "xdx", "xbx", "xbp", "xsi", "xdi")
_FRAME_AT = "STACK_TOP - 0x40"
_ACCUMULATOR = {2: "ax", 4: "eax", 8: "rax"}


@dataclass(frozen=True)
class Random:
    """A testcase made by chance; the same for the same seed and number."""

    id: str
    text: str
    window: tuple[str, ...]  # its instructions


def random_testcase(seed: int, number: int, modes: Sequence[str] = tuple(MODES)) -> Random:
    """Number `number` (from 0) of a seed, in one of the modes."""
    chooser = Dice(f"{seed} {number}", modes[0], 0)
    mode = chooser.one(modes)
    cpl = chooser.one(levels(mode, (0, 3)))
    dice = Dice(f"{seed} {number} {mode} {cpl}", mode, cpl)
    window = [line for _ in range(dice.one((1, 1, 2, 3))) for line in _lines(dice, WINDOW)]
    setup = [line for _ in range(dice.one((0, 1, 2, 3, 4, 6))) for line in _lines(dice, SETUP)]
    if dice.chance(2):
        setup += _frame(dice)
    for register in _REGISTERS:
        if not dice.chance(4):
            setup += [f"mov {register}, {line}" for line in _lines(dice, REGISTER)]
    name = f"s{seed}-{number}"
    sweeps = {
        "sel": [dice.selector().replace(" ", "") for _ in range(6)],
        "num": [f"{dice.number():#x}" for _ in range(4)],
        "bitset": [f"{dice.flags():#x}" for _ in range(3)],
    }
    used = "\n".join(setup)
    head = [f";; title:    By chance: seed {seed}, number {number}", ";; cite:     none: made by chance"]
    head += [f";; modes:    {mode}", f";; cpl:      {cpl}"]
    for word, values in sweeps.items():
        if f"[{word}]" in used:
            head.append(f";; sweep:    {word} = {' '.join(dict.fromkeys(values))}")
    code = [*setup, "LAUNCH", *window, "STOP"]
    text = "\n".join([*head, *(f"        {line}" for line in code), "target: STOP", ""])
    return Random(f"{TOPIC}/{name}", text, tuple(window))


def _lines(dice: Dice, templates: Sequence[Template]) -> list[str]:
    fitting = [(weight, text) for weight, modes, text in templates if dice.mode in modes]
    return dice.fill(dice.weighted(fitting)).split("\n")


def _frame(dice: Dice) -> list[str]:
    """Words on the launch stack that a return may take for its own."""
    home = MODES[dice.mode][1] // 8
    width = dice.one(tuple(w for w in (2, 4, 8) if w <= home))
    lines = [f"mov xsp, {_FRAME_AT}"]
    likely = ["SEGOFF(target)", "[sel]", "[bitset]", "SEGOFF(STACK_TOP - 0x80)", "[sel]"]
    for slot in range(5):
        value = likely[slot] if not dice.chance(4) else dice.fill(dice.one(FRAME_SLOTS))
        lines += [f"mov xax, {value}", f"mov [{_FRAME_AT} + {slot * width:#x}], {_ACCUMULATOR[width]}"]
    return lines
