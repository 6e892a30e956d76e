/* SPDX-License-Identifier: BSD-2-Clause */
/* CLZERO - Zero Cache Line.  APM Vol. 3, CLZERO: the 64 bytes around DS:rAX. */
HANDLER(CLZERO) {
    static const uint8_t zeros[64];
    uint64_t offset = address_in_rax(c, o);
    uint64_t linear =
        c->seg[o->seg].base * (!in_64bit_code(c) || o->seg >= SEG_FS) + offset; /* the line is a linear one */
    mem_write_bytes(c, o, o->seg, offset - (linear & 63), zeros, 64, 0);
    NEXT;
}
ENTRY(CLZERO);
