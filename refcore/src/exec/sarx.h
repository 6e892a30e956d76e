/* SPDX-License-Identifier: BSD-2-Clause */
/* SARX/SHLX/SHRX - Shift Without Affecting Flags.  SDM Vol. 2B, SARX/SHLX/SHRX, "Operation". */
HANDLER(SARX) {
    unsigned size = OPERAND_BYTES, count = (unsigned)c->r[o->vvvv] & (size * 8 - 1);
    uint64_t src = rm_read(c, o, size);
    int64_t value = size == 8 ? (int64_t)src : (int32_t)src;
    reg_write(c, o->reg, (uint64_t)(value >> count), size);
    NEXT;
}
ENTRY(SARX);

HANDLER(SHLX) {
    unsigned size = OPERAND_BYTES, count = (unsigned)c->r[o->vvvv] & (size * 8 - 1);
    reg_write(c, o->reg, rm_read(c, o, size) << count, size);
    NEXT;
}
ENTRY(SHLX);

HANDLER(SHRX) {
    unsigned size = OPERAND_BYTES, count = (unsigned)c->r[o->vvvv] & (size * 8 - 1);
    reg_write(c, o->reg, rm_read(c, o, size) >> count, size);
    NEXT;
}
ENTRY(SHRX);
