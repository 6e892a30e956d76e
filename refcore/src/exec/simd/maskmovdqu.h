/* SPDX-License-Identifier: BSD-2-Clause */
/* MASKMOVDQU - Store Selected Bytes of Double Quadword; MASKMOVQ - Store Selected Bytes of Quadword.  SDM
 * Vol. 2B, "Operation": to DS:rDI, DS overridable. Whether bytes that are not selected can fault is left to
 * implementations. */
static void mask_move(struct cpu *c, const struct op *o, const uint8_t *value, const uint8_t *mask,
                      unsigned bytes) {
    static const uint64_t width[] = {0xffff, 0xffffffff, UINT64_MAX};
    uint64_t wrap = width[(o->bits & OP_ADDRESS_MASK) % 3], start = c->r[R_DI];
    if (c->profile->choice.maskmov_checks_all)
        for (unsigned i = 0; i < bytes; i += 8) /* quadwords, for #AC as well */
            mem_probe_write(c, o, o->seg, (start + i) & wrap, 8);
    for (unsigned i = 0; i < bytes; i++)
        if (mask[i] & 0x80)
            mem_probe_write(c, o, o->seg, (start + i) & wrap, 1);
    for (unsigned i = 0; i < bytes; i++)
        if (mask[i] & 0x80)
            mem_write8(c, o, o->seg, (start + i) & wrap, value[i]);
}
BOTH(MASKMOVDQU, { mask_move(c, o, c->v[o->reg].b, c->v[o->rm].b, 16); })
HANDLER(MASKMOVQ) {
    GUARD_MMX;
    union vector value = {.q = {mmx_read(c, o->reg)}}, mask = {.q = {mmx_read(c, o->rm)}};
    mmx_transition_early(c);
    mask_move(c, o, value.b, mask.b, 8);
    mmx_transition(c);
    NEXT;
}
ENTRY(MASKMOVQ);
