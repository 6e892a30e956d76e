/* SPDX-License-Identifier: BSD-2-Clause */
/* simd_masked.c - conditional loads and stores, gathers. */
#include "simd.h"

typedef uint32_t element_d;
typedef uint64_t element_q;

static inline uint64_t element_offset(const struct op *o, uint64_t offset, unsigned add) {
    offset += add;
    unsigned address = o->bits & OP_ADDRESS_MASK;
    return address == OP_ADDRESS_64 ? offset : address == OP_ADDRESS_32 ? (uint32_t)offset : (uint16_t)offset;
}
/* Accesses of 4 or 8 bytes that never raise #AC: a misaligned one goes byte by byte, lowest first, as its
 * faults would. */
static uint64_t element_read(struct cpu *c, const struct op *o, uint64_t offset, unsigned size) {
    uint64_t linear = mem_linear(c, o, o->seg, offset, size, ACCESS_READ);
    if ((linear & (size - 1)) == 0)
        return size == 4 ? mem_read32_linear(c, o, linear) : mem_read64_linear(c, o, linear);
    uint64_t value = 0;
    for (unsigned i = 0; i < size; i++)
        value |= (uint64_t)mem_read8(c, o, o->seg, element_offset(o, offset, i)) << (8 * i);
    return value;
}
/* The write was probed and cannot fault. */
static void element_write(struct cpu *c, const struct op *o, uint64_t offset, uint64_t value, unsigned size) {
    uint64_t linear = mem_linear(c, o, o->seg, offset, size, ACCESS_WRITE);
    if ((linear & (size - 1)) == 0) {
        if (size == 4)
            mem_write32_linear(c, o, linear, (uint32_t)value);
        else
            mem_write64_linear(c, o, linear, value);
        return;
    }
    for (unsigned i = 0; i < size; i++)
        mem_write8(c, o, o->seg, element_offset(o, offset, i), (uint8_t)(value >> (8 * i)));
}

#include "simd/vgather.h"
#include "simd/vmaskmov.h"
