/* SPDX-License-Identifier: BSD-2-Clause */
/* BLSMSK - Get Mask Up to Lowest Set Bit.  SDM Vol. 2A, BLSMSK, "Operation"; "Flags Affected". */
HANDLER(BLSMSK) {
    unsigned size = OPERAND_BYTES;
    uint64_t src = rm_read(c, o, size);
    uint64_t result = (src - 1) ^ src;
    reg_write(c, o->vvvv, result, size);
    flags_bmi(c, result, size, src == 0);
    NEXT;
}
ENTRY(BLSMSK);
