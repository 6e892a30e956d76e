/* SPDX-License-Identifier: BSD-2-Clause */
/* BOUND - Check Array Index Against Bounds.  SDM Vol. 2A, BOUND, "Operation": #BR, a fault, for an index
 * below the lower bound or above the upper one; all are signed. */
HANDLER(BOUND) {
    unsigned size = OPERAND_BYTES;
    uint64_t offset = EA, second = offset + size;
    second = (o->bits & OP_ADDRESS_MASK) == OP_ADDRESS_16 ? (uint16_t)second : (uint32_t)second;
    uint32_t lower = (uint32_t)load_size(c, o, offset, size), upper = (uint32_t)load_size(c, o, second, size);
    int32_t index = (int32_t)c->r[o->reg];
    bool out = size == 2 ? (int16_t)index < (int16_t)lower || (int16_t)index > (int16_t)upper
                         : index < (int32_t)lower || index > (int32_t)upper;
    if (out)
        RAISE(VECTOR_BR);
    NEXT;
}
ENTRY(BOUND);
