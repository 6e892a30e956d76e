/* SPDX-License-Identifier: BSD-2-Clause */
/* CLZERO - Zero Cache Line.  APM Vol. 3, CLZERO: the 64 bytes around DS:rAX. */
HANDLER(CLZERO) {
    static const uint8_t zeros[64];
    mem_write_bytes(c, o, o->seg, address_in_rax(c, o) & ~UINT64_C(63), zeros, 64, 0);
    NEXT;
}
ENTRY(CLZERO);
