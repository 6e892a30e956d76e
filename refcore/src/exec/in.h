/* SPDX-License-Identifier: BSD-2-Clause */
/* IN - Input from Port.  SDM Vol. 2A, IN, "Operation". */
static inline void input(struct cpu *c, const struct op *o, uint16_t port) {
    unsigned size = port_size(o);
    io_permission(c, port, size);
    uint32_t value = c->bus->port_in(c->bus->device, c, port, size);
    reg_write(c, R_AX, value, size);
    debug_io_access(c, port, size);
}
HANDLER(IN_IMM) {
    SYNC;
    input(c, o, (uint8_t)o->imm);
    LEAVE_NEXT;
}
ENTRY(IN_IMM);

HANDLER(IN_DX) {
    SYNC;
    input(c, o, (uint16_t)c->r[R_DX]);
    LEAVE_NEXT;
}
ENTRY(IN_DX);
