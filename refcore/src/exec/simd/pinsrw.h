/* SPDX-License-Identifier: BSD-2-Clause */
/* PINSRW - Insert Word.  SDM Vol. 2B, PINSRW, "Operation". */
HANDLER(PINSRW_MMX) {
    GUARD_MMX;
    uint64_t value = GENERAL_SOURCE(2) & 0xffff;
    unsigned shift = 16 * (IMM8 & 3);
    uint64_t kept = mmx_read(c, o->reg) & ~(UINT64_C(0xffff) << shift);
    mmx_transition(c);
    mmx_write(c, o->reg, kept | value << shift);
    NEXT;
}
ENTRY(PINSRW_MMX);
BOTH(PINSRW, {
    uint64_t value = GENERAL_SOURCE(2);
    union vector result = c->v[o->vvvv];
    result.w[IMM8 & 7] = (uint16_t)value;
    WRITE128(o->reg, &result);
})
