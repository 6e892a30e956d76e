/* SPDX-License-Identifier: BSD-2-Clause */
/* OUT - Output to Port.  SDM Vol. 2B, OUT, "Operation". */
static inline void output(struct cpu *c, const struct op *o, uint16_t port) {
    unsigned size = port_size(o);
    io_permission(c, port, size);
    debug_io_access(c, port, size);
    c->bus->port_out(c->bus->device, c, port, size, (uint32_t)reg_read(c, R_AX, size));
}
HANDLER(OUT_IMM) {
    SYNC;
    output(c, o, (uint8_t)o->imm);
    LEAVE_NEXT;
}
ENTRY(OUT_IMM);

HANDLER(OUT_DX) {
    SYNC;
    output(c, o, (uint16_t)c->r[R_DX]);
    LEAVE_NEXT;
}
ENTRY(OUT_DX);
