/* SPDX-License-Identifier: BSD-2-Clause */
/* BEXTR - Bit Field Extract.  SDM Vol. 2A, BEXTR, "Operation": start in bits 7:0, length in bits 15:8. AF,
 * SF and PF are undefined. */
HANDLER(BEXTR) {
    unsigned size = OPERAND_BYTES;
    uint64_t src = rm_read(c, o, size), control = c->r[o->vvvv];
    unsigned start = (uint8_t)control, length = (uint8_t)(control >> 8);
    uint64_t result = start < 64 ? src >> start : 0;
    if (length < 64)
        result &= (UINT64_C(1) << length) - 1;
    reg_write(c, o->reg, result, size);
    flags_bmi(c, result, size, false);
    NEXT;
}
ENTRY(BEXTR);
