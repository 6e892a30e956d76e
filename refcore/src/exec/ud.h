/* SPDX-License-Identifier: BSD-2-Clause */
/* UD0, UD1, UD2 - Undefined Instruction.  SDM Vol. 2B, UD, "Operation". */
HANDLER(UD2) {
    UD;
}
ENTRY(UD2);
const struct entry entry_UD0 = {.run = {{run_UD2}}};
const struct entry entry_UD1 = {.run = {{run_UD2}}};
