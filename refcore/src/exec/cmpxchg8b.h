/* SPDX-License-Identifier: BSD-2-Clause */
/* CMPXCHG8B/CMPXCHG16B - Compare and Exchange Bytes.  SDM Vol. 2A, CMPXCHG8B/CMPXCHG16B, "Operation";
 * "Description": the destination is written whatever the comparison says; ZF alone changes. */
static void set_zf(struct cpu *c, bool zf) {
    flags_set_status(c, (flags_status(c) & ~(uint64_t)FLAG_ZF) | (zf ? FLAG_ZF : 0U));
}

HANDLER(CMPXCHG8B) {
    uint64_t address = mem_linear(c, o, o->seg, EA, 8, ACCESS_WRITE);
    uint64_t temp = mem_modify64_linear(c, o, address);
    bool equal = temp == (c->r[R_DX] << 32 | (uint32_t)c->r[R_AX]);
    if (equal) {
        mem_write64_linear(c, o, address, c->r[R_CX] << 32 | (uint32_t)c->r[R_BX]);
    } else {
        mem_write64_linear(c, o, address, temp);
        c->r[R_AX] = (uint32_t)temp;
        c->r[R_DX] = temp >> 32;
    }
    set_zf(c, equal);
    NEXT;
}
ENTRY(CMPXCHG8B);

/* "64-Bit Mode Exceptions": #GP(0) for an operand that is not aligned on 16 bytes, before any page fault, and (AMD EPYC
 * silicon) before #SS(0) for one that is not canonical. */
HANDLER(CMPXCHG16B) {
    uint64_t offset = EA, temp[2], source[2];
    if (((o->seg >= SEG_FS ? c->seg[o->seg].base : 0) + offset) & 15)
        GP0;
    mem_probe_write(c, o, o->seg, offset, 16);
    mem_read_bytes(c, o, o->seg, offset, temp, 16, 16);
    bool equal = temp[0] == c->r[R_AX] && temp[1] == c->r[R_DX];
    source[0] = equal ? c->r[R_BX] : temp[0];
    source[1] = equal ? c->r[R_CX] : temp[1];
    mem_write_bytes(c, o, o->seg, offset, source, 16, 16);
    if (!equal) {
        c->r[R_AX] = temp[0];
        c->r[R_DX] = temp[1];
    }
    set_zf(c, equal);
    NEXT;
}
ENTRY(CMPXCHG16B);
