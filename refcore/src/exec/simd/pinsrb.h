/* SPDX-License-Identifier: BSD-2-Clause */
/* PINSRB/PINSRD/PINSRQ - Insert Byte/Dword/Qword.  SDM Vol. 2B, "Operation". */
#define GENERAL_SOURCE(size) (o->bits & OP_MEMORY ? load_size(c, o, EA, size) : c->r[o->rm])
BOTH(PINSRB, {
    uint64_t value = GENERAL_SOURCE(1);
    union vector result = c->v[o->vvvv];
    result.b[IMM8 & 15] = (uint8_t)value;
    WRITE128(o->reg, &result);
})
BOTH(PINSRD, {
    uint64_t value = GENERAL_SOURCE(W64 ? 8 : 4);
    union vector result = c->v[o->vvvv];
    if (W64)
        result.q[IMM8 & 1] = value;
    else
        result.d[IMM8 & 3] = (uint32_t)value;
    WRITE128(o->reg, &result);
})
