/* SPDX-License-Identifier: BSD-2-Clause */
/* PTEST - Logical Compare.  SDM Vol. 2B, PTEST, "Operation": ZF by AND, CF by AND NOT, the other status flags
 * cleared. */
BOTH(PTEST, {
    union vector room;
    const union vector *src2 = source(c, o, &room, bytes, vex ? 0 : ALIGN_OPERAND), *dest = &c->v[o->reg];
    uint64_t and = 0, and_not = 0;
    for (unsigned i = 0; i < bytes / 8; i++) {
        and |= src2->q[i] & dest->q[i];
        and_not |= src2->q[i] & ~dest->q[i];
    }
    flags_set_status(c, (and == 0 ? FLAG_ZF : 0U) | (and_not == 0 ? FLAG_CF : 0U));
})
