/* SPDX-License-Identifier: BSD-2-Clause */
/* BLSR - Reset Lowest Set Bit.  SDM Vol. 2A, BLSR, "Operation"; "Flags Affected". */
HANDLER(BLSR) {
    unsigned size = OPERAND_BYTES;
    uint64_t src = rm_read(c, o, size);
    uint64_t result = (src - 1) & src;
    reg_write(c, o->vvvv, result, size);
    flags_bmi(c, result, size, src == 0);
    NEXT;
}
ENTRY(BLSR);
