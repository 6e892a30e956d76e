/* SPDX-License-Identifier: BSD-2-Clause */
/* BLSI - Extract Lowest Set Isolated Bit.  SDM Vol. 2A, BLSI, "Operation"; "Flags Affected". */
HANDLER(BLSI) {
    unsigned size = OPERAND_BYTES;
    uint64_t src = rm_read(c, o, size);
    uint64_t result = (0 - src) & src;
    reg_write(c, o->vvvv, result, size);
    flags_bmi(c, result, size, src != 0);
    NEXT;
}
ENTRY(BLSI);
