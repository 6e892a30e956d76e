/* SPDX-License-Identifier: BSD-2-Clause */
/* BT, BTS, BTR, BTC with a memory operand and a register bit offset.  SDM Vol. 2A, BT, "Description"; SDM
 * Vol. 1, "Bit String"...: the offset is signed and selects the operand-sized unit at EA + size * (offset
 * DIV size), wrapped to the address size. */
static inline uint64_t bit_string(const struct cpu *c, const struct op *o, unsigned size, unsigned *place) {
    uint64_t raw = c->r[o->reg];
    int64_t bit = size == 8 ? (int64_t)raw : size == 4 ? (int32_t)raw : (int16_t)raw;
    unsigned shift = size == 8 ? 6 : size == 4 ? 5 : 4;
    *place = (unsigned)bit & (size * 8 - 1);
    uint64_t offset = EA + (uint64_t)(bit >> shift) * size;
    unsigned address = o->bits & OP_ADDRESS_MASK;
    return address == OP_ADDRESS_16 ? (uint16_t)offset : address == OP_ADDRESS_32 ? (uint32_t)offset : offset;
}

static inline void set_cf(struct cpu *c, uint64_t carry) {
    FLAGS_CARRY_OVERFLOW(carry, flag_of(c));
}

/* reads the unit so that the write that follows cannot fault */
static inline uint64_t modify_size(struct cpu *c, const struct op *o, uint64_t linear, unsigned size) {
    return size == 8   ? mem_modify64_linear(c, o, linear)
           : size == 4 ? mem_modify32_linear(c, o, linear)
                       : mem_modify16_linear(c, o, linear);
}
static inline void write_size(struct cpu *c, const struct op *o, uint64_t linear, uint64_t value,
                              unsigned size) {
    if (size == 8)
        mem_write64_linear(c, o, linear, value);
    else if (size == 4)
        mem_write32_linear(c, o, linear, (uint32_t)value);
    else
        mem_write16_linear(c, o, linear, (uint16_t)value);
}

HANDLER(BT_STRING) {
    unsigned size = OPERAND_BYTES, place;
    uint64_t offset = bit_string(c, o, size, &place);
    set_cf(c, load_size(c, o, offset, size) >> place & 1);
    NEXT;
}
ENTRY(BT_STRING);

#define BIT_STRING(name, operator)                                                                           \
    HANDLER(name) {                                                                                          \
        unsigned size = OPERAND_BYTES, place;                                                                \
        uint64_t offset = bit_string(c, o, size, &place);                                                    \
        uint64_t linear = mem_linear(c, o, o->seg, offset, size, ACCESS_WRITE);                              \
        uint64_t unit = modify_size(c, o, linear, size);                                                     \
        write_size(c, o, linear, unit operator(UINT64_C(1) << place), size);                                 \
        set_cf(c, unit >> place & 1);                                                                        \
        NEXT;                                                                                                \
    }                                                                                                        \
    ENTRY(name)
BIT_STRING(BTS_STRING, |);
BIT_STRING(BTR_STRING, &~);
BIT_STRING(BTC_STRING, ^);
#undef BIT_STRING
