/* SPDX-License-Identifier: BSD-2-Clause */
/* CLFLUSH, CLFLUSHOPT, CLWB - Flush or Write Back Cache Line.  SDM Vol. 2A, CLFLUSH, "Description": the
 * checks of a byte load, except that an execute-only segment is allowed. */
HANDLER(CLFLUSH) {
    uint64_t offset = EA;
    const struct segment *s = &c->seg[o->seg];
    bool execute_only =
        !in_64bit_code(c) && !s->null && (s->rights & (AR_S | AR_CODE)) == (AR_S | AR_CODE) && !s->readable;
    if (execute_only && offset <= s->limit)
        (void)mem_read8_linear(c, o, (uint32_t)(s->base + offset));
    else
        (void)mem_read8(c, o, o->seg, offset);
    NEXT;
}
ENTRY(CLFLUSH);
const struct entry entry_CLFLUSHOPT = {.run = {{run_CLFLUSH}}};
const struct entry entry_CLWB = {.run = {{run_CLFLUSH}}};
